package io.murmur.client;

import io.murmur.client.internal.FrameDecoder;
import io.murmur.client.internal.Outbox;
import io.murmur.client.internal.SystemClock;
import io.murmur.client.internal.Transport;
import io.murmur.kernel.Clock;
import io.murmur.kernel.Level;
import io.murmur.kernel.data.Cell;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.data.Version;
import io.murmur.kernel.message.AtomicOperation;
import io.murmur.kernel.message.ClientReply;
import io.murmur.kernel.message.ClientReply.Result;
import io.murmur.kernel.message.ClientRequest;
import io.murmur.kernel.message.Failure;
import io.murmur.kernel.message.Handshake;
import io.murmur.kernel.message.Message;
import io.murmur.kernel.message.Trace;
import io.murmur.kernel.ring.Member;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.ring.Ring;
import io.murmur.kernel.wire.MessageCodec;
import io.murmur.kernel.wire.WireWriter;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A node on loopback that keeps its values in a map and does what a test tells it to: a request meets the first of the node's
 * {@link #when reactions} that is meant for it, and is served when there is none.
 */
final class FakeNode implements AutoCloseable {

    /** What a node does with a request. On the node's loop. */
    interface Reaction {
        void to(ClientRequest request, Peer peer);
    }

    /** The connection a request came by. */
    record Peer(Channel channel, Outbox outbox) {

        void reply(Message message) {
            outbox.send(message);
        }

        /** Breaks the connection as the end of a process does. */
        void reset() {
            if (channel.isActive()) {
                channel.config().setOption(ChannelOption.SO_LINGER, 0);
            }
            channel.close();
        }

        void resetOnItsLoop() {
            channel.eventLoop().execute(this::reset);
        }

        void stopReading() {
            channel.config().setAutoRead(false);
        }

        void sendGarbage() {
            channel.writeAndFlush(Unpooled.wrappedBuffer(new byte[] {0, 0, 0, 3, 1, 2, 3, 4, 5, 6, 7}));
        }
    }

    /** Requests are read by this one, so that their deadline is what was left of it when they were sent. */
    private static final Clock STOPPED = new Clock() {
        @Override
        public long monotonicNanos() {
            return 0;
        }

        @Override
        public long wallMillis() {
            return 0;
        }
    };

    private record Rule(Predicate<ClientRequest> meant, Reaction reaction, AtomicInteger timesLeft) {}

    private final Clock clock = new SystemClock();
    private final EventLoopGroup group = Transport.loops(1, "fake-node");
    private final NodeId id;
    private final String name;
    private final String zone;
    private final Channel server;
    private final Map<Key, Cell.Live> cells = new ConcurrentHashMap<>();
    private final List<Rule> rules = new ArrayList<>();
    private final Queue<ClientRequest> received = new ConcurrentLinkedQueue<>();
    private final Queue<Runnable> held = new ConcurrentLinkedQueue<>();
    private final Set<Peer> peers = ConcurrentHashMap.newKeySet();
    private final AtomicInteger accepted = new AtomicInteger();
    private volatile @Nullable Message greeting;
    private volatile boolean greets = true;
    private volatile @Nullable Ring ring;
    private long stamps;

    FakeNode(int number, String zone) {
        this(number, zone, 0);
    }

    /**
     * @param port 0 for any free one
     */
    FakeNode(int number, String zone, int port) {
        this.id = new NodeId(0, number);
        this.name = "n" + number;
        this.zone = zone;
        this.server = new ServerBootstrap()
                .group(group)
                .channel(Transport.serverChannel())
                .option(ChannelOption.SO_REUSEADDR, true)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline()
                                .addLast(new FrameDecoder(new MessageCodec(STOPPED), MessageCodec.MAX_BODY_BYTES))
                                .addLast(new Inbound());
                    }
                })
                .bind("127.0.0.1", port)
                .syncUninterruptibly()
                .channel();
    }

    int port() {
        return ((InetSocketAddress) server.localAddress()).getPort();
    }

    String address() {
        return "127.0.0.1:" + port();
    }

    NodeId id() {
        return id;
    }

    Member member() {
        return new Member(id, name, "127.0.0.1", port(), "r", zone, 1);
    }

    void know(Ring known) {
        ring = known;
    }

    /** From now on this is how it greets: a welcome, a rejection, anything. */
    void greetWith(Message message) {
        greeting = message;
    }

    void greetNobody() {
        greets = false;
    }

    /** From now on, requests of this type meet this reaction. */
    void when(Class<? extends ClientRequest> type, Reaction reaction) {
        when(type, Integer.MAX_VALUE, reaction);
    }

    /** The next requests of this type meet this reaction, so many times. */
    synchronized void when(Class<? extends ClientRequest> type, int times, Reaction reaction) {
        rules.add(0, new Rule(type::isInstance, reaction, new AtomicInteger(times)));
    }

    /** Serves everything again. */
    synchronized void behave() {
        rules.clear();
    }

    private synchronized Reaction reactionTo(ClientRequest request) {
        for (Rule rule : rules) {
            if (rule.meant().test(request) && rule.timesLeft().getAndDecrement() > 0) {
                return rule.reaction();
            }
        }
        return this::serve;
    }

    /** Keeps requests until {@link #serveHeld}. */
    Reaction hold() {
        return (request, peer) -> held.add(() -> peer.channel().eventLoop().execute(() -> serve(request, peer)));
    }

    int held() {
        return held.size();
    }

    void serveHeld() {
        for (Runnable next = held.poll(); next != null; next = held.poll()) {
            next.run();
        }
    }

    Reaction serveAfter(long millis) {
        return (request, peer) ->
                peer.channel().eventLoop().schedule(() -> serve(request, peer), millis, TimeUnit.MILLISECONDS);
    }

    static Reaction silence() {
        return (request, peer) -> {};
    }

    static Reaction reset() {
        return (request, peer) -> peer.reset();
    }

    Reaction failure(Failure failure) {
        return (request, peer) -> peer.reply(one(request, new ClientReply.Failed(failure)));
    }

    /**
     * All requests of a type it has received, in order, whatever became of them. Their deadline is the time that was left when they were
     * sent.
     */
    <T extends ClientRequest> List<T> received(Class<T> type) {
        return received.stream().filter(type::isInstance).map(type::cast).toList();
    }

    void forgetReceived() {
        received.clear();
    }

    /** How many connections it has accepted so far. */
    int accepted() {
        return accepted.get();
    }

    /** How many connections stand. */
    int connections() {
        return peers.size();
    }

    /** Says that it is stopping; goes on listening and serving all the same. */
    void sayFarewell() {
        peers.forEach(peer -> peer.channel().eventLoop().execute(() -> peer.reply(new Handshake.Farewell())));
    }

    /** Breaks all connections, and goes on listening. */
    void resetAll() {
        peers.forEach(Peer::resetOnItsLoop);
    }

    Map<Key, Cell.Live> cells() {
        return cells;
    }

    /** The value it holds for a key, as text. */
    String text(Key key) {
        return new String(Objects.requireNonNull(cells.get(key)).value(), StandardCharsets.UTF_8);
    }

    private long epoch() {
        Ring known = ring;
        return known == null ? 0 : known.epoch();
    }

    /** Does what a good node does. */
    void serve(ClientRequest request, Peer peer) {
        peer.reply(
                switch (request) {
                    case ClientRequest.Get get -> one(get, read(get.key()));
                    case ClientRequest.Put put ->
                        one(put, write(put.key(), put.value(), put.timeToLiveMillis(), put.sloppy()));
                    case ClientRequest.Delete delete -> one(delete, delete(delete.key()));
                    case ClientRequest.GetAll all ->
                        new ClientReply.Many(
                                all.id(),
                                epoch(),
                                all.keys().stream().map(this::read).toList());
                    case ClientRequest.PutAll all ->
                        new ClientReply.Many(
                                all.id(),
                                epoch(),
                                all.entries().stream()
                                        .map(entry ->
                                                write(entry.key(), entry.value(), all.timeToLiveMillis(), all.sloppy()))
                                        .toList());
                    case ClientRequest.Change change -> one(change, change(change.key(), change.operation()));
                    case ClientRequest.GetRing get -> ringIs(get);
                });
    }

    private ClientReply ringIs(ClientRequest.GetRing get) {
        Ring known = ring;
        return known == null
                ? one(get, new ClientReply.Failed(new Failure.BadRequest("no ring yet")))
                : new ClientReply.RingIs(get.id(), known.epoch(), known);
    }

    private ClientReply one(ClientRequest request, Result result) {
        return new ClientReply.One(request.id(), epoch(), result, trace(request));
    }

    /** A trace without steps for who asks for one. */
    private @Nullable Trace trace(ClientRequest request) {
        return switch (request) {
            case ClientRequest.Get get -> get.traced() ? trace(Trace.Kind.GET, get.key()) : null;
            case ClientRequest.Put put -> put.traced() ? trace(Trace.Kind.PUT, put.key()) : null;
            case ClientRequest.Delete delete -> delete.traced() ? trace(Trace.Kind.DELETE, delete.key()) : null;
            case ClientRequest.Change change -> change.traced() ? trace(Trace.Kind.CHANGE, change.key()) : null;
            case ClientRequest.GetAll ignored -> null;
            case ClientRequest.PutAll ignored -> null;
            case ClientRequest.GetRing ignored -> null;
        };
    }

    private Trace trace(Trace.Kind kind, Key key) {
        return new Trace(kind, key, 0, id, Level.QUORUM, 1, 2, new Trace.Outcome.Underway(), List.of(), 0);
    }

    private Result read(Key key) {
        Cell.Live live = cells.get(key);
        return new ClientReply.Value(live, live == null ? null : live.version(), 1);
    }

    /** Of a sloppy one, half counted by a stand-in. */
    private Result write(Key key, byte[] value, long timeToLiveMillis, boolean sloppy) {
        Version version = new Version(++stamps << 16, id);
        long expiresAt = timeToLiveMillis > 0 ? clock.wallMillis() + timeToLiveMillis : Cell.NEVER;
        cells.put(key, new Cell.Live(version, expiresAt, value));
        return new ClientReply.Written(version, 2, 2, sloppy ? 1 : 0);
    }

    private Result change(Key key, AtomicOperation operation) {
        Cell.Live live = cells.get(key);
        byte[] held = live == null ? null : live.value();
        return switch (operation) {
            case AtomicOperation.PutIfAbsent it ->
                held == null ? changed(key, it.value(), it.timeToLiveMillis(), null) : unchanged(live);
            case AtomicOperation.Replace it ->
                held == null ? unchanged(null) : changed(key, it.value(), it.timeToLiveMillis(), null);
            case AtomicOperation.CompareAndSet it ->
                Arrays.equals(held, it.expected())
                        ? changed(key, it.value(), it.timeToLiveMillis(), null)
                        : unchanged(live);
            case AtomicOperation.CompareAndRemove it ->
                Arrays.equals(held, it.expected()) ? removed(key, null) : unchanged(live);
            case AtomicOperation.GetAndPut it -> changed(key, it.value(), it.timeToLiveMillis(), held);
            case AtomicOperation.GetAndRemove ignored -> removed(key, held);
            case AtomicOperation.Increment it -> {
                long before = held == null ? 0 : Long.parseLong(new String(held, StandardCharsets.UTF_8));
                byte[] sum = Long.toString(before + it.delta()).getBytes(StandardCharsets.UTF_8);
                yield changed(key, sum, it.timeToLiveMillis(), sum);
            }
        };
    }

    private Result changed(Key key, byte[] value, long timeToLiveMillis, byte @Nullable [] told) {
        write(key, value, timeToLiveMillis, false);
        return new ClientReply.Changed(
                true, told, Objects.requireNonNull(cells.get(key)).version());
    }

    private Result removed(Key key, byte @Nullable [] told) {
        cells.remove(key);
        return new ClientReply.Changed(true, told, new Version(++stamps << 16, id));
    }

    private static Result unchanged(Cell.@Nullable Live found) {
        return found == null
                ? new ClientReply.Changed(false, null, null)
                : new ClientReply.Changed(false, found.value(), found.version());
    }

    private Result delete(Key key) {
        cells.remove(key);
        return new ClientReply.Written(new Version(++stamps << 16, id), 2, 2, 0);
    }

    /** Ends as a process does that is killed. */
    @Override
    public void close() {
        if (group.isShuttingDown()) {
            return;
        }
        resetAll();
        server.close().syncUninterruptibly();
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }

    private final class Inbound extends ChannelInboundHandlerAdapter {

        private @Nullable Peer peer;

        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            accepted.incrementAndGet();
            Outbox outbox = new Outbox(ctx.channel(), new MessageCodec(clock), new WireWriter(), 64 << 20);
            peer = new Peer(ctx.channel(), outbox);
            peers.add(peer);
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            if (peer != null) {
                peers.remove(peer);
            }
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            Peer from = peer;
            if (from == null) {
                return;
            }
            if (message instanceof Handshake.Hello && greets) {
                Message own = greeting;
                from.reply(own == null ? new Handshake.Welcome(MessageCodec.PROTOCOL, "test", id, name, epoch()) : own);
            } else if (message instanceof ClientRequest request) {
                received.add(request);
                reactionTo(request).to(request, from);
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            ctx.close();
        }
    }
}
