package io.murmur.node;

import io.murmur.client.internal.Connection;
import io.murmur.client.internal.Opening;
import io.murmur.kernel.Liveness;
import io.murmur.kernel.Network;
import io.murmur.kernel.message.ClientReply;
import io.murmur.kernel.message.ClientRequest;
import io.murmur.kernel.message.Handshake;
import io.murmur.kernel.message.Message;
import io.murmur.kernel.message.PeerRequest;
import io.murmur.kernel.message.SyncRequest;
import io.murmur.kernel.ring.NodeId;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One loop's connections to the other nodes, and the {@link Network} and {@link Liveness} made of them. What this loop says to a peer,
 * requests and replies alike, leaves on its own connection to that peer; what the peer says comes in on a connection that the peer opened.
 * While the own connection is missing, as when the peer has just returned and has not been found yet, all but requests leave on one that
 * the peer opened: whoever can ask is answered.
 *
 * <p>Who is at an address is what it says in its welcome: a seed's id need not be known, and a node that has taken another's address is not
 * taken for it.
 *
 * <p>A peer counts as alive while the connection to it stands and the failure detector does not object; a process that dies takes its
 * connections with it at once.
 */
final class PeerLinks implements Network, Liveness {

    private static final Logger LOG = LoggerFactory.getLogger(PeerLinks.class);

    /** Bytes that may wait for one link's socket. */
    private static final long MAX_WAITING_BYTES = 4L << 20;

    private final NodeId self;
    private final EventLoop loop;
    private final Opening opening;
    private final LongAdder dropped;
    private final Predicate<NodeId> isConvicted;
    private final Listener listener;
    private final WayBack wayBack;
    private final Map<String, Link> byAddress = new LinkedHashMap<>();
    private final Map<NodeId, Link> links = new HashMap<>();

    /** What a loop is told; on the loop. */
    interface Listener {
        /** From the own node, or from a peer on a connection of this loop. */
        void received(NodeId from, Message message);

        /** This node has let us in. */
        void met(NodeId node, String address);
    }

    /** The connections that peers opened. */
    interface WayBack {
        /** Hands a message to one of this peer's connections; false when there is none. From any thread. */
        boolean answer(NodeId to, Message message);
    }

    /**
     * @param isConvicted by the failure detector; asked on the loop
     */
    PeerLinks(
            NodeId self,
            EventLoop loop,
            Opening opening,
            LongAdder dropped,
            Predicate<NodeId> isConvicted,
            Listener listener,
            WayBack wayBack) {
        this.self = self;
        this.loop = loop;
        this.opening = opening;
        this.dropped = dropped;
        this.isConvicted = isConvicted;
        this.listener = listener;
        this.wayBack = wayBack;
    }

    /** Opens links to these addresses, those that are not open yet, and closes all others. On the loop. */
    void connectTo(Collection<String> addresses) {
        for (Link link : new ArrayList<>(byAddress.values())) {
            if (!addresses.contains(link.address)) {
                byAddress.remove(link.address);
                link.close();
            }
        }
        for (String address : addresses) {
            if (!byAddress.containsKey(address)) {
                Link link = new Link(address);
                byAddress.put(address, link);
                link.open();
            }
        }
    }

    /** Closes all links for good. On the loop. */
    void close() {
        connectTo(List.of());
    }

    @Override
    public void send(NodeId to, Message message) {
        if (to.equals(self)) {
            loop.execute(() -> listener.received(self, message));
            return;
        }
        Link link = links.get(to);
        boolean sent = (link != null && link.isReady())
                ? link.send(message)
                : (mayGoBack(message) && wayBack.answer(to, message));
        if (!sent) {
            dropped.increment();
        }
    }

    /** How each link stands. On the loop. */
    List<OpenConnection> seen() {
        return byAddress.values().stream().map(Link::seen).toList();
    }

    private static boolean mayGoBack(Message message) {
        return !(message instanceof PeerRequest || message instanceof SyncRequest);
    }

    @Override
    public boolean isAlive(NodeId node) {
        Link link = links.get(node);
        return node.equals(self) || (link != null && link.isReady() && !isConvicted.test(node));
    }

    private final class Link implements Connection.Listener {

        private final String address;
        private @Nullable Connection connection;
        private @Nullable NodeId peer;
        private String name = "";
        private long sinceNanos;
        private String lastLogged = "";

        Link(String address) {
            this.address = address;
        }

        void open() {
            connection = new Connection(address, opening, loop, MAX_WAITING_BYTES, this);
            connection.connect();
        }

        void close() {
            forget();
            if (connection != null) {
                connection.close();
            }
        }

        private void forget() {
            if (peer != null) {
                links.remove(peer, this);
            }
        }

        OpenConnection seen() {
            return new OpenConnection(
                    OpenConnection.Kind.TO_NODE,
                    name,
                    address,
                    isReady() ? (System.nanoTime() - sinceNanos) / 1_000_000 : 0,
                    0,
                    connection == null ? 0 : connection.waitingBytes(),
                    isReady());
        }

        boolean isReady() {
            return connection != null && connection.isReady();
        }

        boolean send(Message message) {
            return connection != null && connection.send(message);
        }

        @Override
        public void ready(Handshake.Welcome welcome) {
            NodeId node = welcome.node();
            if (peer != null && !peer.equals(node)) {
                LOG.info("{} is now '{}' ({})", address, welcome.name(), node.abbreviated());
                forget();
            }
            lastLogged = "";
            LOG.debug("connected to {} at {}", welcome.name(), address);
            peer = node;
            name = welcome.name();
            sinceNanos = System.nanoTime();
            links.put(node, this);
            listener.met(node, address);
        }

        @Override
        public void lost(String reason, boolean wasReady) {
            String line = (wasReady ? "lost " : "cannot reach ") + address + ": " + reason;
            if (!line.equals(lastLogged)) {
                lastLogged = line;
                LOG.info("{}", line);
            }
        }

        /** For clients; a peer is told by rumour, and may well be in the middle of an answer. */
        @Override
        public void farewell() {
            LOG.debug("{} says farewell to a node", address);
        }

        @Override
        public void received(Message message) {
            NodeId from = peer;
            boolean isClients = message instanceof ClientRequest || message instanceof ClientReply;
            if (from == null || isClients || !mayGoBack(message)) {
                LOG.debug("{} sent on a link that is for replies: {}", address, message);
            } else {
                listener.received(from, message);
            }
        }
    }
}
