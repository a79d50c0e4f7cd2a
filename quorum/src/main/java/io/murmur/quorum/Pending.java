package io.murmur.quorum;

import io.murmur.kernel.message.Failure;
import io.murmur.kernel.message.PeerReply;
import org.jspecify.annotations.Nullable;

/** A call on its way, waiting for owners' replies. */
sealed interface Pending permits BlockingRepair, LateAnswers, PendingRead, PendingWrite {

    /**
     * An owner answered one of this call's requests.
     *
     * @param id of the request
     * @param place of the owner in the call's placement
     */
    void receive(long id, int place, PeerReply reply);

    /** A newer ring has been adopted. It may leave this call's placement as it is. */
    void ringChanged();

    /** Whose places the replies' senders are looked up in. */
    Placement placement();

    /** The refusal that tells more: of a ring that has moved on, since another round may then do; else the latest. */
    static Failure telling(@Nullable Failure former, Failure latest) {
        return former instanceof Failure.StaleRing ? former : latest;
    }
}
