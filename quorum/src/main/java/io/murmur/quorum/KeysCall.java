package io.murmur.quorum;

import io.murmur.kernel.Level;
import io.murmur.kernel.data.Key;
import org.jspecify.annotations.Nullable;

/**
 * Asks for some keys of a cache that hold a value, in key order.
 *
 * @param firstSlot of a partition of the shard that is asked
 * @param lastSlot of the same partition
 * @param after only what is behind this key; null for all
 * @param most about so many, and at most {@link io.murmur.kernel.message.SyncRequest#MOST_HEADS}; those that hold no value any more count
 * @param level so many owners are asked as a read at this level asks; null for the cache's own
 * @param deadlineNanos on the monotonic clock
 */
public record KeysCall(
        String cache,
        int firstSlot,
        int lastSlot,
        @Nullable Key after,
        int most,
        @Nullable Level level,
        long deadlineNanos) {}
