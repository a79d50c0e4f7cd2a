package io.murmur.handoff;

import io.murmur.kernel.message.Failure;
import io.murmur.kernel.message.PeerReply;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.ring.Ring;

/** What to do with one hint, and what to make of the answer. Pure. */
final class HandoffSchedule {

    private HandoffSchedule() {}

    /** What to do with a hint now. */
    enum Step {
        /** Send it to its node. */
        HAND_OVER,
        /** Its node does not own the key any more: keep it for all who do. */
        REDIRECT,
        /** Its node is away. */
        WAIT,
        /** It is too old to be given to anybody. */
        EXPIRE
    }

    /** What to do with a hint after an answer. */
    enum Fate {
        /** The node holds the cell, or a greater one: forget the hint. */
        HELD,
        /** The node has no time: try this one and all others later, and more slowly. */
        BUSY,
        /** The node cannot take this one just now, or goes by a newer ring, which this node will hear of: try it later. */
        LATER,
        /** The node does not take this one for what it is: try it a few times. */
        DOUBTFUL,
        /** The node goes by our ring, or an older one that is the same for this key, and is no owner for the key's cache. */
        NO_OWNER
    }

    /**
     * @param hintEpoch the ring's epoch when the hint was made. A node that was no owner by that ring already was one by the ring of who
     *     asked for the hint, which this node has yet to hear of: that is no reason to give the hint to others
     * @param isWithinWindow whether it is now, and will be when the request has ended
     */
    static Step step(Ring ring, NodeId target, boolean isAlive, int partition, long hintEpoch, boolean isWithinWindow) {
        if (!isWithinWindow) {
            return Step.EXPIRE;
        }
        if (!ring.isOwner(target, partition, ring.replicas()) && ring.epoch() > hintEpoch) {
            return Step.REDIRECT;
        }
        return isAlive ? Step.HAND_OVER : Step.WAIT;
    }

    /**
     * @param epoch of the ring by which the hint was sent
     */
    static Fate fate(PeerReply reply, long epoch) {
        return switch (reply) {
            // A greater cell is as good: the hint's has lost against it, and will wherever they meet.
            case PeerReply.Joined ignored -> Fate.HELD;
            // It is held as well; that it does not count is nothing to a hint.
            case PeerReply.Outbid ignored -> Fate.HELD;
            case PeerReply.Refused refused -> fate(refused.failure(), refused.epoch() > epoch);
            case PeerReply.CellIs ignored -> Fate.DOUBTFUL;
            case PeerReply.DigestIs ignored -> Fate.DOUBTFUL;
            case PeerReply.Kept ignored -> Fate.DOUBTFUL;
            case PeerReply.Promised ignored -> Fate.DOUBTFUL;
            case PeerReply.Accepted ignored -> Fate.DOUBTFUL;
        };
    }

    private static Fate fate(Failure failure, boolean hasNewerRing) {
        return switch (failure) {
            case Failure.StaleRing ignored -> hasNewerRing ? Fate.LATER : Fate.NO_OWNER;
            case Failure.Overloaded ignored -> Fate.BUSY;
            case Failure.Timeout ignored -> Fate.BUSY;
            case Failure.Unavailable ignored -> Fate.BUSY;
            case Failure.StorageFailed ignored -> Fate.LATER;
            case Failure.ClockDrift ignored -> Fate.DOUBTFUL;
            case Failure.BadRequest ignored -> Fate.DOUBTFUL;
            case Failure.Forbidden ignored -> Fate.DOUBTFUL;
        };
    }
}
