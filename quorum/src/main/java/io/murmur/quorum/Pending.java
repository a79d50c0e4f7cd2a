package io.murmur.quorum;

import io.murmur.kernel.message.Failure;
import io.murmur.kernel.message.PeerReply;
import io.murmur.kernel.ring.NodeId;
import org.jspecify.annotations.Nullable;

/** A call on its way, waiting for owners' replies. */
sealed interface Pending permits BlockingRepair, LateAcknowledgements.Late, LateAnswers, PendingRead, PendingWrite {

    /**
     * An owner answered one of this call's requests.
     *
     * @param id of the request
     * @param place of the owner in the call's placement
     */
    void receive(long id, int place, PeerReply reply);

    /** A stand-in answered one of this call's requests; only writes ask any. */
    default void receiveFromStandIn(long id, NodeId standIn, PeerReply reply) {}

    /** A newer ring has been adopted. It may leave this call's placement as it is. */
    void ringChanged();

    /** The call, which may have been answered by now. */
    Track track();

    /** Whose places the replies' senders are looked up in. */
    Placement placement();

    /** The refusal that tells more: of a ring that has moved on, since another round may then do; else the latest. */
    static Failure telling(@Nullable Failure former, Failure latest) {
        return former instanceof Failure.StaleRing ? former : latest;
    }

    /**
     * Whether an owner that refused a cell in this way is to be brought it later, by a hint. A version too far ahead of its clock is not to
     * reach it by a side door, and a node that does not know the cache will not learn of it by being told again.
     */
    static boolean mayBeTakenLater(Failure refusal) {
        return switch (refusal) {
            case Failure.Overloaded ignored -> true;
            case Failure.StorageFailed ignored -> true;
            case Failure.StaleRing ignored -> true;
            case Failure.Timeout ignored -> true;
            case Failure.Unavailable ignored -> true;
            case Failure.ClockDrift ignored -> false;
            case Failure.BadRequest ignored -> false;
            case Failure.Forbidden ignored -> false;
        };
    }
}
