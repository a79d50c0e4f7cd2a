package io.murmur.storage;

import io.murmur.kernel.Clock;
import io.murmur.kernel.Disk;
import io.murmur.kernel.Fatal;
import io.murmur.kernel.Storage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.mapdb.DBException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All shards' data in one folder: a log-structured store of a commit log, memory tables, and write-once MapDB tables.
 *
 * <p>Durability rests on the log; MapDB holds what is at rest. A memory table becomes a table when it is large; log segments go when all
 * their joins are in tables; tables are merged in the background. Reads never wait for any of it.
 */
public final class ReplicaStore implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ReplicaStore.class);

    private final StoreSettings settings;
    private final StoreThreads threads;
    private final Disk disk;
    private final TableSet tables;
    private final CommitLog log;
    private final List<ShardStore> shards;
    private final StoreCounters counters;
    private final AtomicBoolean compacting = new AtomicBoolean();
    private final long greatestReading;
    private final List<String> damage;
    private boolean intervalSyncIsDue;

    private ReplicaStore(
            StoreSettings settings, Disk disk, Clock clock, StoreThreads threads, Fatal fatal, StoreCounters counters)
            throws IOException {
        this.settings = settings;
        this.threads = threads;
        this.disk = disk;
        this.counters = counters;
        this.damage = new ArrayList<>();
        this.tables = TableSet.open(disk, counters, damage);
        this.shards = new ArrayList<>();
        for (int index = 0; index < settings.shards(); index++) {
            shards.add(new ShardStore(index, settings, clock, threads, tables, counters));
        }
        LogReplay.Replayed replayed = LogReplay.replay(
                disk,
                (segment, join) -> shards.get(
                                settings.shardOfSlot().applyAsInt(join.key().slot()))
                        .replay(segment, join));
        damage.addAll(replayed.damage());
        CommitLog.Callbacks callbacks =
                new CommitLog.Callbacks(this::giveBack, this::oldestNeeded, this::flushOldMemoryTables);
        this.log = new CommitLog(disk, settings, clock, threads.log(), fatal, counters, replayed, callbacks);
        long greatest = 0;
        for (Table table : tables.tables()) {
            greatest = Math.max(greatest, table.facts().greatestReading());
        }
        for (ShardStore shard : shards) {
            greatest = Math.max(greatest, shard.greatestReplayedReading());
            shard.begin(log, damage.isEmpty() ? null : damage.get(0), this::hasFlushed);
        }
        this.greatestReading = greatest;
        damage.forEach(line -> LOG.error("{}; this replica serves nothing until it has been rebuilt", line));
    }

    /**
     * Recovers what the disk holds. Blocks; nothing else may use the disk from now on.
     *
     * @throws IOException when the disk cannot be read; damage to its content does not throw, it makes the replica refuse
     */
    public static ReplicaStore open(StoreSettings settings, Disk disk, Clock clock, StoreThreads threads, Fatal fatal)
            throws IOException {
        return new ReplicaStore(settings, disk, clock, threads, fatal, new StoreCounters());
    }

    /** One shard's view, for use on its own thread. */
    public Storage shard(int index) {
        return shards.get(index);
    }

    /** The greatest version reading ever held, as of opening; 0 when there was none. */
    public long greatestReading() {
        return greatestReading;
    }

    /** What was found damaged at opening, one line each; empty when all was well. */
    public List<String> damage() {
        return List.copyOf(damage);
    }

    public StoreCounters counters() {
        long bytes = 0;
        for (ShardStore shard : shards) {
            bytes += shard.memoryBytes();
        }
        counters.memoryTableBytes.set(bytes);
        return counters;
    }

    /** On the log's thread. */
    private void giveBack(LogBatch batch) {
        ShardStore shard = shards.get(batch.shard);
        boolean syncLater = !batch.needsSync && batch.fault == null;
        threads.shards().get(batch.shard).execute(() -> shard.done(batch));
        if (syncLater) {
            threads.shards().get(0).execute(this::syncAfterInterval);
        }
    }

    /** On shard 0's thread, which owns the timers. */
    private void syncAfterInterval() {
        if (!intervalSyncIsDue) {
            intervalSyncIsDue = true;
            threads.timers().after(settings.syncInterval(), () -> {
                intervalSyncIsDue = false;
                log.syncSoon();
            });
        }
    }

    private long oldestNeeded() {
        long oldest = Long.MAX_VALUE;
        for (ShardStore shard : shards) {
            oldest = Math.min(oldest, shard.oldestNeeded());
        }
        return oldest;
    }

    private void flushOldMemoryTables() {
        long segment = log.segment() - settings.maxLogSegments();
        for (int index = 0; index < shards.size(); index++) {
            ShardStore shard = shards.get(index);
            threads.shards().get(index).execute(() -> shard.flushOlderThan(segment));
        }
    }

    private void hasFlushed() {
        log.deleteUnneededSoon();
        if (compacting.compareAndSet(false, true)) {
            threads.background().execute(this::compact);
        }
    }

    private void compact() {
        boolean more = false;
        try {
            List<Table> chosen = Compaction.choose(tables.tables());
            if (!chosen.isEmpty()) {
                long entries = 0;
                long bytes = 0;
                for (Table table : chosen) {
                    entries += table.facts().entries();
                    bytes += table.facts().fileBytes();
                }
                Table merged = new TableWriter(disk, tables.nextNumber(), entries, bytes)
                        .write(Compaction.merge(chosen, TableKey.startOf(0), true));
                tables.replace(chosen, merged);
                counters.compactions.increment();
                more = true;
            }
        } catch (IOException | UncheckedIOException | DBException e) {
            LOG.warn("a compaction failed and will be tried again after the next flush: {}", e.toString());
        } finally {
            compacting.set(false);
        }
        if (more && compacting.compareAndSet(false, true)) {
            threads.background().execute(this::compact);
        }
    }

    /** Syncs the log and closes the files. After the last call of every shard; blocks until the log's thread is done. */
    @Override
    public void close() {
        CompletableFuture<@Nullable Void> done = new CompletableFuture<>();
        threads.log().execute(() -> {
            log.close();
            done.complete(null);
        });
        done.join();
        tables.close();
    }
}
