package io.murmur.client.internal;

import io.murmur.kernel.Clock;
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
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A connection to a node that is opened anew whenever it breaks, with exponential backoff and jitter. From a client, or from a node to
 * another. On its event loop alone, but for {@link #isReady} and {@link #lastReason}.
 */
public final class Connection {

    private static final long FIRST_BACKOFF_MILLIS = 20;
    private static final long LAST_BACKOFF_MILLIS = 1_000;

    /** What a connection tells its owner. */
    public interface Listener {
        /** The other side has welcomed us; messages can be sent. */
        void ready(Handshake.Welcome welcome);

        /** The connection broke, was refused, or could not be made; another attempt follows unless it was closed here. */
        void lost(String reason, boolean wasReady);

        void received(Message message);
    }

    private final String address;
    private final Handshake.Hello hello;
    private final Bootstrap bootstrap;
    private final EventLoop loop;
    private final MessageCodec codec;
    private final WireWriter scratch;
    private final long maxWaitingBytes;
    private final Listener listener;

    private @Nullable Channel channel;
    private @Nullable Outbox outbox;
    private volatile boolean ready;
    private volatile String lastReason = "not connected yet";
    private boolean closed;
    private int failures;

    /**
     * @param address {@code host:port}
     * @param scratch shared by all connections of the loop
     * @param maxWaitingBytes past so many bytes that wait for the socket, messages are refused
     */
    public Connection(
            String address,
            Handshake.Hello hello,
            Bootstrap bootstrap,
            EventLoop loop,
            Clock clock,
            WireWriter scratch,
            long maxWaitingBytes,
            Listener listener) {
        this.address = address;
        this.hello = hello;
        this.loop = loop;
        this.codec = new MessageCodec(clock);
        this.scratch = scratch;
        this.maxWaitingBytes = maxWaitingBytes;
        this.listener = listener;
        this.bootstrap = bootstrap.clone().group(loop).handler(new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel fresh) {
                fresh.pipeline()
                        .addLast(new FrameDecoder(codec, MessageCodec.MAX_BODY_BYTES))
                        .addLast(new Inbound());
            }
        });
    }

    public String address() {
        return address;
    }

    public boolean isReady() {
        return ready;
    }

    /** Why it is not ready, for people. */
    public String lastReason() {
        return lastReason;
    }

    /** Begins to connect; without effect on a connection that is there. */
    public void connect() {
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

    /** False when the connection cannot take the message, and then nothing was sent. */
    public boolean send(Message message) {
        Outbox out = outbox;
        return ready && out != null && out.send(message);
    }

    public void close() {
        closed = true;
        ready = false;
        if (channel != null) {
            channel.close();
        }
    }

    private void lost(String reason) {
        lastReason = reason;
        boolean wasReady = ready;
        ready = false;
        channel = null;
        outbox = null;
        if (!closed) {
            long backoff = Math.min(LAST_BACKOFF_MILLIS, FIRST_BACKOFF_MILLIS << Math.min(failures++, 10));
            long jittered = backoff / 2 + ThreadLocalRandom.current().nextLong(backoff / 2 + 1);
            loop.schedule(this::connect, jittered, TimeUnit.MILLISECONDS);
        }
        listener.lost(reason, wasReady);
    }

    private final class Inbound extends ChannelInboundHandlerAdapter {

        private String reason = "closed by the other side";

        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            channel = ctx.channel();
            if (closed) {
                ctx.close();
                return;
            }
            Outbox fresh = new Outbox(ctx.channel(), codec, scratch, maxWaitingBytes);
            outbox = fresh;
            fresh.send(hello);
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            switch ((Message) message) {
                case Handshake.Welcome welcome -> {
                    ready = true;
                    failures = 0;
                    listener.ready(welcome);
                }
                case Handshake.Rejected rejected -> {
                    reason = rejected.reason();
                    ctx.close();
                }
                case Handshake.Hello ignored -> {
                    reason = "it answered a greeting with a greeting: not a node's port";
                    ctx.close();
                }
                case Message.Request request -> listener.received(request);
                case Message.Reply reply -> listener.received(reply);
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            reason = String.valueOf(cause.getMessage());
            ctx.close();
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            lost(reason);
        }
    }
}
