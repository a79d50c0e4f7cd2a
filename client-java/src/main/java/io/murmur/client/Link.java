package io.murmur.client;

import io.murmur.client.internal.FrameDecoder;
import io.murmur.client.internal.Outbox;
import io.murmur.kernel.Clock;
import io.murmur.kernel.message.ClientReply;
import io.murmur.kernel.message.Handshake;
import io.murmur.kernel.message.Message;
import io.murmur.kernel.wire.MessageCodec;
import io.murmur.kernel.wire.WireWriter;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connection to one node: opened anew whenever it breaks, with exponential backoff and jitter. On the client's loop alone.
 */
final class Link {

    private static final Logger LOG = LoggerFactory.getLogger(Link.class);
    private static final long FIRST_BACKOFF_MILLIS = 20;
    private static final long LAST_BACKOFF_MILLIS = 2_000;
    private static final long MAX_WAITING_BYTES = 16L << 20;

    /** What a link tells the router. */
    interface Listener {
        void linkReady(Link link);

        void linkLost(Link link, List<Call> inFlight, String reason);

        void replied(Call call, ClientReply reply);
    }

    private final String address;
    private final String clientName;
    private final Bootstrap bootstrap;
    private final EventLoop loop;
    private final MessageCodec codec;
    private final WireWriter scratch;
    private final Listener listener;
    private final Map<Long, Call> inFlight = new HashMap<>();

    private @Nullable Channel channel;
    private @Nullable Outbox outbox;
    private volatile boolean ready;
    private boolean closed;
    private int failures;
    private long lastId;
    private volatile String lastReason = "not connected yet";

    /** Until then this node is used only when no other is there: it has let a call wait too long. */
    private long suspectUntilNanos;

    Link(
            String address,
            String clientName,
            Bootstrap bootstrap,
            EventLoop loop,
            Clock clock,
            WireWriter scratch,
            Listener listener) {
        this.address = address;
        this.clientName = clientName;
        this.loop = loop;
        this.codec = new MessageCodec(clock);
        this.scratch = scratch;
        this.listener = listener;
        this.suspectUntilNanos = clock.monotonicNanos();
        this.bootstrap = bootstrap.clone().group(loop).handler(new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel fresh) {
                fresh.pipeline()
                        .addLast(new FrameDecoder(codec, MessageCodec.MAX_BODY_BYTES))
                        .addLast(new Inbound());
            }
        });
    }

    String address() {
        return address;
    }

    boolean isReady() {
        return ready;
    }

    String lastReason() {
        return lastReason;
    }

    boolean isSuspect(long nowNanos) {
        return suspectUntilNanos - nowNanos > 0;
    }

    void suspectUntil(long nanos) {
        suspectUntilNanos = nanos;
    }

    Map<Long, Call> inFlight() {
        return inFlight;
    }

    void connect() {
        if (closed || channel != null) {
            return;
        }
        int colon = address.lastIndexOf(':');
        InetSocketAddress to =
                new InetSocketAddress(address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)));
        bootstrap.connect(to).addListener(future -> {
            if (!future.isSuccess()) {
                lost(String.valueOf(future.cause().getMessage()));
            }
        });
    }

    /** Sends a call's next attempt; false when the connection cannot take it, and then nothing was sent. */
    boolean send(Call call, long epoch, long attemptDeadlineNanos) {
        Outbox out = outbox;
        if (!ready || out == null) {
            return false;
        }
        call.id = ++lastId;
        call.attemptDeadlineNanos = attemptDeadlineNanos;
        if (!out.send(call.shape.request(call.id, epoch, attemptDeadlineNanos))) {
            return false;
        }
        call.attempts++;
        call.triedLast = address;
        inFlight.put(call.id, call);
        return true;
    }

    void forget(Call call) {
        inFlight.remove(call.id);
    }

    void close() {
        closed = true;
        ready = false;
        if (channel != null) {
            channel.close();
        }
    }

    private void lost(String reason) {
        if (!reason.isEmpty()) {
            lastReason = reason;
        }
        boolean wasReady = ready;
        ready = false;
        channel = null;
        outbox = null;
        List<Call> orphans = new ArrayList<>(inFlight.values());
        inFlight.clear();
        if (closed) {
            listener.linkLost(this, orphans, "the client was closed");
            return;
        }
        if (wasReady) {
            LOG.info("lost the connection to {}: {}", address, lastReason);
        }
        long backoff = Math.min(LAST_BACKOFF_MILLIS, FIRST_BACKOFF_MILLIS << Math.min(failures++, 10));
        long jittered = backoff / 2 + ThreadLocalRandom.current().nextLong(backoff / 2 + 1);
        loop.schedule(this::connect, jittered, TimeUnit.MILLISECONDS);
        listener.linkLost(this, orphans, lastReason);
    }

    private final class Inbound extends ChannelInboundHandlerAdapter {

        private String reason = "";

        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            channel = ctx.channel();
            if (closed) {
                ctx.close();
                return;
            }
            Outbox fresh = new Outbox(ctx.channel(), codec, scratch, MAX_WAITING_BYTES);
            outbox = fresh;
            fresh.send(new Handshake.Hello(MessageCodec.PROTOCOL, "", null, clientName));
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            switch ((Message) message) {
                case ClientReply reply -> {
                    Call call = inFlight.remove(reply.id());
                    if (call != null) {
                        listener.replied(call, reply);
                    }
                }
                case Handshake.Welcome ignored -> {
                    ready = true;
                    failures = 0;
                    listener.linkReady(Link.this);
                }
                case Handshake.Rejected rejected -> {
                    reason = rejected.reason();
                    LOG.warn("{} refused the connection: {}", address, reason);
                    ctx.close();
                }
                case Message unexpected -> {
                    reason = "an unexpected " + unexpected.getClass().getSimpleName() + " from " + address;
                    ctx.close();
                }
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            reason = String.valueOf(cause.getMessage());
            ctx.close();
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            lost(reason.isEmpty() ? "closed by the other side" : reason);
        }
    }
}
