package io.murmur.client.internal;

import io.murmur.kernel.message.GossipMessage;
import io.murmur.kernel.message.Handshake;
import io.murmur.kernel.message.Message;
import io.murmur.kernel.message.RingMessage;
import io.murmur.kernel.wire.MessageCodec;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
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

    /** A node takes its time to check a password, since a thief of the file of users shall need time as well. */
    private static final long ADMISSION_MILLIS = 10_000;

    /** The same credentials will hardly do any sooner. */
    private static final long REFUSED_BACKOFF_MILLIS = 5_000;

    /** What keeps it from being ready, for programs. */
    public enum Obstacle {
        /** Whatever may pass by itself, as when a node starts. */
        PASSING,
        /** Certificates that one side does not accept, or no TLS at one side: somebody has to change something. */
        TLS,
        /** The credentials of the greeting. */
        CREDENTIALS
    }

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
    private final String host;
    private final int port;
    private final Opening with;
    private final Bootstrap bootstrap;
    private final EventLoop loop;
    private final MessageCodec codec;
    private final long maxWaitingBytes;
    private final Listener listener;

    private boolean opening;
    private @Nullable Channel channel;
    private @Nullable Outbox outbox;
    private volatile boolean ready;
    private volatile String lastReason = "not connected yet";
    private volatile Obstacle obstacle = Obstacle.PASSING;
    private boolean closed;
    private int failures;

    /**
     * @param address {@code host:port}
     * @param maxWaitingBytes past so many bytes that wait for the socket, messages are refused
     */
    public Connection(String address, Opening with, EventLoop loop, long maxWaitingBytes, Listener listener) {
        int colon = address.lastIndexOf(':');
        this.address = address;
        this.host = address.substring(0, colon);
        this.port = Integer.parseInt(address.substring(colon + 1));
        this.with = with;
        this.loop = loop;
        this.codec = new MessageCodec(with.clock());
        this.maxWaitingBytes = maxWaitingBytes;
        this.listener = listener;
        this.bootstrap = with.bootstrap().clone().group(loop).handler(new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel fresh) {
                Transport.breakWhenSilent(fresh);
                TlsDialling tls = with.tls();
                if (tls != null) {
                    fresh.pipeline().addLast(tls.handler(fresh, bareHost(), port));
                }
                fresh.pipeline()
                        .addLast(new FrameDecoder(codec, MessageCodec.MAX_BODY_BYTES))
                        .addLast(new Inbound());
            }
        });
    }

    /** As a certificate has it: an IPv6 address without brackets. */
    private String bareHost() {
        return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
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

    /** What kind of reason {@link #lastReason} is. */
    public Obstacle obstacle() {
        return obstacle;
    }

    /** Begins to connect; without effect on a connection that is there or being made. */
    public void connect() {
        if (closed || opening || channel != null) {
            return;
        }
        opening = true;
        if (NetUtil.isValidIpV4Address(host) || NetUtil.isValidIpV6Address(host)) {
            open(new InetSocketAddress(host, port));
        } else {
            // Asking for the address of a name may block for seconds, which the loop must not.
            Thread.ofVirtual().name("resolve " + host).start(this::resolve);
        }
    }

    private void resolve() {
        InetSocketAddress found = new InetSocketAddress(host, port);
        try {
            loop.execute(() -> {
                if (found.isUnresolved()) {
                    lost("unknown host " + host, Obstacle.PASSING);
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
                lost(said(future.cause()), Obstacle.PASSING);
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

    private void lost(String reason, Obstacle kind) {
        obstacle = kind;
        lastReason = reason;
        boolean wasReady = ready;
        ready = false;
        opening = false;
        channel = null;
        if (!closed) {
            long backoff = kind == Obstacle.CREDENTIALS
                    ? REFUSED_BACKOFF_MILLIS
                    : Math.min(LAST_BACKOFF_MILLIS, FIRST_BACKOFF_MILLIS << Math.min(failures++, 10));
            long jittered = backoff / 2 + ThreadLocalRandom.current().nextLong(backoff / 2 + 1);
            loop.schedule(this::connect, jittered, TimeUnit.MILLISECONDS);
        }
        listener.lost(reason, wasReady);
        outbox = null;
    }

    private final class Inbound extends ChannelInboundHandlerAdapter {

        private String reason = "closed by the other side";
        private Obstacle kind = Obstacle.PASSING;
        private boolean secured = with.tls() == null;
        private boolean greeted;
        private boolean ending;

        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            channel = ctx.channel();
            if (closed) {
                ctx.close();
                return;
            }
            Outbox fresh = new Outbox(ctx.channel(), codec, with.scratch(), maxWaitingBytes);
            outbox = fresh;
            // With TLS it leaves once the other side has shown who it is.
            fresh.send(with.hello());
            ctx.executor().schedule(() -> securedInTime(ctx), GREETING_MILLIS, TimeUnit.MILLISECONDS);
            long millis = with.hello().credentials() == null ? GREETING_MILLIS : ADMISSION_MILLIS;
            ctx.executor().schedule(() -> greetedInTime(ctx, millis), millis, TimeUnit.MILLISECONDS);
        }

        private void securedInTime(ChannelHandlerContext ctx) {
            if (!secured) {
                String why = "it did not answer the TLS handshake within " + GREETING_MILLIS + " ms";
                end(ctx, why + "; perhaps it speaks no TLS", Obstacle.PASSING);
            }
        }

        /** A port that takes connections and says nothing must not be waited for forever. */
        private void greetedInTime(ChannelHandlerContext ctx, long millis) {
            if (!greeted) {
                end(ctx, "it did not answer the greeting within " + millis + " ms", Obstacle.PASSING);
            }
        }

        /** What is noticed first is the cause; the rest follows from it. */
        private void end(ChannelHandlerContext ctx, String why, Obstacle obstacle) {
            if (!ending) {
                ending = true;
                reason = why;
                kind = obstacle;
                ctx.close();
            }
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            switch ((Message) message) {
                case Handshake.Welcome welcome
                when welcome.protocol() != MessageCodec.PROTOCOL ->
                    end(
                            ctx,
                            "it speaks protocol version " + welcome.protocol() + ", not " + MessageCodec.PROTOCOL,
                            Obstacle.PASSING);
                case Handshake.Welcome welcome -> {
                    greeted = true;
                    ready = true;
                    failures = 0;
                    listener.ready(welcome);
                }
                case Handshake.Rejected rejected ->
                    end(
                            ctx,
                            rejected.reason(),
                            switch (rejected.cause()) {
                                case OTHER -> Obstacle.PASSING;
                                case NOT_AUTHENTICATED -> Obstacle.CREDENTIALS;
                            });
                case Handshake.Farewell ignored -> {
                    reason = "it is stopping";
                    ready = false;
                    listener.farewell();
                }
                case Handshake.Hello ignored ->
                    end(ctx, "it answered a greeting with a greeting: not a node's port", Obstacle.PASSING);
                case Message.Request request -> listener.received(request);
                case Message.Reply reply -> listener.received(reply);
                case RingMessage ring -> listener.received(ring);
                case GossipMessage rumour -> listener.received(rumour);
            }
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (event instanceof SslHandshakeCompletionEvent handshake) {
                if (handshake.isSuccess()) {
                    secured = true;
                } else {
                    failed(ctx, TlsFailure.ofHandshake(handshake.cause()));
                }
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            TlsFailure tls = TlsFailure.of(cause);
            if (tls == null) {
                end(ctx, said(cause), Obstacle.PASSING);
            } else {
                failed(ctx, tls);
            }
        }

        private void failed(ChannelHandlerContext ctx, TlsFailure tls) {
            end(ctx, tls.reason(), tls.lasts() ? Obstacle.TLS : Obstacle.PASSING);
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            lost(reason, kind);
        }
    }
}
