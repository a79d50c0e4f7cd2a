package io.murmur.quorum;

import io.murmur.kernel.message.PeerReply;

/** A call on its way, waiting for owners' replies. */
sealed interface Pending permits LateAnswers, PendingRead, PendingWrite {

    /**
     * An owner answered one of this call's requests.
     *
     * @param id of the request
     * @param place of the owner in the call's placement
     */
    void receive(long id, int place, PeerReply reply);

    /** Whose places the replies' senders are looked up in. */
    Placement placement();
}
