package io.murmur.storage;

import io.murmur.kernel.Timers;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Brings raised horizons to where they count for compactions. A round begins some time after a horizon was raised, for all that have been
 * by then:
 *
 * <ol>
 *   <li>Each shard notes its horizons, and lets the joins settle that were called before.
 *   <li>The log begins a new segment. What is logged from then on was judged by the noted horizons, or taken from another
 *       owner, however old ({@link io.murmur.kernel.Rebuild#join}). What is in memory of before is flushed.
 *   <li>Once all segments before are deleted, which is when all of their joins are in tables, the noted horizons count.
 * </ol>
 *
 * <p>So there is one more flush of each shard for each interval at most. Runs on shard 0's thread.
 */
final class PurgeRounds {

    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final List<ShardStore> shards;
    private final StoreThreads threads;
    private final BackgroundJobs jobs;
    private final Duration interval;
    private final CommitLog log;
    private final TableSet tables;
    private final Purge purge;
    private final Runnable begun;
    private boolean due;
    private boolean scheduled;
    private int preparing;
    private int allowing;
    private boolean running;
    /** Segments up to this one have to go. */
    private long lastBefore;
    /** While they have not gone. */
    private Timers.@Nullable Timer again;

    /** @param begun called when compactions may drop more */
    PurgeRounds(
            List<ShardStore> shards,
            StoreThreads threads,
            BackgroundJobs jobs,
            Duration interval,
            CommitLog log,
            TableSet tables,
            Purge purge,
            Runnable begun) {
        this.shards = shards;
        this.threads = threads;
        this.jobs = jobs;
        this.interval = interval;
        this.log = log;
        this.tables = tables;
        this.purge = purge;
        this.begun = begun;
    }

    /** A horizon has been raised, or was found at start. From any thread. */
    void raisedSoon() {
        threads.toShard(0, () -> {
            due = true;
            schedule();
        });
    }

    private void schedule() {
        if (due && !scheduled && !running) {
            scheduled = true;
            threads.timers().after(interval, this::begin);
        }
    }

    private void begin() {
        scheduled = false;
        due = false;
        running = true;
        preparing = shards.size();
        for (int index = 0; index < shards.size(); index++) {
            ShardStore shard = shards.get(index);
            threads.toShard(index, () -> shard.prepareToPurge(() -> threads.toShard(0, this::prepared)));
        }
    }

    private void prepared() {
        if (--preparing == 0) {
            roll();
        }
    }

    private void roll() {
        if (!jobs.areClosing()) {
            log.rollSoon(segment -> threads.toShard(0, () -> rolled(segment)));
        }
    }

    private void rolled(OptionalLong lastOfBefore) {
        if (lastOfBefore.isPresent()) {
            lastBefore = lastOfBefore.getAsLong();
            letSegmentsGo();
        } else {
            threads.timers().after(PAUSE, this::roll);
        }
    }

    /**
     * Again and again until they have gone: a flush may have failed, a shard may not have had the last of its joins from the log yet, or
     * a file could not be deleted.
     */
    private void letSegmentsGo() {
        if (jobs.areClosing()) {
            return;
        }
        long segment = lastBefore + 1;
        for (int index = 0; index < shards.size(); index++) {
            ShardStore shard = shards.get(index);
            threads.toShard(index, () -> shard.flushOlderThan(segment));
        }
        log.deleteUnneededSoon();
        again = threads.timers().after(PAUSE, this::letSegmentsGo);
    }

    /** This is the oldest segment left; greater than any when there is none. From any thread. */
    void deletedSoon(long oldestSegment) {
        threads.toShard(0, () -> {
            if (again != null && oldestSegment > lastBefore) {
                again.cancel();
                again = null;
                allow();
            }
        });
    }

    private void allow() {
        allowing = shards.size();
        for (int index = 0; index < shards.size(); index++) {
            ShardStore shard = shards.get(index);
            threads.toShard(index, () -> {
                shard.allowPurge();
                threads.toShard(0, this::allowed);
            });
        }
    }

    private void allowed() {
        if (--allowing == 0) {
            running = false;
            purge.begin(tables.tables());
            begun.run();
            schedule();
        }
    }
}
