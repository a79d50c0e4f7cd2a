package io.murmur.node;

import io.murmur.client.internal.Outbox;
import io.murmur.kernel.message.ClientReply;
import io.murmur.kernel.message.ClientRequest;
import io.murmur.kernel.message.Failure;
import io.murmur.kernel.message.Handshake;
import io.murmur.kernel.message.Message;
import io.murmur.kernel.message.PeerRequest;
import io.murmur.kernel.message.SyncRequest;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.wire.MalformedException;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One accepted connection, of a client or of another node. It greets first, and soon; what it sends is bounded in size by the frame
 * decoder and in number here; whoever does not read its replies is not read from; and anything that breaks the rules costs this
 * connection and nobody else anything (invariant 9).
 */
final class ServerConnection extends ChannelInboundHandlerAdapter {

    private static final Logger LOG = LoggerFactory.getLogger(ServerConnection.class);
    private static final long GREETING_SECONDS = 5;
    private static final int MAX_IN_FLIGHT = 4096;

    private final Server server;
    private final Dispatcher dispatcher;
    private volatile @Nullable Channel channel;
    private @Nullable Outbox outbox;
    private @Nullable ScheduledFuture<?> greetingTimeout;
    private volatile @Nullable NodeId peer;
    private String name = "";
    private long sinceNanos;
    private volatile boolean greeted;
    private boolean ended;
    private int inFlight;

    ServerConnection(Server server, Dispatcher dispatcher) {
        this.server = server;
        this.dispatcher = dispatcher;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        channel = ctx.channel();
        sinceNanos = System.nanoTime();
        outbox = server.outbox(ctx.channel());
        greetingTimeout = ctx.executor()
                .schedule(
                        () -> {
                            LOG.debug("{} did not greet in time", ctx.channel().remoteAddress());
                            ctx.close();
                        },
                        GREETING_SECONDS,
                        TimeUnit.SECONDS);
        server.opened(this);
    }

    /** Tells a client that has been let in to send no more, and to hang up when it has its answers. On any thread. */
    void sayFarewell() {
        Channel to = channel;
        if (to != null) {
            to.eventLoop().execute(() -> {
                Outbox out = outbox;
                if (greeted && peer == null && out != null) {
                    out.send(new Handshake.Farewell());
                }
            });
        }
    }

    /** Whether it is that of a client that has been let in. From any thread. */
    boolean isClients() {
        return greeted && peer == null;
    }

