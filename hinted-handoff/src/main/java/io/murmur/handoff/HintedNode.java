package io.murmur.handoff;

import io.murmur.kernel.ring.NodeId;
import org.jspecify.annotations.Nullable;

/**
 * A node for which a shard holds hints.
 *
 * @param hints held, those on their way included
 * @param bytes of those
 * @param inFlight hints on their way
 * @param oldestMillis when the hint that waits longest was written, in wall-clock milliseconds since the Unix epoch; null when none waits
 * @param isBeingHandedOver whether a handover is under way, or about to begin
 * @param bytesPerSecond how fast
 */
public record HintedNode(
        NodeId node,
        boolean isAlive,
        long hints,
        long bytes,
        int inFlight,
        @Nullable Long oldestMillis,
        boolean isBeingHandedOver,
        long bytesPerSecond) {}
