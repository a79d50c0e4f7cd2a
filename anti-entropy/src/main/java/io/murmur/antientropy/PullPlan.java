package io.murmur.antientropy;

import io.murmur.kernel.message.SyncReply.SlotDigest;
import java.util.ArrayList;
import java.util.List;

/**
 * What to do about each slot, given what both sides hold of it. Slots that are equal, or of which the source has nothing, are left alone.
 * For the others there are two ways. To <i>copy</i> moves everything the source has, also what this node has too. To <i>compare</i> moves
 * the fingerprints of everything the source has, and then what differs. So a slot is copied when all that this node could have in common
 * with the source takes no more bytes than the fingerprints would: when it is empty here, or holds little but what was written since this
 * node became an owner to be. Pure.
 */
final class PullPlan {

    private PullPlan() {}

    sealed interface Step {

        /** Everything the source has of the slots {@code firstSlot..lastSlot}. */
        record Copy(int firstSlot, int lastSlot) implements Step {}

        /** Whatever of the slot this node has not. */
        record Compare(int slot) implements Step {}
    }

    /**
     * @param firstSlot the slot of the first digest in both lists, which have the same length
     * @return steps in the order of the slots; neighbouring slots to be copied are one step, so that many small ones share a page
     */
    static List<Step> of(int firstSlot, List<SlotDigest> ours, List<SlotDigest> theirs) {
        List<Step> steps = new ArrayList<>();
        Step.Copy run = null;
        for (int i = 0; i < theirs.size(); i++) {
            int slot = firstSlot + i;
            SlotDigest own = ours.get(i);
            SlotDigest their = theirs.get(i);
            if (their.entries() == 0) {
                // A run may go across it: there is nothing in it to be moved.
                continue;
            }
            if (!Digests.areOfTheSame(own, their) && isToBeCopied(own, their)) {
                run = new Step.Copy(run == null ? slot : run.firstSlot(), slot);
                continue;
            }
            if (run != null) {
                steps.add(run);
                run = null;
            }
            if (!Digests.areOfTheSame(own, their)) {
                steps.add(new Step.Compare(slot));
            }
        }
        if (run != null) {
            steps.add(run);
        }
        return List.copyOf(steps);
    }

    private static boolean isToBeCopied(SlotDigest own, SlotDigest their) {
        return own.bytes() <= their.entries() * WireBytes.OF_A_KEY_DIGEST;
    }
}
