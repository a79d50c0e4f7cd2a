package io.murmur.client;

import io.murmur.client.internal.Opening;
import io.murmur.client.internal.Pem;
import io.murmur.client.internal.SystemClock;
import io.murmur.client.internal.Tls;
import io.murmur.client.internal.TlsDialling;
import io.murmur.client.internal.Transport;
import io.murmur.kernel.CacheSettings;
import io.murmur.kernel.Clock;
import io.murmur.kernel.message.Credentials;
import io.murmur.kernel.message.Failure.Effect;
import io.murmur.kernel.message.Handshake;
import io.murmur.kernel.ring.Ring;
import io.murmur.kernel.wire.MessageCodec;
import io.murmur.kernel.wire.WireWriter;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * A Murmur cluster, as an application sees it: one multiplexed connection to each node, one thread of its own. Make one and share it;
 * safe from any thread.
 *
 * <pre>{@code
 * try (MurmurClient client = MurmurClient.builder().seed("127.0.0.1:7101").build()) {
 *     BlockingCache<String, String> cache = client.cache("default", Codec.string(), Codec.string()).blocking();
 *     cache.put("greeting", "hello", CallOptions.at(Level.QUORUM));
 *     String greeting = cache.get("greeting", CallOptions.at(Level.QUORUM)).orElseThrow();
 * }
 * }</pre>
 */
public final class MurmurClient implements AutoCloseable {

    private final EventLoopGroup group;
    private final AtomicBoolean closing = new AtomicBoolean();
    private final Router router;
    private final Clock clock;
    private final Duration callTimeout;

    private MurmurClient(EventLoopGroup group, Router router, Clock clock, Duration callTimeout) {
        this.group = group;
        this.router = router;
        this.clock = clock;
        this.callTimeout = callTimeout;
    }

    public static Builder builder() {
        return new Builder();
    }

    /**
     * A named cache, which must be configured on the nodes. Cheap; holds nothing.
     *
     * @throws IllegalArgumentException when no cache can have this name
     */
    public <K, V> Cache<K, V> cache(String name, Codec<K> keys, Codec<V> values) {
        if (!CacheSettings.isValidName(name)) {
            throw new IllegalArgumentException("a cache's name is 1 to 64 of a-z A-Z 0-9 . _ - but was '" + name + "'");
        }
        return new Cache<>(name, keys, values, router, clock, callTimeout);
    }

    /** The ring that calls are routed by at the moment. */
    public Ring ring() {
        Ring ring = router.ring();
        if (ring == null) {
            throw new IllegalStateException("not connected yet");
        }
        return ring;
    }

    /** How many nodes it is connected to at the moment. */
    public int connectedNodes() {
        return router.connectedNodes();
    }

    /** How many times calls were sent again since this client was made. */
    public long retries() {
        return router.retries();
    }

    /**
     * Fails the calls on their way, and those still to come, and closes all connections. Blocks until the client's thread has ended, unless
     * it is called on that thread. Without effect the second time.
     */
    @Override
    public void close() {
        if (closing.compareAndSet(false, true)) {
            group.next().execute(router::close);
            group.shutdownGracefully(0, 2, TimeUnit.SECONDS);
        }
        if (!router.isOwnThread()) {
            group.terminationFuture().syncUninterruptibly();
            router.drain();
        }
    }

    /** How a client is made. Not for use by several threads. */
    public static final class Builder {

        private final List<String> seeds = new ArrayList<>();
        private Duration connectTimeout = Duration.ofMillis(500);
        private Duration callTimeout = Duration.ofSeconds(1);
        private Duration startTimeout = Duration.ofSeconds(10);
        private int maxInFlight = 8192;
        private String clientName = "java";
        private @Nullable String zone;
        private @Nullable Credentials credentials;
        private @Nullable SslContext tls;

        private Builder() {}

        /** A node to learn the cluster from, as {@code host:port}; name several, in case one is down. */
        public Builder seed(String address) {
            int colon = address.lastIndexOf(':');
            String port = address.substring(colon + 1);
            if (colon < 1
                    || !port.matches("\\d{1,5}")
                    || Integer.parseInt(port) < 1
                    || Integer.parseInt(port) > 65535) {
                throw new IllegalArgumentException("a seed is host:port, but was '" + address + "'");
            }
            seeds.add(address);
            return this;
        }

        /** How long opening one connection may take, from 1 ms to half an hour; 500 ms by default. */
        public Builder connectTimeout(Duration timeout) {
            connectTimeout = CallOptions.checked(timeout);
            return this;
        }

        /** How long a call may take, retries included, unless it says otherwise, from 1 ms to half an hour; 1 s by default. */
        public Builder callTimeout(Duration timeout) {
            callTimeout = CallOptions.checked(timeout);
            return this;
        }

