package io.murmur.storage;

import io.murmur.kernel.CellObserver;
import io.murmur.kernel.Clock;
import io.murmur.kernel.Disk;
import io.murmur.kernel.Fatal;
import io.murmur.kernel.Horizons;
import io.murmur.kernel.Rebuild;
import io.murmur.kernel.Storage;
import io.murmur.kernel.ring.Slots;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
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
    private final TableSet tables;
    private final CommitLog log;
    private final List<ShardStore> shards = new ArrayList<>();
    private final StoreCounters counters = new StoreCounters();
    private final SlotLedger ledger;
    private final Purge purge = new Purge();
    private final PurgeRounds purges;
    private final BackgroundJobs jobs = new BackgroundJobs();
    private final CompactionSchedule compactions;
    private final long greatestReading;
    private final long greatestPromise;
    private boolean intervalSyncIsDue;

    private ReplicaStore(StoreSettings settings, Disk disk, Clock clock, StoreThreads threads, Fatal fatal)
            throws IOException {
        this.settings = settings;
        this.threads = threads;
        Manifest manifest = new Manifest(disk, fatal);
        this.ledger = SlotLedger.open(disk, fatal, manifest.tellsOfLedger());
        this.tables = TableSet.open(disk, manifest, counters, ledger);
        Losses losses = new Losses(tables, ledger, threads, jobs, counters, shards);
        LedgerWriter ledgerWriter = new LedgerWriter(ledger, threads, jobs);
        for (int index = 0; index < settings.shards(); index++) {
            shards.add(new ShardStore(
                    index, settings, threads, tables, jobs, ledger, ledgerWriter, losses, purge, counters));
        }
        LogReplay.Replayed replayed = LogReplay.replay(
                disk,
                (segment, join) -> shards.get(
                                settings.shardOfSlot().applyAsInt(join.key().slot()))
                        .replay(segment, join));
        if (!replayed.damage().isEmpty()) {
            replayed = setLogAside(disk, replayed);
        }
        // Nobody has begun to rebuild anything yet.
        ledger.beginAnew();
        CommitLog.Callbacks callbacks = new CommitLog.Callbacks(
                this::giveBack, this::oldestNeeded, this::flushOldMemoryTables, this::segmentsDeleted);
        this.log = new CommitLog(disk, settings, clock, threads.log(), fatal, counters, replayed, callbacks);
        this.compactions = new CompactionSchedule(tables, threads.background(), jobs, losses, purge, counters);
        this.purges = new PurgeRounds(
                shards, threads, jobs, settings.purgeInterval(), log, tables, purge, compactions::beginIfDue);
        this.greatestPromise = replayed.promised();
        long greatest = greatestPromise;
        for (Table table : tables.tables()) {
            greatest = Table.greater(greatest, table.facts().greatestReading());
        }
        for (ShardStore shard : shards) {
            greatest = Table.greater(greatest, shard.greatestReplayedReading());
            shard.begin(log, this::hasFlushed, purges::raisedSoon);
        }
        this.greatestReading = greatest;
        // A process that dies again and again before its first flush must not pile up tables.
        compactions.beginIfDue();
        new Scrub(tables, threads, jobs, counters, losses).begin();
        if (hasHorizons()) {
            purges.raisedSoon();
        }
    }

    private boolean hasHorizons() {
        for (int slot = 0; slot < Slots.COUNT; slot++) {
            if (ledger.horizon(slot) > Horizons.NONE) {
                return true;
            }
        }
        return false;
    }

    /**
     * Which keys a broken record held cannot be told from what is left of it: any. What could be read goes into tables, so that the log can
     * begin anew behind the damage.
     */
    private LogReplay.Replayed setLogAside(Disk disk, LogReplay.Replayed replayed) throws IOException {
        for (String line : replayed.damage()) {
            LOG.error("{}", line);
            ledger.lose(0, Slots.COUNT - 1, line);
        }
        ledger.write();
        for (ShardStore shard : shards) {
            if (!shard.flushReplayed()) {
                throw new IOException(
                        "the commit log is damaged (" + replayed.damage().get(0)
                                + "), and what is left of it could not be put into tables; make room on the disk");
            }
        }
        return LogReplay.setAside(disk, replayed);
    }

    /**
     * Recovers what the disk holds. Blocks; nothing else may use the disk from now on.
     *
     * @throws IOException when the disk cannot be read, or it is not known what counts on it; damage to the data itself does not throw, it
     *     makes the replica refuse the slots that may have lost some until they are rebuilt
     */
    public static ReplicaStore open(StoreSettings settings, Disk disk, Clock clock, StoreThreads threads, Fatal fatal)
            throws IOException {
        return new ReplicaStore(settings, disk, clock, threads, fatal);
    }

    /** One shard's view, for use on its own thread. */
    public Storage shard(int index) {
        return shards.get(index);
    }

    /** From now on the observer is told of each change to what a shard holds. Once at most, before that shard's first call. */
    public void observe(int shard, CellObserver observer) {
        shards.get(shard).observe(observer);
    }

    /** The greatest reading of a ballot ever promised, as of opening; 0 when there was none. */
    public long greatestPromise() {
        return greatestPromise;
    }

    /** The greatest version reading ever held or promised, as of opening; 0 when there was none. */
    public long greatestReading() {
        return greatestReading;
    }

    /** One shard's purge horizons, for use on its own thread. */
    public Horizons horizons(int shard) {
        return shards.get(shard).horizons();
    }

    /** One shard's slots that have lost cells, for use on its own thread. */
    public Rebuild rebuild(int shard) {
        return shards.get(shard).rebuild();
    }

    /** What was found damaged and is not yet rebuilt, one line each; empty when all is well. From any thread. */
    public List<String> damage() {
        return ledger.lines();
    }

    /** What the store has done. From any thread. */
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
        boolean syncLater = !batch.needsSync && batch.fault == null;
        ShardStore shard = shards.get(batch.shard);
        threads.toShard(batch.shard, () -> shard.done(batch));
        if (syncLater) {
            threads.toShard(0, this::syncAfterInterval);
        }
    }

    /** On shard 0's thread, which owns the timers. */
    private void syncAfterInterval() {
        if (!intervalSyncIsDue) {
            intervalSyncIsDue = true;
            threads.timers().after(settings.syncInterval(), () -> {
                intervalSyncIsDue = false;
                log.syncSoon(() -> {});
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

    /** A shard that is written seldom would hold on to log segments for long. */
    private void flushOldMemoryTables() {
        long segment = log.segment() - settings.maxLogSegments();
        for (int index = 0; index < shards.size(); index++) {
            ShardStore shard = shards.get(index);
            threads.toShard(index, () -> shard.flushOlderThan(segment));
        }
    }

    private void segmentsDeleted(long oldestSegment) {
        purges.deletedSoon(oldestSegment);
    }

    private void hasFlushed() {
        log.deleteUnneededSoon();
        compactions.beginIfDue();
    }

    /**
     * Waits for what is under way in the background, syncs the log and closes the files. To be called after the last call of every shard;
     * blocks, so not on any of the store's threads. Nothing need be flushed: the log has it.
     */
    @Override
    public void close() {
        jobs.close();
        CompletableFuture<@Nullable Void> done = new CompletableFuture<>();
        threads.log().execute(() -> {
            log.close();
            done.complete(null);
        });
        done.join();
        tables.close();
    }
}
