package io.murmur.antientropy;

import java.time.Duration;
import java.util.Collection;
import java.util.List;

/**
 * What a shard's sync goes by.
 *
 * @param shard the index of this shard, 0 to 255: request ids carry it in their low 8 bits, so that replies find their way back
 * @param bytesPerSecond the most this shard pulls, whatever number of partitions it catches up with; at least 1
 * @param pageBytes about how much one reply holds, 1 KiB to 8 MiB; one entry may be larger
 * @param requestTimeout how long a source may take to answer at first; twice as long each time it was too short
 * @param shortestRetry about how long to wait before what has failed is tried again, at first
 * @param longestRetry and at most
 * @param maxServed requests of others answered at a time; one more is refused as overloaded
 * @param maxParked requests that wait for a ring this node has yet to hear of; one more is refused as overloaded
 * @param replicas how many replicas the caches have, all such numbers: enough is read when it is enough for each
 */
public record SyncSettings(
        int shard,
        long bytesPerSecond,
        int pageBytes,
        Duration requestTimeout,
        Duration shortestRetry,
        Duration longestRetry,
        int maxServed,
        int maxParked,
        List<Integer> replicas) {

    private static final long NODE_BYTES_PER_SECOND = 24L << 20;

    public SyncSettings {
        replicas = List.copyOf(replicas);
        if (shard < 0 || shard > 255) {
            throw new IllegalArgumentException("shard must be 0 to 255: " + shard);
        }
        if (bytesPerSecond < 1) {
            throw new IllegalArgumentException("bytes per second must be at least 1: " + bytesPerSecond);
        }
        if (pageBytes < 1 << 10 || pageBytes > 8 << 20) {
            throw new IllegalArgumentException("page bytes must be 1 KiB to 8 MiB: " + pageBytes);
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
                shard, bytes, pageBytes, requestTimeout, shortestRetry, longestRetry, maxServed, maxParked, replicas);
    }

    private static boolean isPositive(Duration duration) {
        return !duration.isNegative() && !duration.isZero();
    }

    /** The architecture's defaults: 24 MiB a second and node, shared among its shards. */
    public static SyncSettings of(int shard, int shards, Collection<Integer> replicas) {
        return new SyncSettings(
                shard,
                Math.max(1, NODE_BYTES_PER_SECOND / shards),
                256 << 10,
                Duration.ofSeconds(10),
                Duration.ofMillis(100),
                Duration.ofSeconds(10),
                16,
                64,
                List.copyOf(replicas));
    }
}