    /** Closes it and waits until it is closed. From a thread that is no loop's. */
    void close() {
        Channel open = channel;
        if (open != null) {
            open.close().awaitUninterruptibly();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        cancelGreetingTimeout();
        server.closed(this);
        NodeId node = peer;
        if (node != null) {
            server.closed(node, this);
        }
    }

    private void cancelGreetingTimeout() {
        if (greetingTimeout != null) {
            greetingTimeout.cancel(false);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object read) {
        NodeId node = peer;
        switch ((Message) read) {
            // What came along with the cause of the end is not obeyed.
            case Message ignored when ended -> LOG.trace("behind the end: {}", ignored);
            case Message first when !greeted -> greet(ctx, first);
            case ClientRequest request when node == null -> take(ctx.channel(), request);
            case ClientRequest unexpected -> breakOff(ctx, "a node sent a client's request");
            case ClientReply unexpected -> breakOff(ctx, "it sent a client's reply");
            case Handshake unexpected -> breakOff(ctx, "it greeted twice");
            // A member that has a ring asks one that has none yet: lost, like any message may be.
            case Message early
            when node != null && needsRing(early) && !server.hasRing() -> LOG.debug("without a ring: {}", early);
            case Message fromPeer when node != null -> dispatcher.dispatch(node, fromPeer);
            case Message unexpected ->
                breakOff(ctx, "it sent an unexpected " + unexpected.getClass().getSimpleName());
        }
    }

    private static boolean needsRing(Message message) {
        return message instanceof PeerRequest || message instanceof SyncRequest;
    }

    private void greet(ChannelHandlerContext ctx, Message message) {
        if (!(message instanceof Handshake.Hello said)) {
            breakOff(ctx, "it did not greet first");
            return;
        }
        cancelGreetingTimeout();
        Handshake.Hello hello =
                new Handshake.Hello(said.protocol(), printable(said.cluster()), said.node(), printable(said.name()));
        String objection = server.objection(hello);
        Outbox out = outbox;
        if (out == null) {
            ctx.close();
        } else if (objection == null) {
            peer = hello.node();
            name = hello.name();
            greeted = true;
            out.send(server.welcome());
            server.letIn(ctx.channel());
            if (peer != null) {
                server.opened(peer, this);
            }
            if (server.isDraining()) {
                // It began to just now, and may have passed this one by.
                sayFarewell();
            }
        } else {
            server.refused((hello.node() == null ? "client '" : "node '") + hello.name() + "': " + objection);
            ended = true;
            out.send(new Handshake.Rejected(objection));
            // After the outbox has been flushed, which is a task of this loop as well.
            ctx.executor().execute(ctx::close);
        }
    }

    /** What a stranger says of itself goes into log lines and must not make further ones. */
    private static String printable(String text) {
        return text.replaceAll("\\p{Cntrl}", "?");
    }

    private void take(Channel channel, ClientRequest request) {
        if (inFlight >= MAX_IN_FLIGHT) {
            Failure overloaded = new Failure.Overloaded(inFlight + " calls of this connection are in flight");
            reply(channel, new ClientReply.One(request.id(), 0, new ClientReply.Failed(overloaded)));
            return;
        }
        inFlight++;
        dispatcher.dispatch(request, channel.eventLoop(), answer -> {
            inFlight--;
            reply(channel, answer);
        });
    }

    private void reply(Channel channel, ClientReply answer) {
        if (outbox != null && !outbox.send(answer) && channel.isActive()) {
            LOG.info("closing {}: it does not read its replies", channel.remoteAddress());
            channel.close();
        }
    }

    /** How it stands, which its loop tells. From any thread, once the server knows it. */
    CompletableFuture<OpenConnection> seen() {
        return CompletableFuture.supplyAsync(
                this::asItStands, Objects.requireNonNull(channel).eventLoop());
    }

    private OpenConnection asItStands() {
        Channel to = channel;
        Outbox out = outbox;
        OpenConnection.Kind kind = !greeted
                ? OpenConnection.Kind.STRANGER
                : peer == null ? OpenConnection.Kind.CLIENT : OpenConnection.Kind.FROM_NODE;
        return new OpenConnection(
                kind,
                name,
                to == null ? "" : String.valueOf(to.remoteAddress()),
                to == null ? 0 : (System.nanoTime() - sinceNanos) / 1_000_000,
                inFlight,
                out == null ? 0 : out.waitingBytes(),
                to == null || to.isWritable());
    }

    /** Sends to the peer that opened this; false when the connection is gone. From any thread. */
    boolean answer(Message message) {
        Outbox out = outbox;
        Channel to = channel;
        if (out == null || to == null || !to.isActive()) {
            return false;
        }
        to.eventLoop().execute(() -> out.send(message));
        return true;
    }

    /** Back pressure: who does not read is not read from. */
    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        ctx.channel().config().setAutoRead(ctx.channel().isWritable());
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        Throwable reason = cause.getCause() instanceof MalformedException malformed ? malformed : cause;
        if (reason instanceof MalformedException) {
            server.countMalformed();
            breakOff(ctx, reason.getMessage());
        } else if (reason instanceof IOException) {
            LOG.debug("{}: {}", ctx.channel().remoteAddress(), reason.toString());
            ctx.close();
        } else {
            LOG.error(
                    "a request of {} failed unexpectedly; closing its connection",
                    ctx.channel().remoteAddress(),
                    reason);
            ended = true;
            ctx.close();
        }
    }

    private void breakOff(ChannelHandlerContext ctx, @Nullable String reason) {
        ended = true;
        LOG.debug("closing {}: {}", ctx.channel().remoteAddress(), reason);
        ctx.close();
    }
}
