package io.murmur.node;

import io.murmur.client.internal.Connection;
import io.murmur.kernel.Clock;
import io.murmur.kernel.Liveness;
import io.murmur.kernel.Network;
import io.murmur.kernel.message.Handshake;
import io.murmur.kernel.message.Message;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.wire.WireWriter;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.EventLoop;
import java.util.HashMap;
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
 *
 * <p>A peer counts as alive while the connection to it stands; a process that dies takes its connections with it at once.
 */
final class PeerLinks implements Network, Liveness {

    private static final Logger LOG = LoggerFactory.getLogger(PeerLinks.class);

    /** Bytes that may wait for one link's socket. */
    private static final long MAX_WAITING_BYTES = 4L << 20;

    private final NodeId self;
    private final EventLoop loop;
    private final Map<NodeId, Connection> links = new HashMap<>();
    private final LongAdder dropped;
    private final BiConsumer<NodeId, Message> toSelf;

    PeerLinks(NodeId self, EventLoop loop, LongAdder dropped, BiConsumer<NodeId, Message> toSelf) {
        this.self = self;
        this.loop = loop;
        this.dropped = dropped;
        this.toSelf = toSelf;
    }

    /**
     * Opens a link and keeps it open. On the loop.
     *
     * @param greeted told who is there; answers why it must not be, or null
     */
    void open(
            String peerName,
            String address,
            Handshake.Hello hello,
            Bootstrap bootstrap,
            Clock clock,
            WireWriter scratch,
            BiFunction<String, NodeId, @Nullable String> greeted) {
        Link link = new Link(peerName, address, greeted);
        link.connection = new Connection(address, hello, bootstrap, loop, clock, scratch, MAX_WAITING_BYTES, link);
        link.connection.connect();
    }

    @Override
    public void send(NodeId to, Message message) {
        if (to.equals(self)) {
            loop.execute(() -> toSelf.accept(self, message));
            return;
        }
        Connection connection = links.get(to);
        if (connection == null || !connection.send(message)) {
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
        private final BiFunction<String, NodeId, @Nullable String> greeted;
        private @Nullable Connection connection;
        private String lastLogged = "";

        Link(String peerName, String address, BiFunction<String, NodeId, @Nullable String> greeted) {
            this.peerName = peerName;
            this.address = address;
            this.greeted = greeted;
        }

        @Override
        public void ready(Handshake.Welcome welcome) {
            String objection = welcome.name().equals(peerName)
                    ? greeted.apply(welcome.name(), welcome.node())
                    : address + " should be '" + peerName + "' but is '" + welcome.name() + "'; correct 'members'";
            if (objection != null) {
                log(objection);
                return;
            }
            lastLogged = "";
            LOG.debug("connected to {} at {}", peerName, address);
            if (connection != null) {
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
            LOG.debug("{} answered on a link that is for sending: {}", peerName, message);
        }
    }
}
