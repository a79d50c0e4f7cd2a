package io.murmur.client;

import io.murmur.client.internal.SystemClock;
import io.murmur.client.internal.Transport;
import io.murmur.kernel.Clock;
import io.murmur.kernel.message.Failure.Effect;
import io.murmur.kernel.ring.Ring;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
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

    /** A named cache, which must be configured on the nodes. Cheap; holds nothing. */
    public <K, V> Cache<K, V> cache(String name, Codec<K> keys, Codec<V> values) {
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

    /** How many times calls were sent again since this client was made. */
    public long retries() {
        return router.retries();
    }

    /** Fails the calls on their way and closes all connections; blocks until the thread has ended. */
    @Override
    public void close() {
        group.next().submit(router::close).syncUninterruptibly();
        group.shutdownGracefully(0, 2, TimeUnit.SECONDS).syncUninterruptibly();
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

        private Builder() {}

        /** A node to learn the cluster from, as {@code host:port}; name several, in case one is down. */
        public Builder seed(String address) {
            int colon = address.lastIndexOf(':');
            if (colon < 1 || !address.substring(colon + 1).matches("\\d{1,5}")) {
                throw new IllegalArgumentException("a seed is host:port, but was '" + address + "'");
            }
            seeds.add(address);
            return this;
        }

        /** How long opening one connection may take; 500 ms by default. */
        public Builder connectTimeout(Duration timeout) {
            connectTimeout = timeout;
            return this;
        }

        /** How long a call may take, retries included, unless it says otherwise; 1 s by default. */
        public Builder callTimeout(Duration timeout) {
            callTimeout = timeout;
            return this;
        }

        /** How long {@link #build()} waits for a first node; 10 s by default. */
        public Builder startTimeout(Duration timeout) {
            startTimeout = timeout;
            return this;
        }

        /** Calls in flight at once; one more fails at once as overloaded. 8,192 by default. */
        public Builder maxInFlight(int calls) {
            maxInFlight = calls;
            return this;
        }

        /** What the nodes' logs call this client. */
        public Builder clientName(String name) {
            clientName = name;
            return this;
        }

        /** The zone this client runs in: owners there are asked first. */
        public Builder zone(String ownZone) {
            zone = ownZone;
            return this;
        }

        /**
         * Connects and learns the ring.
         *
         * @throws MurmurException.ConnectionLost when no seed answers in time; the message says why for each
         */
        public MurmurClient build() {
            if (seeds.isEmpty()) {
                throw new IllegalArgumentException("name at least one seed, as host:port");
            }
            EventLoopGroup group = Transport.loops(1, "murmur-client");
            Bootstrap bootstrap = new Bootstrap()
                    .channel(Transport.channel())
                    .option(ChannelOption.TCP_NODELAY, true)
                    .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) connectTimeout.toMillis());
            Clock clock = new SystemClock();
            Router router = new Router(group.next(), bootstrap, clock, clientName, zone, maxInFlight);
            MurmurClient client = new MurmurClient(group, router, clock, callTimeout);
            router.start(seeds);
            try {
                router.firstRing().get(startTimeout.toMillis(), TimeUnit.MILLISECONDS);
                return client;
            } catch (TimeoutException | ExecutionException e) {
                String reasons = router.reasons();
                client.close();
                throw new MurmurException.ConnectionLost(
                        "no node answered within " + startTimeout.toMillis() + " ms: " + reasons, Effect.NONE);
            } catch (InterruptedException e) {
                client.close();
                Thread.currentThread().interrupt();
                throw new MurmurException.ConnectionLost("interrupted while connecting", Effect.NONE);
            }
        }
    }
}
