package io.murmur.kernel.message;

/**
 * Anything that is sent. A reply carries the id of its request; ids are chosen by the sender of the request and unique among its
 * outstanding ones. Receivers must expect any message twice, late, or without a request they remember.
 */
public sealed interface Message permits Handshake, GossipMessage, RingMessage, Message.Request, Message.Reply {

    /** Joins a reply to its request; chosen by whoever asked. */
    long id();

    /** Asks for something before a deadline. */
    sealed interface Request extends Message permits ClientRequest, PeerRequest, SyncRequest {

        /**
         * The epoch the sender routed by: of a client's request that of its ring; between nodes, the epoch {@link
         * io.murmur.kernel.ring.Ring#since since} which the partition has been as the sender sees it.
         */
        long epoch();

        /**
         * When the sender stops waiting, on this process's {@link io.murmur.kernel.Clock#monotonicNanos()}. The wire carries what is left
         * of it, so that no two clocks are ever compared. Work that is past it is dropped, not done.
         */
        long deadlineNanos();
    }

    /** Answers a request. */
    sealed interface Reply extends Message permits ClientReply, PeerReply, SyncReply {

        /** The epoch of the sender's ring: a greater one than the receiver's says that its ring is old. */
        long epoch();
    }
}
