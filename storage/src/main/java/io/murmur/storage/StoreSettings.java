package io.murmur.storage;

import java.time.Duration;
import java.util.function.IntUnaryOperator;

/**
 * What a store goes by.
 *
 * @param shards how many threads share the slots, at least 1; may differ from one start to the next
 * @param shardOfSlot which shard a slot belongs to
 * @param memoryTableBytes a shard's memory table of this size is flushed to a table
 * @param hotBytes memory for recently used cells, over all shards
 * @param logSegmentBytes a log segment of this size is followed by a new one
 * @param maxLogSegments past so many segments the oldest memory tables are flushed, however small, to let segments go
 * @param syncInterval how often the log is synced for caches with {@link io.murmur.kernel.Durability#INTERVAL}
 * @param maxPendingBytes of joins that wait for the log, for each shard; past it joins are refused
 * @param freeDiskFloor joins are refused while less than this share of the disk is free
 * @param purgeInterval how long after a horizon was raised its dead cells may go at the earliest; each time, all memory tables are flushed
 */
public record StoreSettings(
        int shards,
        IntUnaryOperator shardOfSlot,
        long memoryTableBytes,
        long hotBytes,
        int logSegmentBytes,
        int maxLogSegments,
        Duration syncInterval,
        long maxPendingBytes,
        double freeDiskFloor,
        Duration purgeInterval) {

    private static final Duration PURGE_INTERVAL = Duration.ofMinutes(10);

    /** With the usual purge interval. */
    public StoreSettings(
            int shards,
            IntUnaryOperator shardOfSlot,
            long memoryTableBytes,
            long hotBytes,
            int logSegmentBytes,
            int maxLogSegments,
            Duration syncInterval,
            long maxPendingBytes,
            double freeDiskFloor) {
        this(
                shards,
                shardOfSlot,
                memoryTableBytes,
                hotBytes,
                logSegmentBytes,
                maxLogSegments,
                syncInterval,
                maxPendingBytes,
                freeDiskFloor,
                PURGE_INTERVAL);
    }

    /** The same with another purge interval. */
    public StoreSettings withPurgeInterval(Duration other) {
        return new StoreSettings(
                shards,
                shardOfSlot,
                memoryTableBytes,
                hotBytes,
                logSegmentBytes,
                maxLogSegments,
                syncInterval,
                maxPendingBytes,
                freeDiskFloor,
                other);
    }

    /** The architecture's defaults. */
    public static StoreSettings of(int shards, IntUnaryOperator shardOfSlot) {
        return new StoreSettings(
                shards, shardOfSlot, 64L << 20, 256L << 20, 32 << 20, 16, Duration.ofMillis(100), 64L << 20, 0.05);
    }
}
