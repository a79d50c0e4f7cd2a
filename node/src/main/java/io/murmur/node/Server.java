package io.murmur.node;

import io.murmur.client.internal.FrameDecoder;
import io.murmur.client.internal.Outbox;
import io.murmur.kernel.Clock;
import io.murmur.kernel.message.Handshake;
import io.murmur.kernel.message.Message;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.ring.Ring;
import io.murmur.kernel.wire.MessageCodec;
import io.murmur.kernel.wire.WireWriter;
import io.murmur.node.config.NodeConfiguration;
import io.murmur.node.security.Listening;
import io.murmur.node.security.RefusalLog;
import io.murmur.node.security.Security;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The port for nodes and clients: who may come in, and what is known of the connections. */
final class Server implements PeerLinks.WayBack {

    private static final Logger LOG = LoggerFactory.getLogger(Server.class);

    private static final WriteBufferWaterMark WATER_MARKS = new WriteBufferWaterMark(1 << 20, 4 << 20);

    /** A reply may be 16 MiB; a client that lets more than two of them wait is closed. */
    private static final long MAX_WAITING_BYTES = 40L << 20;

    /** Enough for any greeting: who has not greeted yet is not given more memory. */
    private static final int MAX_GREETING_BYTES = 2 << 10;

    private static final String FRAMES = "frames";

    private final NodeConfiguration configuration;
    private final NodeId self;
    private final Clock clock;
    private final Supplier<@Nullable Ring> ring;
    private final Supplier<String> ringAwaited;
    private final @Nullable Security security;
    private final RefusalLog refusals;
    private final Set<ServerConnection> connections = ConcurrentHashMap.newKeySet();
    private final Map<NodeId, Deque<ServerConnection>> ofPeers = new ConcurrentHashMap<>();
    private final LongAdder malformed = new LongAdder();
    private @Nullable Channel listening;
    private volatile boolean draining;

    /**
     * @param ring the current ring, null while there is none
     * @param ringAwaited what the ring is waited for, for people
     * @param security null where whoever comes may come in
     */
    Server(
            NodeConfiguration configuration,
            NodeId self,
            Clock clock,
            Supplier<@Nullable Ring> ring,
            Supplier<String> ringAwaited,
            @Nullable Security security) {
        this.configuration = configuration;
        this.self = self;
        this.clock = clock;
        this.ring = ring;
        this.ringAwaited = ringAwaited;
        this.security = security;
        this.refusals = new RefusalLog(LOG, clock::monotonicNanos);
    }

    /** Binds the port; connections are spread over the loops. */
    void listen(EventLoopGroup acceptor, EventLoopGroup loops, Dispatcher dispatcher) throws IOException {
        ServerBootstrap bootstrap = Listening.bootstrap(
                acceptor,
                loops,
                WATER_MARKS,
                security,
                channel -> channel.pipeline()
                        .addLast(FRAMES, new FrameDecoder(new MessageCodec(clock), MAX_GREETING_BYTES))
                        .addLast(new ServerConnection(this, dispatcher)));
        listening = bind(bootstrap, configuration.host(), configuration.port(), "port");
    }

