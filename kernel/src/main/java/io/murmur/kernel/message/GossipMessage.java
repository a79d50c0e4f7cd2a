package io.murmur.kernel.message;

import io.murmur.kernel.ring.NodeId;
import java.util.List;

/**
 * What nodes tell each other of everyone (Cassandra's SYN, ACK, ACK2) and how they ask whether someone is alive (SWIM section 4.1). An
 * answer carries the id of what it answers.
 *
 * <p>In every list of digests the sender's own comes first. A digest is news by itself: whoever knows of a smaller heartbeat takes it over
 * without asking, so attributes travel only when they have changed.
 */
public sealed interface GossipMessage extends Message {

    /** The most entries in any list of a message. */
    int MAX_ENTRIES = 10_000;

    /** What I know; as much of it as fits. */
    record Syn(long id, List<EndpointDigest> digests) implements GossipMessage {}

    /**
     * Answers a {@link Syn}.
     *
     * @param digests where I know more, or may know more
     * @param requests whose states I ask for
     * @param states what has changed since your digests
     */
    record Ack(long id, List<EndpointDigest> digests, List<NodeId> requests, List<EndpointState> states)
            implements GossipMessage {}

    /**
     * Answers an {@link Ack}, or the requests of an Ack2; what answers requests of an Ack2 has none itself, so it ends there.
     *
     * @param requests whose states I ask for in turn
     * @param states what was asked for
     */
    record Ack2(long id, List<NodeId> requests, List<EndpointState> states) implements GossipMessage {}

    /** Are you there? */
    record Ping(long id) implements GossipMessage {}

    /** I get no answer from this one; ask it for me. */
    record PingRequest(long id, NodeId target) implements GossipMessage {}

    /** Answers a {@link Ping} or a {@link PingRequest}: the digest of the one that was asked after, with a heartbeat of its own. */
    record Pong(long id, EndpointDigest digest) implements GossipMessage {}
}
