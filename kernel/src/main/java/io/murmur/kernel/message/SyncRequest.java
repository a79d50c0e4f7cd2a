package io.murmur.kernel.message;

import io.murmur.kernel.data.Key;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a node asks of an owner of a partition in order to become equal to it. Served only by an owner that sees the partition as the asker
 * does ({@link #epoch}: since when it is as it is), and only once every join it had accepted before has been done.
 */
public sealed interface SyncRequest extends Message.Request {

    int partition();

    /** The next entries of the slots {@code firstSlot..lastSlot} in key order, tombstones and expired ones included. */
    record Page(
            long id,
            long epoch,
            long deadlineNanos,
            int partition,
            int firstSlot,
            int lastSlot,
            @Nullable Key after,
            int maxBytes)
            implements SyncRequest {}

    /** A digest over all entries of each slot of the partition. */
    record SlotDigests(long id, long epoch, long deadlineNanos, int partition) implements SyncRequest {}

    /** The keys of a slot behind one, with their cells' digests. */
    record SlotVersions(
            long id,
            long epoch,
            long deadlineNanos,
            int partition,
            int slot,
            @Nullable Key after) implements SyncRequest {}

    /** The cells of these keys, which are in key order. At most {@link ClientRequest#MAX_BATCH}. */
    record Cells(long id, long epoch, long deadlineNanos, int partition, List<Key> keys) implements SyncRequest {}
}
