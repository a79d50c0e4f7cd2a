package io.murmur.quorum;

import io.murmur.kernel.message.Failure;
import io.murmur.kernel.message.Failure.Effect;
import io.murmur.kernel.message.PeerReply;
import io.murmur.kernel.ring.NodeId;
import org.jspecify.annotations.Nullable;

/** A call on its way, waiting for owners' replies. */
sealed interface Pending
        permits BlockingRepair, LateAcknowledgements.Late, LateAnswers, PendingChange, PendingRead, PendingWrite {

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

    /** The failure of a call that has had no effect, whatever an owner's failure would mean by itself. */
    static Failure withoutEffect(Failure failure) {
        return switch (failure) {
            case Failure.StorageFailed f -> new Failure.StorageFailed(f.detail(), Effect.NONE);
            case Failure.ClockDrift f -> new Failure.ClockDrift(f.millisTooFarAhead(), Effect.NONE);
            case Failure.StaleRing f -> new Failure.StaleRing(f.epoch(), Effect.NONE);
            case Failure.Timeout f -> new Failure.Timeout(f.acknowledged(), f.required(), Effect.NONE);
            case Failure.Overloaded f -> f;
            case Failure.BadRequest f -> f;
            case Failure.Forbidden f -> f;
            case Failure.Unavailable f -> f;
        };
    }

    /**
     * The failure of a call that may have had an effect: an owner's own word, if it is not that of a harmless refusal.
     *
     * @param failure an owner's, or null when there is none
     * @param timeout what is known of the whole call
     */
    static Failure withUnknownEffect(@Nullable Failure failure, Failure timeout) {
        return switch (failure) {
            case null -> timeout;
            case Failure.ClockDrift f -> new Failure.ClockDrift(f.millisTooFarAhead(), Effect.UNKNOWN);
            case Failure.StaleRing f -> new Failure.StaleRing(f.epoch(), Effect.UNKNOWN);
            case Failure.StorageFailed f -> new Failure.StorageFailed(f.detail(), Effect.UNKNOWN);
            // Some owners may have taken it, so it is not the harmless refusal that these names promise.
            case Failure.Overloaded f -> new Failure.StorageFailed(f.message(), Effect.UNKNOWN);
            case Failure.BadRequest f -> new Failure.StorageFailed(f.message(), Effect.UNKNOWN);
            case Failure.Forbidden f -> new Failure.StorageFailed(f.message(), Effect.UNKNOWN);
            case Failure.Unavailable ignored -> timeout;
            case Failure.Timeout ignored -> timeout;
        };
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