        /** How long {@link #build()} waits for a first node, from 1 ms to half an hour; 10 s by default. */
        public Builder startTimeout(Duration timeout) {
            startTimeout = CallOptions.checked(timeout);
            return this;
        }

        /** Calls in flight at once, at least 1; one more fails at once as overloaded. 8,192 by default. */
        public Builder maxInFlight(int calls) {
            if (calls < 1) {
                throw new IllegalArgumentException("maxInFlight is at least 1: " + calls);
            }
            maxInFlight = calls;
            return this;
        }

        /** What the nodes' logs call this client; at most 255 bytes in UTF-8. */
        public Builder clientName(String name) {
            if (name.getBytes(StandardCharsets.UTF_8).length > 255) {
                throw new IllegalArgumentException("a client's name has at most 255 bytes: " + name);
            }
            clientName = name;
            return this;
        }

        /** The zone this client runs in: owners there are asked first. */
        public Builder zone(String ownZone) {
            zone = ownZone;
            return this;
        }

        /**
         * Speaks TLS, and only to nodes whose certificate is for the host dialled and of an authority that the JDK trusts.
         */
        public Builder tls() {
            tls = tlsWith(null);
            return this;
        }

        /**
         * Speaks TLS, and only to nodes whose certificate is for the host dialled and of one of these authorities.
         *
         * @param trust a PEM file of certificates
         * @throws IllegalArgumentException when the file cannot be read or holds none
         */
        public Builder tls(Path trust) {
            try {
                tls = tlsWith(Pem.certificates(trust));
            } catch (IOException e) {
                throw new IllegalArgumentException(e.getMessage(), e);
            }
            return this;
        }

        private static SslContext tlsWith(@Nullable List<X509Certificate> trust) {
            try {
                return Tls.dialling(trust, null);
            } catch (SSLException e) {
                throw new IllegalStateException("this JDK cannot speak TLS", e);
            }
        }

        /**
         * Who this client is. Use it with {@link #tls(Path)}: without, the password is sent in the clear.
         *
         * @param user a user of the nodes' file of users, at most 64 bytes in UTF-8
         * @param password at most 512 bytes in UTF-8
         */
        public Builder credentials(String user, String password) {
            credentials = new Credentials.Password(
                    checked("a user's name", user, Credentials.MAX_USER_BYTES),
                    checked("a password", password, Credentials.MAX_SECRET_BYTES));
            return this;
        }

        /**
         * Who this client is, said by a token. Use it with {@link #tls(Path)}: without, the token is sent in the clear.
         *
         * @param token at most 512 bytes in UTF-8
         */
        public Builder token(String token) {
            credentials = new Credentials.Token(checked("a token", token, Credentials.MAX_SECRET_BYTES));
            return this;
        }

        private static String checked(String what, String text, int mostBytes) {
            int length = text.getBytes(StandardCharsets.UTF_8).length;
            if (length < 1 || length > mostBytes) {
                throw new IllegalArgumentException(what + " has 1 to " + mostBytes + " bytes, but this has " + length);
            }
            return text;
        }

        /**
         * Connects and learns the ring.
         *
         * @throws MurmurException.ConnectionLost when no seed answers in time; the message says why for each
         * @throws MurmurException.NotAuthenticated when the nodes do not let it in with these credentials, or without any
         */
        public MurmurClient build() {
            if (seeds.isEmpty()) {
                throw new IllegalArgumentException("name at least one seed, as host:port");
            }
            Handshake.Hello hello = new Handshake.Hello(MessageCodec.PROTOCOL, "", null, clientName, credentials);
            EventLoopGroup group = Transport.loops(1, "murmur-client");
            Bootstrap bootstrap = new Bootstrap()
                    .channel(Transport.channel())
                    .option(ChannelOption.TCP_NODELAY, true)
                    .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) connectTimeout.toMillis());
            Clock clock = new SystemClock();
            SslContext context = tls;
            TlsDialling dialling =
                    context == null ? null : (channel, host, port) -> context.newHandler(channel.alloc(), host, port);
            Opening opening = new Opening(hello, bootstrap, dialling, clock, new WireWriter());
            Router router = new Router(group.next(), opening, zone, maxInFlight, seeds);
            MurmurClient client = new MurmurClient(group, router, clock, callTimeout);
            router.start();
            try {
                router.firstRing().get(startTimeout.toMillis(), TimeUnit.MILLISECONDS);
                return client;
            } catch (TimeoutException e) {
                MurmurException why =
                        router.unreachable("no node answered within " + startTimeout.toMillis() + " ms", Effect.NONE);
                client.close();
                throw why;
            } catch (ExecutionException e) {
                client.close();
                throw e.getCause() instanceof MurmurException why ? why : new IllegalStateException(e.getCause());
            } catch (InterruptedException e) {
                client.close();
                Thread.currentThread().interrupt();
                throw new MurmurException.ConnectionLost("interrupted while connecting", Effect.NONE);
            }
        }
    }
}
