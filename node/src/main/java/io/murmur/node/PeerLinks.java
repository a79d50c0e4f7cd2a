package io.murmur.node;

import io.murmur.client.internal.Connection;
import io.murmur.kernel.Clock;
import io.murmur.kernel.Liveness;
import io.murmur.kernel.Network;
import io.murmur.kernel.message.Handshake;
import io.murmur.kernel.message.Message;
import io.murmur.kernel.message.PeerReply;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.wire.WireWriter;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One shard's connections to the other nodes, and the {@link Network} and {@link Liveness} made of them. What this shard says to a peer,
 * requests and replies alike, leaves on its own connection to that peer; what the peer says comes in on a connection that the peer opened.
 * While the own connection is missing, as when the peer has just returned and has not been found yet, replies leave on one that the peer
 * opened: whoever can ask is answered.
 *
 * <p>A peer counts as alive while the connection to it stands; a process that dies takes its connections with it at once.
 */
final class PeerLinks implements Network, Liveness {

    private static final Logger LOG = LoggerFactory.getLogger(PeerLinks.class);

    /** Bytes that may wait for one link's socket. */
    private static final long MAX_WAITING_BYTES = 4L << 20;

    private final NodeId self;
    private final EventLoop loop;
    private final List<Connection> opened = new ArrayList<>();
    private final Map<NodeId, Connection> links = new HashMap<>();
    private final LongAdder dropped;
    private final BiConsumer<NodeId, Message> received;
    private final WayBack wayBack;

    /** The connections that peers opened. */
    interface WayBack {
        /** Hands a reply to one of this peer's connections; false when there is none. From any thread. */
        boolean answer(NodeId to, PeerReply reply);
    }

    /**
     * @param received takes what comes from the own node, and what a peer answers on a connection of this shard
     */
    PeerLinks(NodeId self, EventLoop loop, LongAdder dropped, BiConsumer<NodeId, Message> received, WayBack wayBack) {
        this.self = self;
        this.loop = loop;
        this.dropped = dropped;
        this.received = received;
        this.wayBack = wayBack;
    }

    /**
     * Opens a link and keeps it open. On the loop.
     *
     * @param welcomed told who is there; answers why it must not be, or null
     */
    void open(
            String peerName,
            String address,
            Handshake.Hello hello,
            Bootstrap bootstrap,
            Clock clock,
            WireWriter scratch,
            BiFunction<String, NodeId, @Nullable String> welcomed) {
        Link link = new Link(peerName, address, welcomed);
        link.connection = new Connection(address, hello, bootstrap, loop, clock, scratch, MAX_WAITING_BYTES, link);
        opened.add(link.connection);
        link.connection.connect();
    }

    /** Closes all links for good. On the loop. */
    void close() {
        opened.forEach(Connection::close);
    }

    @Override
    public void send(NodeId to, Message message) {
        if (to.equals(self)) {
            loop.execute(() -> received.accept(self, message));
            return;
        }
        Connection connection = links.get(to);
        boolean sent = (connection != null && connection.isReady())
                ? connection.send(message)
                : (message instanceof PeerReply reply && wayBack.answer(to, reply));
        if (!sent) {
            dropped.increment();
        }
    }

    @Override
    public boolean isAlive(NodeId node) {
        Connection connection = links.get(node);
        return node.equals(self) || (connection != null && connection.isReady());
    }

    private final class Link implements Connection.Listener {
        private final String peerName;
        private final String address;
        private final BiFunction<String, NodeId, @Nullable String> welcomed;
        private @Nullable Connection connection;
        private @Nullable NodeId peer;
        private String lastLogged = "";

        Link(String peerName, String address, BiFunction<String, NodeId, @Nullable String> welcomed) {
            this.peerName = peerName;
            this.address = address;
            this.welcomed = welcomed;
        }

        @Override
        public void ready(Handshake.Welcome welcome) {
            String objection = welcome.name().equals(peerName)
                    ? welcomed.apply(welcome.name(), welcome.node())
                    : address + " should be '" + peerName + "' but is '" + welcome.name() + "'; correct 'members'";
            if (objection != null) {
                // Whoever it is, it is not the member that this link led to before.
                links.values().remove(connection);
                log(objection);
                return;
            }
            lastLogged = "";
            LOG.debug("connected to {} at {}", peerName, address);
            if (connection != null) {
                peer = welcome.node();
                links.put(welcome.node(), connection);
            }
        }

        @Override
        public void lost(String reason, boolean wasReady) {
            log((wasReady ? "lost " : "cannot reach ") + peerName + " at " + address + ": " + reason);
        }

        private void log(String line) {
            if (!line.equals(lastLogged)) {
                lastLogged = line;
                LOG.info("{}", line);
            }
        }

        @Override
        public void received(Message message) {
            NodeId from = peer;
            if (from != null && message instanceof PeerReply) {
                received.accept(from, message);
            } else {
                LOG.debug("{} sent on a link that is for replies: {}", peerName, message);
            }
        }
    }
}
