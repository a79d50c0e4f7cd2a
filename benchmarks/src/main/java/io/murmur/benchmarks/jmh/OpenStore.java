package io.murmur.benchmarks.jmh;

import io.murmur.client.internal.SystemClock;
import io.murmur.kernel.Clock;
import io.murmur.kernel.Durability;
import io.murmur.kernel.Storage;
import io.murmur.kernel.Storage.JoinOutcome;
import io.murmur.kernel.Storage.ReadOutcome;
import io.murmur.kernel.Timers;
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
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import java.util.stream.Stream;

/** A store with one shard in a temporary folder, and bursts of calls to it with a number of them on their way at once. */
final class OpenStore {

    private static final int VALUE_BYTES = 100;

    /** Prime to any round number of keys, so that each is met once in a round. */
    private static final long STRIDE = 618_033_989;

    private final Path folder;
    private final Clock clock = new SystemClock();
    private final ScheduledExecutorService shard = Executors.newSingleThreadScheduledExecutor();
    private final ExecutorService log = Executors.newSingleThreadExecutor();
    private final ExecutorService background = Executors.newFixedThreadPool(2);
    private final FileDisk disk;
    private final ReplicaStore store;
    private final Key[] keys;
    private final byte[] value = new byte[VALUE_BYTES];
    private long reading = clock.wallMillis() << 16;

    /**
     * @param keyCount different keys of 24 bytes
     * @param memoryTableBytes as of {@link StoreSettings}
     * @param hotBytes as of {@link StoreSettings}
     */
    OpenStore(int keyCount, long memoryTableBytes, long hotBytes) throws IOException {
        folder = Files.createTempDirectory("murmur-benchmark");
        disk = FileDisk.open(folder);
        StoreSettings defaults = StoreSettings.of(1, slot -> 0);
        StoreSettings settings = new StoreSettings(
                1,
                slot -> 0,
                memoryTableBytes,
                hotBytes,
                defaults.logSegmentBytes(),
                defaults.maxLogSegments(),
                defaults.syncInterval(),
                defaults.maxPendingBytes(),
                0);
        Timers timers = (delay, task) -> {
            ScheduledFuture<?> timer = shard.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
            return () -> timer.cancel(false);
        };
        StoreThreads threads = new StoreThreads(log, background, List.of(shard), timers);
        store = ReplicaStore.open(settings, disk, clock, threads, (reason, cause) -> {
            throw new IllegalStateException(reason, cause);
        });
        keys = new Key[keyCount];
        for (int i = 0; i < keyCount; i++) {
            keys[i] = Key.of("default", String.format(Locale.ROOT, "%024d", i));
        }
        new Random(1).nextBytes(value);
    }

    ReplicaStore store() {
        return store;
    }

    /** Joins values into this many keys from {@code first} on, around the keys; returns when the last is durable. */
    void join(int first, int count, int inFlight, Durability durability) {
        new Burst(count, inFlight) {
            @Override
            void call(int index, IntConsumer then) {
                Cell cell = new Cell.Live(new Version(++reading, new NodeId(1, 1)), Cell.NEVER, value);
                shardStore().join(key(first + index), cell, durability, outcome -> {
                    if (outcome instanceof JoinOutcome.Refused refused) {
                        fail(refused.toString());
                    }
                    then.accept(index);
                });
            }
        }.run();
    }

    /** Reads this many keys from {@code first} on, around the keys; returns when the last is there. */
    void read(int first, int count, int inFlight) {
        new Burst(count, inFlight) {
            @Override
            void call(int index, IntConsumer then) {
                shardStore().read(key(first + index), outcome -> {
                    if (!(outcome instanceof ReadOutcome.Found found) || found.cell() == null) {
                        fail(outcome.toString());
                    }
                    then.accept(index);
                });
            }
        }.run();
    }

    private Storage shardStore() {
        return store.shard(0);
    }

    /** Spread over the keys, so that neighbours in time are no neighbours in the tables. */
    private Key key(int number) {
        return keys[(int) (Integer.toUnsignedLong(number) * STRIDE % keys.length)];
    }

    /** Calls on the shard's thread, so many on their way at once. */
    private abstract class Burst {
        private final int count;
        private final int inFlight;
        private final CompletableFuture<Integer> ended = new CompletableFuture<>();
        private int next;
        private int done;
        private boolean calling;

        Burst(int count, int inFlight) {
            this.count = count;
            this.inFlight = inFlight;
        }

        abstract void call(int index, IntConsumer then);

        void run() {
            shard.execute(this::callMore);
            ended.join();
        }

        void fail(String why) {
            ended.completeExceptionally(new IllegalStateException(why));
        }

        private void callMore() {
            if (calling) {
                return;
            }
            calling = true;
            while (next < count && next - done < inFlight) {
                call(next++, ignored -> {
                    done++;
                    callMore();
                });
            }
            calling = false;
            if (done == count) {
                ended.complete(done);
            }
        }
    }

    /** Closes the store and deletes its folder. */
    void close() throws Exception {
        store.close();
        shard.shutdown();
        background.shutdown();
        log.shutdown();
        if (!background.awaitTermination(1, TimeUnit.MINUTES) || !log.awaitTermination(1, TimeUnit.MINUTES)) {
            throw new IOException("the store's threads do not end");
        }
        disk.close();
        try (Stream<Path> tree = Files.walk(folder)) {
            for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
