package io.murmur.simulation;

import java.time.Duration;

/**
 * What a world is made of, faults aside.
 *
 * @param network at the beginning
 * @param shardTaskMicros the most a task on a shard's thread takes
 * @param logTaskMicros the most a task on a log's thread takes: a group commit
 * @param backgroundTaskMicros the most a background task takes
 * @param suspicion how long a node must be unreachable to be believed dead
 * @param restart the most time from a node's end by its own fault to its next start
 */
public record WorldSettings(
        NetworkConditions network,
        long shardTaskMicros,
        long logTaskMicros,
        long backgroundTaskMicros,
        Duration suspicion,
        Duration restart) {

    public static final WorldSettings DEFAULT =
            new WorldSettings(NetworkConditions.CALM, 30, 2_000, 1_000, Duration.ofMillis(300), Duration.ofSeconds(2));
}
