package io.murmur.benchmarks.hits;

import io.murmur.client.internal.SystemClock;
import io.murmur.kernel.Durability;
import io.murmur.kernel.Storage;
import io.murmur.kernel.Storage.JoinOutcome;
import io.murmur.kernel.Storage.ReadOutcome;
import io.murmur.kernel.data.Cell;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.data.Version;
import io.murmur.kernel.ring.NodeId;
import io.murmur.storage.FileDisk;
import io.murmur.storage.ReplicaStore;
import io.murmur.storage.StoreSettings;
import io.murmur.storage.StoreThreads;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The memory of a replica's store of one shard: hot cells and memory tables. The store forgets nothing: what has left memory is read from a
 * table on disk, which is a hit to a client, but none here.
 *
 * <p>All of the store's work is done on the caller's thread between two calls, so that a replay is the same each time.
 */
final class ReplicaMemory implements BoundedCache, AutoCloseable {

    private final Requests requests;
    private final Path folder;
    private final Queue<Runnable> work = new ArrayDeque<>();
    private final FileDisk disk;
    private final ReplicaStore store;
    private boolean closing;
    private long reading = new SystemClock().wallMillis() << 16;
    private int answered;
    private long flushes;
    private long tableBytes;
    private long mostTableBytes;

    /**
     * @param folder deleted at the end
     * @param memoryTableBytes as of {@link StoreSettings}
     * @param hotBytes as of {@link StoreSettings}
     */
    ReplicaMemory(Requests requests, Path folder, long memoryTableBytes, long hotBytes) throws IOException {
        this.requests = requests;
        this.folder = folder;
        Files.createDirectories(folder);
        this.disk = FileDisk.open(folder);
        StoreSettings defaults = StoreSettings.of(1, slot -> 0);
        StoreSettings settings = new StoreSettings(
                1,
                slot -> 0,
                memoryTableBytes,
                hotBytes,
                defaults.logSegmentBytes(),
                defaults.maxLogSegments(),
                Duration.ofDays(1),
                defaults.maxPendingBytes(),
                0);
        Executor executor = task -> {
            if (closing) {
                task.run();
            } else {
                work.add(task);
            }
        };
        // Timers are for syncs and purges: nothing here has to outlive a crash, and nothing is deleted.
        StoreThreads threads = new StoreThreads(executor, executor, List.of(executor), (delay, task) -> () -> {});
        this.store = ReplicaStore.open(settings, disk, new SystemClock(), threads, (reason, cause) -> {
            throw new IllegalStateException(reason, cause);
        });
        workOff();
    }

    @Override
    public boolean request(int id) {
        Key key = key(id);
        long readsBefore = store.counters().tableReads.sum();
        if (read(key) == null) {
            join(id, key);
            return false;
        }
        answered++;
        return store.counters().tableReads.sum() == readsBefore;
    }

    /** Requests that found their object, in memory or in a table. */
    int answered() {
        return answered;
    }

    /** The hot cells now, and the most there ever was in the memory table: some are in both, and are counted twice. */
    @Override
    public long heldBytes() {
        long hot = 0;
        for (int id : requests.distinct()) {
            hot += shard().readAtOnce(key(id)) == null ? 0 : requests.bytes(id);
        }
        return hot + mostTableBytes;
    }

    private static Key key(int id) {
        return new Key("default", Requests.key(id));
    }

    private Storage shard() {
        return store.shard(0);
    }

    private @Nullable Cell read(Key key) {
        ReadOutcome[] outcome = new ReadOutcome[1];
        shard().read(key, found -> outcome[0] = found);
        workOff();
        if (outcome[0] instanceof ReadOutcome.Found found) {
            return found.cell();
        }
        throw new IllegalStateException("a read was not answered: " + outcome[0]);
    }

    private void join(int id, Key key) {
        Cell cell = new Cell.Live(
                new Version(++reading, new NodeId(1, 1)),
                Cell.NEVER,
                new byte[requests.sizes().of(id)]);
        JoinOutcome[] outcome = new JoinOutcome[1];
        shard().join(key, cell, Durability.INTERVAL, joined -> outcome[0] = joined);
        workOff();
        if (!(outcome[0] instanceof JoinOutcome.Held)) {
            throw new IllegalStateException("a join was not answered: " + outcome[0]);
        }
        tableBytes += requests.bytes(id);
        mostTableBytes = Math.max(mostTableBytes, tableBytes);
        long flushesNow = store.counters().flushes.sum();
        if (flushesNow != flushes) {
            flushes = flushesNow;
            tableBytes = 0;
        }
    }

    private void workOff() {
        for (Runnable task = work.poll(); task != null; task = work.poll()) {
            task.run();
        }
    }

    @Override
    public void close() throws IOException {
        workOff();
        closing = true;
        store.close();
        disk.close();
        try (Stream<Path> tree = Files.walk(folder)) {
            for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