    /** Binds, or says in one line why not. */
    static Channel bind(ServerBootstrap bootstrap, String host, int port, String key) throws IOException {
        InetSocketAddress address = new InetSocketAddress(host, port);
        if (address.isUnresolved()) {
            String hostKey = key.replace("port", "host");
            throw new IOException(
                    "cannot listen on " + host + ":" + port + ": no such host; correct '" + hostKey + "'");
        }
        ChannelFuture bound = bootstrap.bind(address).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new IOException("cannot listen on " + host + ":" + port + ": "
                    + bound.cause().getMessage() + "; stop what uses it, or choose another with '" + key + "'");
        }
        return bound.channel();
    }

    Outbox outbox(Channel channel) {
        return new Outbox(channel, new MessageCodec(clock), new WireWriter(), MAX_WAITING_BYTES);
    }

    /** From here on frames may be long. */
    void letIn(Channel channel) {
        channel.pipeline()
                .replace(FRAMES, FRAMES, new FrameDecoder(new MessageCodec(clock), MessageCodec.MAX_BODY_BYTES));
    }

    void opened(ServerConnection connection) {
        connections.add(connection);
    }

    void closed(ServerConnection connection) {
        connections.remove(connection);
    }

    /** The newest comes first: an older one may be of a former life of the peer, whose end was never told. */
    void opened(NodeId peer, ServerConnection connection) {
        ofPeers.compute(peer, (id, former) -> {
            Deque<ServerConnection> connections = former == null ? new ConcurrentLinkedDeque<>() : former;
            connections.addFirst(connection);
            return connections;
        });
    }

    void closed(NodeId peer, ServerConnection connection) {
        ofPeers.computeIfPresent(peer, (id, connections) -> {
            connections.remove(connection);
            return connections.isEmpty() ? null : connections;
        });
    }

    @Override
    public boolean answer(NodeId to, Message message) {
        Deque<ServerConnection> connections = ofPeers.get(to);
        ServerConnection newest = connections == null ? null : connections.peekFirst();
        return newest != null && newest.answer(message);
    }

    void countMalformed() {
        malformed.increment();
    }

    long malformed() {
        return malformed.sum();
    }

    /** How each connection stands; completes on the loop of the last. */
    CompletableFuture<List<OpenConnection>> seen() {
        List<CompletableFuture<OpenConnection>> seen =
                connections.stream().map(ServerConnection::seen).toList();
        return CompletableFuture.allOf(seen.toArray(new CompletableFuture<?>[0]))
                .thenApply(ignored -> seen.stream().map(CompletableFuture::join).toList());
    }

    int connections() {
        return connections.size();
    }

    /** Why nobody can talk to whoever greets like this, or null. */
    @Nullable
    String objectionToProtocol(Handshake.Hello hello) {
        return hello.protocol() < MessageCodec.PROTOCOL
                ? "protocol version " + hello.protocol() + " is too old; " + configuration.name() + " speaks "
                        + MessageCodec.PROTOCOL
                : null;
    }

    /** Why whoever greets like this, and is who it says, cannot be let in, with the remedy; or null. */
    @Nullable
    String objection(Handshake.Hello hello) {
        if (!hello.cluster().isEmpty() && !hello.cluster().equals(configuration.cluster())) {
            return "this is cluster '" + configuration.cluster() + "', not '" + hello.cluster()
                    + "'; correct 'cluster' or the address";
        }
        if (draining) {
            return configuration.name() + " is stopping; use another node";
        }
        NodeId node = hello.node();
        if (self.equals(node)) {
            return "this is node " + self + " itself, so '" + hello.name()
                    + "' runs on a copy of its data folder; give it a folder of its own";
        }
        return node == null && ring.get() == null
                ? configuration.name() + " has no ring yet: " + ringAwaited.get()
                : null;
    }

    /** Tells the operator who was refused, and why. */
    void refused(String who, String why) {
        refusals.note("refused " + who + ": " + why);
    }

    /** Null where whoever comes may come in, and do anything. */
    @Nullable
    Security security() {
        return security;
    }

    /** Who is connected may now do what the users' file says now. From any thread. */
    void usersChanged() {
        connections.forEach(ServerConnection::reviewUser);
    }

    boolean hasRing() {
        return ring.get() != null;
    }

    Handshake.Welcome welcome() {
        Ring current = ring.get();
        return new Handshake.Welcome(
                MessageCodec.PROTOCOL,
                configuration.cluster(),
                self,
                configuration.name(),
                current == null ? 0 : current.epoch());
    }

    /** Takes no new connections from now on, and asks clients to hang up. */
    void drain() {
        draining = true;
        if (listening != null) {
            listening.close().awaitUninterruptibly();
        }
        connections.forEach(ServerConnection::sayFarewell);
    }

    /** Whether a client is still there. */
    boolean hasClients() {
        return connections.stream().anyMatch(ServerConnection::isClients);
    }

    boolean isDraining() {
        return draining;
    }

    void closeConnections() {
        connections.forEach(ServerConnection::close);
    }
}
