package io.murmur.node.resp;

import io.murmur.kernel.CacheSettings;
import io.murmur.kernel.Limits;
import io.murmur.node.security.Listening;
import io.murmur.node.security.RefusalLog;
import io.murmur.node.security.Security;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The port for Redis clients: who may come in, how many, and what is known of the connections. From any thread. */
public final class RespServer implements Clients {

    private static final Logger LOG = LoggerFactory.getLogger(RespServer.class);

    /** Where security is on: whoever has not said who it is by then is closed. */
    static final int STRANGER_SECONDS = 10;

    private static final WriteBufferWaterMark WATER_MARKS = new WriteBufferWaterMark(256 << 10, 1 << 20);

    /** As many as Redis takes. */
    private static final int MOST_WORDS = 1 << 20;

    /** Some of the largest values, or many small ones. */
    private static final long REQUEST_BYTES = 64 << 20;

    /** What the port asks of the node; from any thread, at once. */
    public interface Host {

        /** The cache of whoever has not chosen another. */
        CacheSettings cache();

        /** The longest value. */
        int maxValueBytes();

        /** Why keys cannot be served, or null when they can. */
        @Nullable
        String notReadyBecause();

        /**
         * A session is about to read these keys, one after another: what is in memory may be brought near meanwhile. On the session's loop;
         * without effect on anything but the time it takes.
         */
        default void expect(Session session, List<byte[]> keys) {}
    }

    /** Binds a port. */
    public interface Binding {
        Channel bind(ServerBootstrap bootstrap) throws IOException;
    }

    private final Host host;
    private final Commands commands;
    private final Statistics statistics;
    private final @Nullable Security security;
    private final int maxConnections;
    private final RefusalLog refusals = new RefusalLog(LOG, System::nanoTime);
    private final Map<Long, RespConnection> connections = new ConcurrentHashMap<>();
    private final AtomicInteger count = new AtomicInteger();
    private final AtomicLong lastId = new AtomicLong();
    private @Nullable Channel listening;
    private volatile boolean isDraining;

    /** @param security null where whoever comes may come in */
    public RespServer(
            Host host, Commands commands, Statistics statistics, @Nullable Security security, int maxConnections) {
        this.host = host;
        this.commands = commands;
        this.statistics = statistics;
        this.security = security;
        this.maxConnections = maxConnections;
    }

    /** Binds the port; connections are spread over the loops. */
    public void listen(EventLoopGroup acceptor, EventLoopGroup loops, Binding binding) throws IOException {
        listening = binding.bind(Listening.bootstrap(
                acceptor,
                loops,
                WATER_MARKS,
                security,
                channel -> channel.pipeline().addLast(connection(channel))));
    }

    /** A connection's handler. */
    RespConnection connection(Channel channel) {
        return new RespConnection(this, lastId.incrementAndGet(), channel);
    }

    /** Where it listens, 0 where it does not. */
    public int port() {
        return listening != null && listening.localAddress() instanceof InetSocketAddress address
                ? address.getPort()
                : 0;
    }

    Host host() {
        return host;
    }

    Commands commands() {
        return commands;
    }

    Statistics statistics() {
        return statistics;
    }

    @Nullable
    Security security() {
        return security;
    }

    /** What a request may come to. */
    RequestDecoder.Bounds boundsOf(Session session) {
        return security != null && session.user() == null
                ? RequestDecoder.Bounds.OF_STRANGERS
                : new RequestDecoder.Bounds(
                        MOST_WORDS, Math.max(host.maxValueBytes(), Limits.KEY_CEILING_BYTES), REQUEST_BYTES);
    }

    /** Why it may not come in, in an error's words; null when it may. */
    @Nullable
    String opened(RespConnection connection) {
        connections.put(connection.session().id(), connection);
        boolean isOneTooMany = count.incrementAndGet() > maxConnections;
        if (isOneTooMany || isDraining) {
            statistics.refused();
            return isDraining ? "this node is stopping; connect to another" : "max number of clients reached";
        }
        statistics.opened();
        return null;
    }

    void closed(RespConnection connection) {
        if (connections.remove(connection.session().id(), connection)) {
            count.decrementAndGet();
        }
    }

    /** Tells the operator of something odd, unless it is too often. */
    void note(String line) {
        refusals.note("the port for Redis clients: " + line);
    }

    /** Who is connected may now do what the users' file says now. */
    public void usersChanged() {
        connections.values().forEach(RespConnection::reviewUser);
    }

    @Override
    public int count() {
        return count.get();
    }

    @Override
    public int maxCount() {
        return maxConnections;
    }

    @Override
    public CompletableFuture<Collection<ClientLine>> seen() {
        Map<Long, ClientLine> lines = Collections.synchronizedMap(new TreeMap<>());
        CompletableFuture<?>[] asked = connections.values().stream()
                .map(connection -> CompletableFuture.runAsync(
                        () -> lines.put(connection.session().id(), connection.seen()),
                        connection.session().loop()))
                .toArray(CompletableFuture<?>[]::new);
        return CompletableFuture.allOf(asked).thenApply(ignored -> lines.values());
    }

    @Override
    public boolean kill(long id) {
        RespConnection connection = connections.get(id);
        if (connection != null) {
            connection.kill();
        }
        return connection != null;
    }

    /** Takes no new connections from now on, and ends those there are once they have their answers. Blocks. */
    public void drain() {
        isDraining = true;
        if (listening != null) {
            listening.close().awaitUninterruptibly();
        }
        connections.values().forEach(RespConnection::end);
    }

    /** Ends whoever is left. */
    public void closeConnections() {
        connections.values().forEach(RespConnection::kill);
    }
}
