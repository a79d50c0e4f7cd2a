package io.murmur.storage;

import java.time.Duration;
import java.util.List;

/**
 * Brings raised horizons to where they count for compactions. A round begins some time after a horizon was raised, for all that have been
 * by then:
 *
 * <ol>
 *   <li>Each shard notes its horizons, and lets the joins settle that were called before.
 *   <li>The log begins a new segment. What is logged from then on was judged by the noted horizons. What is in memory of before is flushed.
 *   <li>Once all segments before are deleted, which is when all of their joins are in tables, the noted horizons count.
 * </ol>
 *
 * <p>So there is one more flush of each shard for each interval at most. Runs on shard 0's thread.
 */
final class PurgeRounds {

    private final List<ShardStore> shards;
    private final StoreThreads threads;
    private final Duration interval;
    private final CommitLog log;
    private final TableSet tables;
    private final Purge purge;
    private final Runnable begun;
    private boolean due;
    private boolean scheduled;
    private int preparing;
    private int allowing;
    /** Segments up to this one have to go; -1 while it is not known. */
    private long lastBefore = -1;

    private boolean running;

    /** @param begun called when compactions may drop more */
    PurgeRounds(
            List<ShardStore> shards,
            StoreThreads threads,
            Duration interval,
            CommitLog log,
            TableSet tables,
            Purge purge,
            Runnable begun) {
        this.shards = shards;
        this.threads = threads;
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
        lastBefore = -1;
        preparing = shards.size();
        for (int index = 0; index < shards.size(); index++) {
            ShardStore shard = shards.get(index);
            threads.toShard(index, () -> shard.prepareToPurge(() -> threads.toShard(0, this::prepared)));
        }
    }

    private void prepared() {
        if (--preparing == 0) {
            log.rollSoon(segment -> threads.toShard(0, () -> rolled(segment)));
        }
    }

    private void rolled(long segment) {
        lastBefore = segment;
        for (int index = 0; index < shards.size(); index++) {
            ShardStore shard = shards.get(index);
            threads.toShard(index, () -> shard.flushOlderThan(segment + 1));
        }
        log.deleteUnneededSoon();
    }

    /** This is the oldest segment left; greater than any when there is none. From any thread. */
    void deletedSoon(long oldestSegment) {
        threads.toShard(0, () -> {
            if (running && lastBefore >= 0 && oldestSegment > lastBefore) {
                lastBefore = -1;
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
