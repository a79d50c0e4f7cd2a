package io.murmur.node.http;

import io.murmur.client.internal.Transport;
import io.murmur.kernel.Limits;
import io.murmur.node.security.RefusalLog;
import io.murmur.node.security.Security;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The HTTP port: {@link Routes} behind bounds that hold whatever strangers do. All connections are on one loop, and their books are kept
 * there.
 *
 * <p>When there are as many connections as there may be, whoever has let this node wait longest for a request makes room for who comes: a
 * thousand connections that say nothing, or say it slowly, keep nobody out.
 */
public final class HttpServer {

    /** Of a body so much is kept; who sends more is told that it is too much. */
    public static final int MAX_BODY_BYTES = 128 << 10;

    /** A request's first line has room for the longest key, each byte of it as %XX, and for what else is in it. */
    public static final int MAX_LINE_BYTES = 3 * Limits.KEY_CEILING_BYTES + (4 << 10);

    /**
     * How much of what there may be.
     *
     * @param connections at once
     * @param streams of those, answers that go on
     * @param request from the first byte of a request to its last
     * @param idle from an answer, or the connection's beginning, to the first byte of a request
     * @param answer from a request's last byte until the answer to it has left
     * @param unreadBytes that may wait for the reader of a stream
     */
    public record Bounds(
            int connections, int streams, Duration request, Duration idle, Duration answer, long unreadBytes) {

        public static final Bounds DEFAULT =
                new Bounds(256, 64, Duration.ofSeconds(10), Duration.ofSeconds(30), Duration.ofSeconds(30), 1 << 20);
    }

    /** Binds a port. */
    public interface Binding {
        Channel bind(ServerBootstrap bootstrap) throws IOException;
    }

    private final Routes routes;
    private final HttpAccess access;
    private final Bounds bounds;
    private static final Logger LOG = LoggerFactory.getLogger(HttpServer.class);

    private final RefusalLog refusals = new RefusalLog(LOG, System::nanoTime);
    private final Set<HttpConnection> open = new HashSet<>();

    /** Those from whom a request is awaited, who has let wait longest first. */
    private final Set<HttpConnection> awaited = new LinkedHashSet<>();

    /** How many are {@link #open}, for others to read. */
    private volatile int connections;

    private final AtomicInteger streams = new AtomicInteger();
    private @Nullable Channel listening;

    public HttpServer(Routes routes, HttpAccess access, Bounds bounds) {
        this.routes = routes;
        this.access = access;
        this.bounds = bounds;
    }

    /** @param loop of all connections */
    public void listen(EventLoop loop, Binding binding) throws IOException {
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(loop)
                .channel(Transport.serverChannel())
                .option(ChannelOption.SO_REUSEADDR, true)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        // A reader that is no more must not hold a stream's place until the kernel gives it up.
                        Transport.breakWhenSilent(channel);
                        serve(channel);
                    }
                });
        listening = binding.bind(bootstrap);
    }

    /** Serves HTTP on a channel of the loop. */
    void serve(Channel channel) {
        Security security = access.security();
        if (security != null) {
            channel.pipeline().addLast(security.httpEntrance());
        }
        new HttpConnection(this, channel).addTo(channel.pipeline());
    }

    /** Where it listens, 0 while it does not. */
    public int port() {
        return listening == null ? 0 : ((InetSocketAddress) listening.localAddress()).getPort();
    }

    /** How many there are; from any thread. */
    public int connections() {
        return connections;
    }

    /** How many of them are answers that go on; from any thread. */
    public int streams() {
        return streams.get();
    }

    /** There are other users, or others' rights: no answer goes on to whoever was one. From any thread, once it listens. */
    public void usersChanged() {
        if (listening != null) {
            listening.eventLoop().execute(() -> List.copyOf(open).forEach(HttpConnection::usersChanged));
        }
    }

    Routes routes() {
        return routes;
    }

    HttpAccess access() {
        return access;
    }

    Bounds bounds() {
        return bounds;
    }

    /** @param remote null when it has gone */
    void refused(@Nullable SocketAddress remote, String why) {
        refusals.note("HTTP: " + remote + ": " + why);
    }

    /** False when there is no room for it: all others are being answered. */
    boolean opened(HttpConnection connection) {
        if (open.size() >= bounds.connections()) {
            HttpConnection longest = awaited.stream().findFirst().orElse(null);
            if (longest == null) {
                return false;
            }
            longest.makeRoom();
        }
        open.add(connection);
        connections = open.size();
        return true;
    }

    void closed(HttpConnection connection) {
        open.remove(connection);
        connections = open.size();
        awaited.remove(connection);
    }

    void awaits(HttpConnection connection) {
        awaited.add(connection);
    }

    void hasAsked(HttpConnection connection) {
        awaited.remove(connection);
    }

    /** False when there are as many as there may be. */
    boolean streamOpened() {
        if (streams.get() >= bounds.streams()) {
            return false;
        }
        streams.incrementAndGet();
        return true;
    }

    void streamClosed() {
        streams.decrementAndGet();
    }
}
