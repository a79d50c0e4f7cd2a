package io.murmur.kernel.message;

import io.murmur.kernel.ring.NodeId;
import org.jspecify.annotations.Nullable;

/**
 * The first message each way on a connection, and the last of a node that stops. What the first has always begun with never changes and
 * what is new comes behind it, left out where there is nothing to say, so that any two versions can tell each other apart.
 */
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
     * @param credentials on what grounds a client wants to be let in, null when it has none; a node shows its certificate instead
     */
    record Hello(
            int protocol,
            String cluster,
            @Nullable NodeId node,
            String name,
            @Nullable Credentials credentials) implements Handshake {

        /** Without credentials. */
        public Hello(int protocol, String cluster, @Nullable NodeId node, String name) {
            this(protocol, cluster, node, name, null);
        }
    }

    /**
     * The connection is accepted.
     *
     * @param protocol the version spoken from here on
     * @param node who accepted
     * @param epoch the epoch of its ring, 0 when it has none yet
     */
    record Welcome(int protocol, String cluster, NodeId node, String name, long epoch) implements Handshake {}

    /**
     * The connection is refused and will be closed. Said later than at the beginning, it takes the welcome back.
     *
     * @param reason for people; says what to do
     */
    record Rejected(String reason, Cause cause) implements Handshake {

        /** For whatever cause a program need not tell from others. */
        public Rejected(String reason) {
            this(reason, Cause.OTHER);
        }
    }

    /** Why a connection is refused, for programs. */
    enum Cause {
        OTHER,
        /** There were no credentials, or wrong ones: to come again with the same is of no use. */
        NOT_AUTHENTICATED
    }

    /**
     * Said by a node that is stopping to each client that it has let in: send no more. What has been sent is still served, and whoever has all
     * answers hangs up. If the node hung up first, it would cut off what is just then on its way to it, and nobody could tell whether it
     * had been done.
     */
    record Farewell() implements Handshake {}
}
