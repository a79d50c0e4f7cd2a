package io.murmur.antientropy;

import java.time.Duration;
import java.util.Map;

/**
 * What a shard's sync goes by.
 *
 * @param shard the index of this shard, 0 to 255: request ids carry it in their low 8 bits, so that replies find their way back
 * @param shards how many there are; a partition p belongs to that with the index p mod shards
 * @param bytesPerSecond the most this shard pulls, whatever number of partitions it catches up with; at least 1
 * @param pageBytes about how much one reply holds, 1 KiB to 8 MiB; one entry may be larger
 * @param requestTimeout how long a source may take to answer at first; twice as long each time it was too short
 * @param shortestRetry about how long to wait before what has failed is tried again, at first
 * @param longestRetry and at most
 * @param maxServed requests of others answered at a time; one more is refused as overloaded
 * @param maxParked requests that wait for a ring this node has yet to hear of; one more is refused as overloaded
 * @param roundInterval each partition this node owns takes part in a round among its owners once in this time
 * @param purgeAfter what a completed round lets all owners forget is older than its beginning by this: the hint window, and a margin for
 *     clocks and for what was being handed over
 * @param replicas how many replicas each cache has, by its name
 */
public record SyncSettings(
        int shard,
        int shards,
        long bytesPerSecond,
        int pageBytes,
        Duration requestTimeout,
        Duration shortestRetry,
        Duration longestRetry,
        int maxServed,
        int maxParked,
        Duration roundInterval,
        Duration purgeAfter,
        Map<String, Integer> replicas) {

    private static final long NODE_BYTES_PER_SECOND = 24L << 20;

    public SyncSettings {
        replicas = Map.copyOf(replicas);
        if (shard < 0 || shard > 255 || shards <= shard) {
            throw new IllegalArgumentException(
                    "shard must be 0 to 255, and below their number: " + shard + ", " + shards);
        }
        if (bytesPerSecond < 1) {
            throw new IllegalArgumentException("bytes per second must be at least 1: " + bytesPerSecond);
        }
        if (pageBytes < 1 << 10 || pageBytes > 8 << 20) {
            throw new IllegalArgumentException("page bytes must be 1 KiB to 8 MiB: " + pageBytes);
        }
        if (!isPositive(roundInterval) || !isPositive(purgeAfter)) {
            throw new IllegalArgumentException("times must be positive: " + roundInterval + ", " + purgeAfter);
        }
        if (!isPositive(requestTimeout) || !isPositive(shortestRetry) || longestRetry.compareTo(shortestRetry) < 0) {
            throw new IllegalArgumentException("times must be positive, and the longest retry no shorter than the"
                    + " shortest: " + requestTimeout + ", " + shortestRetry + ", " + longestRetry);
        }
        if (maxServed < 1 || maxParked < 0) {
            throw new IllegalArgumentException("at least one request must be served: " + maxServed + ", " + maxParked);
        }
    }

    /** The same with another rate. */
    public SyncSettings withBytesPerSecond(long bytes) {
        return new SyncSettings(
                shard,
                shards,
                bytes,
                pageBytes,
                requestTimeout,
                shortestRetry,
                longestRetry,
                maxServed,
                maxParked,
                roundInterval,
                purgeAfter,
                replicas);
    }

    /** The same with other times. */
    public SyncSettings withRounds(Duration interval, Duration purge) {
        return new SyncSettings(
                shard,
                shards,
                bytesPerSecond,
                pageBytes,
                requestTimeout,
                shortestRetry,
                longestRetry,
                maxServed,
                maxParked,
                interval,
                purge,
                replicas);
    }

    private static boolean isPositive(Duration duration) {
        return !duration.isNegative() && !duration.isZero();
    }

    /**
     * The architecture's defaults: 24 MiB a second and node, shared among its shards; a round an hour, and nothing forgotten within the hint
     * window of 3 hours.
     */
    public static SyncSettings of(int shard, int shards, Map<String, Integer> replicas) {
        return new SyncSettings(
                shard,
                shards,
                Math.max(1, NODE_BYTES_PER_SECOND / shards),
                256 << 10,
                Duration.ofSeconds(10),
                Duration.ofMillis(100),
                Duration.ofSeconds(10),
                16,
                64,
                Duration.ofHours(1),
                Duration.ofMinutes(3 * 60 + 10),
                replicas);
    }
}
