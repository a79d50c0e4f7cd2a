package io.murmur.client.internal;

import io.murmur.kernel.Clock;
import io.murmur.kernel.message.GossipMessage;
import io.murmur.kernel.message.Handshake;
import io.murmur.kernel.message.Message;
import io.murmur.kernel.message.RingMessage;
import io.murmur.kernel.wire.MessageCodec;
import io.murmur.kernel.wire.WireWriter;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.util.NetUtil;
import java.net.InetSocketAddress;
import java.util.concurrent.RejectedExecutionException;
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
    private static final long GREETING_MILLIS = 2_000;

    /** What a connection tells its owner. */
    public interface Listener {
        /** The other side has welcomed us; messages can be sent. */
        void ready(Handshake.Welcome welcome);

        /** The connection broke, was refused, or could not be made; another attempt follows unless it was closed here. */
        void lost(String reason, boolean wasReady);

        /** The other side is stopping: nothing can be sent any more, answers still come; {@link #hangUp} is due when all are there. */
        void farewell();

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

    private boolean opening;
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
                Transport.breakWhenSilent(fresh);
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

    /** Begins to connect; without effect on a connection that is there or being made. */
    public void connect() {
        if (closed || opening || channel != null) {
            return;
        }
        opening = true;
        int colon = address.lastIndexOf(':');
        String host = address.substring(0, colon);
        int port = Integer.parseInt(address.substring(colon + 1));
        if (NetUtil.isValidIpV4Address(host) || NetUtil.isValidIpV6Address(host)) {
            open(new InetSocketAddress(host, port));
        } else {
            // Asking for the address of a name may block for seconds, which the loop must not.
            Thread.ofVirtual().name("resolve " + host).start(() -> resolve(host, port));
        }
    }

    private void resolve(String host, int port) {
        InetSocketAddress found = new InetSocketAddress(host, port);
        try {
            loop.execute(() -> {
                if (found.isUnresolved()) {
                    lost("unknown host " + host);
                } else {
                    open(found);
                }
            });
        } catch (RejectedExecutionException e) {
            // The loop has ended meanwhile, and all connections with it.
            lastReason = "closed";
        }
    }

    private void open(InetSocketAddress to) {
        bootstrap.connect(to).addListener(future -> {
            if (!future.isSuccess()) {
                lost(said(future.cause()));
            }
        });
    }

    private static String said(Throwable cause) {
        String message = cause.getMessage();
        return message == null ? cause.getClass().getSimpleName() : message;
    }

    /** False when the connection cannot take the message, and then nothing was sent. */
    public boolean send(Message message) {
        Outbox out = outbox;
        return ready && out != null && out.send(message);
    }

    /** The number of the write in which the message sent last leaves; see {@link #mayHaveLeft}. */
    public long lastWrite() {
        return outbox == null ? 0 : outbox.lastWrite();
    }

    /** Whether any byte of this write may have reached the other side. Valid until {@link Listener#lost} has returned. */
    public boolean mayHaveLeft(long write) {
        return outbox != null && outbox.mayHaveLeft(write);
    }

    /** Bytes that wait for the socket. */
    public long waitingBytes() {
        Outbox out = outbox;
        return out == null ? 0 : out.waitingBytes();
    }

    /** Ends this connection of its own accord, to be opened anew like one that broke. */
    public void hangUp() {
        ready = false;
        if (channel != null) {
            channel.close();
        }
    }

    public void close() {
        closed = true;
        hangUp();
    }

    private void lost(String reason) {
        lastReason = reason;
        boolean wasReady = ready;
        ready = false;
        opening = false;
        channel = null;
        if (!closed) {
            long backoff = Math.min(LAST_BACKOFF_MILLIS, FIRST_BACKOFF_MILLIS << Math.min(failures++, 10));
            long jittered = backoff / 2 + ThreadLocalRandom.current().nextLong(backoff / 2 + 1);
            loop.schedule(this::connect, jittered, TimeUnit.MILLISECONDS);
        }
        listener.lost(reason, wasReady);
        outbox = null;
    }

    private final class Inbound extends ChannelInboundHandlerAdapter {

        private String reason = "closed by the other side";
        private boolean greeted;

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
            ctx.executor().schedule(() -> greetedInTime(ctx), GREETING_MILLIS, TimeUnit.MILLISECONDS);
        }

        /** A port that takes connections and says nothing must not be waited for forever. */
        private void greetedInTime(ChannelHandlerContext ctx) {
            if (!greeted) {
                reason = "it did not answer the greeting within " + GREETING_MILLIS + " ms";
                ctx.close();
            }
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            switch ((Message) message) {
                case Handshake.Welcome welcome
                when welcome.protocol() != MessageCodec.PROTOCOL -> {
                    reason = "it speaks protocol version " + welcome.protocol() + ", not " + MessageCodec.PROTOCOL;
                    ctx.close();
                }
                case Handshake.Welcome welcome -> {
                    greeted = true;
                    ready = true;
                    failures = 0;
                    listener.ready(welcome);
                }
                case Handshake.Rejected rejected -> {
                    reason = rejected.reason();
                    ctx.close();
                }
                case Handshake.Farewell ignored -> {
                    reason = "it is stopping";
                    ready = false;
                    listener.farewell();
                }
                case Handshake.Hello ignored -> {
                    reason = "it answered a greeting with a greeting: not a node's port";
                    ctx.close();
                }
                case Message.Request request -> listener.received(request);
                case Message.Reply reply -> listener.received(reply);
                case RingMessage ring -> listener.received(ring);
                case GossipMessage rumour -> listener.received(rumour);
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            reason = said(cause);
            ctx.close();
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            lost(reason);
        }
    }
}
