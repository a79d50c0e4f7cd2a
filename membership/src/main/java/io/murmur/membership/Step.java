package io.murmur.membership;

import io.murmur.kernel.ring.Member;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.ring.Ring;
import io.murmur.kernel.ring.RingChange;
import io.murmur.kernel.ring.RingSteps;
import io.murmur.kernel.ring.Transition;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A step from a ring to the next that somebody wants to be taken. Pure: how it is agreed on is the {@link Proposer}'s. */
sealed interface Step {

    /** Whether a ring shows that it needs not be taken any more. */
    boolean isTaken(@Nullable Ring ring);

    /**
     * The ring it leads to, of the epoch after the given one's.
     *
     * @throws RingSteps.Refused when it makes no sense from there
     */
    Ring from(@Nullable Ring ring) throws RingSteps.Refused;

    /** What somebody has asked for. A change that the ring has already is taken: whoever asks twice is told the same twice. */
    record Change(RingChange change) implements Step {

        @Override
        public boolean isTaken(@Nullable Ring ring) {
            return ring != null && (isUnderWay(ring) || isDone(ring));
        }

        private boolean isUnderWay(Ring ring) {
            Transition transition = ring.transition();
            if (transition == null) {
                return false;
            }
            RingChange underWay = transition.change();
            return underWay.equals(change)
                    // The same node under another address, or with another weight: what differs is to be asked for by
                    // itself.
                    || (change instanceof RingChange.Join
                            && underWay instanceof RingChange.Join
                            && underWay.subject().equals(change.subject()))
                    || (change instanceof RingChange.Replace replace
                            && underWay instanceof RingChange.Replace other
                            && other.subject().equals(replace.subject())
                            && other.dead().equals(replace.dead()));
        }

        private boolean isDone(Ring ring) {
            return switch (change) {
                case RingChange.Join join -> isMember(ring, join.subject());
                case RingChange.Leave leave -> ring.member(leave.subject()) == null;
                case RingChange.Remove remove -> ring.member(remove.subject()) == null;
                case RingChange.Replace replace ->
                    isMember(ring, replace.subject()) && ring.member(replace.dead()) == null;
                case RingChange.Move move -> {
                    Member member = ring.member(move.subject());
                    yield member != null
                            && isMember(ring, move.subject())
                            && member.zone().equals(move.zone())
                            && member.weight() == move.weight();
                }
                case RingChange.Relocate relocate -> {
                    Member member = ring.member(relocate.subject());
                    yield member != null && member.host().equals(relocate.host()) && member.port() == relocate.port();
                }
                // That there is nothing to give up is news to whoever asks.
                case RingChange.Abort ignored -> false;
            };
        }

        /** Is one, and is not about to be one no more, or another. */
        private static boolean isMember(Ring ring, NodeId node) {
            Member member = ring.member(node);
            Transition transition = ring.transition();
            return member != null
                    && ring.members().contains(member)
                    && (transition == null || transition.members().contains(member));
        }

        @Override
        public Ring from(@Nullable Ring ring) throws RingSteps.Refused {
            if (ring == null) {
                throw new IllegalStateException("nothing to change");
            }
            return RingSteps.begin(ring, change);
        }
    }

    /**
     * A node has caught up.
     *
     * @param began the epoch in which the change began that it has caught up with; with another it has not
     */
    record Synced(NodeId node, long began) implements Step {

        @Override
        public boolean isTaken(@Nullable Ring ring) {
            return ring == null
                    || beginningOf(ring) != began
                    || !RingSteps.behind(ring).contains(node);
        }

        @Override
        public Ring from(@Nullable Ring ring) throws RingSteps.Refused {
            if (ring == null) {
                throw new IllegalStateException("nothing to catch up with");
            }
            return RingSteps.synced(ring, node);
        }
    }

    /** A cluster begins. */
    record Found(Ring first, List<NodeId> seeds) implements Step {

        @Override
        public boolean isTaken(@Nullable Ring ring) {
            return ring != null;
        }

        @Override
        public Ring from(@Nullable Ring ring) {
            return first;
        }
    }

    /** A ring that some voters have accepted, and nobody has heard of since, is decided or found not to be. */
    record Finish(Ring accepted) implements Step {

        @Override
        public boolean isTaken(@Nullable Ring ring) {
            return ring != null && ring.epoch() >= accepted.epoch();
        }

        @Override
        public Ring from(@Nullable Ring ring) {
            return accepted;
        }
    }

    /** The epoch in which the change under way began: since then its partitions have been moving. 0 when none is. */
    static long beginningOf(Ring ring) {
        for (int partition = 0; partition < ring.partitions(); partition++) {
            if (ring.isMoving(partition)) {
                return ring.since(partition);
            }
        }
        return 0;
    }
}
