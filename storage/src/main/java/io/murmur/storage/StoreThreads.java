package io.murmur.storage;

import io.murmur.kernel.Timers;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * Where a store's work runs; it starts no thread of its own, so that the simulator can run all of it on one. None of these threads may
 * be interrupted while it has work: an interrupt closes the file channel it hits for good.
 *
 * @param log one thread at a time: appends and syncs
 * @param background table reads, flushes and compactions; several threads do
 * @param shards each shard's own thread
 * @param timers of shard 0, on its thread
 */
public record StoreThreads(Executor log, Executor background, List<Executor> shards, Timers timers) {

    /** Runs a task on a shard's thread. When that has ended, as it has when a node stops, nobody is left to be told. */
    void toShard(int shard, Runnable task) {
        try {
            shards.get(shard).execute(task);
        } catch (RejectedExecutionException ignored) {
            // The process is stopping; what matters is on disk.
        }
    }
}
