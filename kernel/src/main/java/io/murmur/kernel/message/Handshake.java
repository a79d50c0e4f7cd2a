package io.murmur.kernel.message;

import io.murmur.kernel.ring.NodeId;
import org.jspecify.annotations.Nullable;

/** The first message each way on a connection, and the last of a node that stops. Its layout never changes, so that any two versions can tell each other apart. */
public sealed interface Handshake extends Message {

    @Override
    default long id() {
        return 0;
    }

    /**
     * Said by whoever opened the connection.
     *
     * @param protocol the newest protocol version it speaks
     * @param cluster the name of the cluster it means to talk to; empty from a client that takes any
     * @param node who it is when it is a node, null for a client
     * @param name for people: the node's name or what the client calls itself
     */
    record Hello(int protocol, String cluster, @Nullable NodeId node, String name) implements Handshake {}

    /**
     * The connection is accepted.
     *
     * @param protocol the version spoken from here on
     * @param node who accepted
     * @param epoch the epoch of its ring, 0 when it has none yet
     */
    record Welcome(int protocol, String cluster, NodeId node, String name, long epoch) implements Handshake {}

    /** The connection is refused and will be closed; the reason is for people and says what to do. */
    record Rejected(String reason) implements Handshake {}

    /**
     * Said by a node that is stopping to each client that it has let in: send no more. What has been sent is still served, and whoever has all
     * answers hangs up. If the node hung up first, it would cut off what is just then on its way to it, and nobody could tell whether it
     * had been done.
     */
    record Farewell() implements Handshake {}
}
