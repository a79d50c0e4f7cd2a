package io.murmur.antientropy;

import io.murmur.kernel.message.SyncReply.SlotDigest;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * What to do about each slot, given what both sides hold of it. Slots that are equal are left alone. For the others there are two ways. To
 * <i>copy</i> moves everything the source has, also what this node has too. To <i>compare</i> moves the fingerprints of everything the
 * source has, and then what differs. So a slot is copied when all that this node could have in common with the source takes no more bytes
 * than the fingerprints would: when it is empty here, or holds little but what was written since this node became an owner to be. Pure.
 */
final class SessionPlan {

    private SessionPlan() {}

    sealed interface Step {

        /** Everything the source has of the slots {@code firstSlot..lastSlot}. */
        record Copy(int firstSlot, int lastSlot) implements Step {}

        /**
         * Whatever of the slot one has and the other has not.
         *
         * @param leafBits how many leaves to tell apart, in bits
         */
        record Compare(int slot, int leafBits) implements Step {}
    }

    /**
     * For one that catches up, who needs what the source has.
     *
     * @param firstSlot the slot of the first digest in both lists, which have the same length
     * @param suspect slots in which this node may hold what the owners have forgotten: these must be compared, also when the source has
     *     nothing of them
     * @return steps in the order of the slots; neighbouring slots to be copied are one step, so that many small ones share a page
     */
    static List<Step> toCatchUp(int firstSlot, List<SlotDigest> ours, List<SlotDigest> theirs, BitSet suspect) {
        List<Step> steps = new ArrayList<>();
        Step.Copy run = null;
        for (int i = 0; i < theirs.size(); i++) {
            int slot = firstSlot + i;
            SlotDigest own = ours.get(i);
            SlotDigest their = theirs.get(i);
            boolean isSuspect = suspect.get(slot);
            if (their.entries() == 0 && !isSuspect) {
                // A run may go across it: there is nothing in it to be moved.
                continue;
            }
            boolean isEqual = Digests.areOfTheSame(own, their);
            if (!isEqual && !isSuspect && isToBeCopied(own, their)) {
                run = new Step.Copy(run == null ? slot : run.firstSlot(), slot);
                continue;
            }
            if (run != null) {
                steps.add(run);
                run = null;
            }
            if (!isEqual) {
                steps.add(compare(slot, own, their));
            }
        }
        if (run != null) {
            steps.add(run);
        }
        return List.copyOf(steps);
    }

    /** For two owners, each of whom needs what the other has: only where this node has nothing is there nothing to be compared. */
    static List<Step> toBeEqual(int firstSlot, List<SlotDigest> ours, List<SlotDigest> theirs) {
        List<Step> steps = new ArrayList<>();
        for (int i = 0; i < theirs.size(); i++) {
            int slot = firstSlot + i;
            SlotDigest own = ours.get(i);
            SlotDigest their = theirs.get(i);
            if (Digests.areOfTheSame(own, their)) {
                continue;
            }
            if (own.entries() > 0) {
                steps.add(compare(slot, own, their));
            } else if (!steps.isEmpty()
                    && steps.get(steps.size() - 1) instanceof Step.Copy copy
                    && copy.lastSlot() == slot - 1) {
                steps.set(steps.size() - 1, new Step.Copy(copy.firstSlot(), slot));
            } else {
                steps.add(new Step.Copy(slot, slot));
            }
        }
        return List.copyOf(steps);
    }

    private static Step compare(int slot, SlotDigest own, SlotDigest their) {
        // With one side nearly empty, the leaves' digests would tell next to nothing.
        long entries = Math.min(own.entries(), their.entries());
        return new Step.Compare(slot, Leaves.bitsFor(entries));
    }

    private static boolean isToBeCopied(SlotDigest own, SlotDigest their) {
        return own.bytes() <= their.entries() * WireBytes.OF_A_KEY_DIGEST;
    }
}
