package io.murmur.antientropy;

import io.murmur.kernel.Storage.StorageFault;
import io.murmur.kernel.message.SyncReply.SlotDigest;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * What this replica holds of each slot, in sums. An answer may leave out joins that end while it is made, but none that had taken effect
 * before it was asked for.
 */
interface SlotSummaries {

    /**
     * @param leastReplicas of caches with at least so many replicas
     * @param isWanted asked now and then while it takes long
     * @param then called exactly once, at once or later, unless the process ends first
     */
    void of(int firstSlot, int lastSlot, int leastReplicas, BooleanSupplier isWanted, Consumer<Summary> then);

    sealed interface Summary {
        /** One for each slot, in order. */
        record Are(List<SlotDigest> digests) implements Summary {
            /** Of all of them. */
            SlotDigest root() {
                return digests.stream().reduce(SlotDigest.EMPTY, Digests::plus);
            }
        }

        record Unwanted() implements Summary {}

        record Refused(StorageFault fault, String detail) implements Summary {}
    }
}
