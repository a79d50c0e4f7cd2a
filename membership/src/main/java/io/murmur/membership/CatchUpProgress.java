package io.murmur.membership;

import io.murmur.kernel.ring.RingChange;
import org.jspecify.annotations.Nullable;

/**
 * How far this node has caught up.
 *
 * @param change the change under way
 * @param partitionsDone caught up with, in this life of the process
 * @param partitionsInAll to catch up with; when all are done, the ring has yet to show it
 * @param startedMillis when this life of the process began, in wall milliseconds
 * @param lastFailure why a partition was tried again last, or null
 */
public record CatchUpProgress(
        RingChange change,
        int partitionsDone,
        int partitionsInAll,
        long startedMillis,
        @Nullable String lastFailure) {}
