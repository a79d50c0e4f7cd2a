package io.murmur.node;

import io.murmur.client.internal.Outbox;
import io.murmur.client.internal.TlsFailure;
import io.murmur.kernel.message.ClientReply;
import io.murmur.kernel.message.ClientRequest;
import io.murmur.kernel.message.Credentials;
import io.murmur.kernel.message.Failure;
import io.murmur.kernel.message.Handshake;
import io.murmur.kernel.message.Message;
import io.murmur.kernel.message.PeerRequest;
import io.murmur.kernel.message.SyncRequest;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.wire.MalformedException;
import io.murmur.node.security.Authenticator;
import io.murmur.node.security.Security;
import io.murmur.node.security.TlsEntrance;
import io.murmur.node.security.User;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
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

    /** Reads gathered at most. */
    private static final int LONGEST_ROW = 16;

    private final Server server;
    private final Dispatcher dispatcher;
    private volatile @Nullable Channel channel;
    private @Nullable Outbox outbox;
    private @Nullable ScheduledFuture<?> greetingTimeout;
    private volatile @Nullable NodeId peer;
    private @Nullable User user;
    private volatile Stage stage = Stage.UNKNOWN;
    private String name = "";
    private long sinceNanos;
    private int inFlight;

    /** Reads that have come one after another, as long as more may be about to: their cells are brought near all at once. */
    private final List<ClientRequest.Get> row = new ArrayList<>(LONGEST_ROW);

    private enum Stage {
        /** It has yet to greet, and before that to agree on TLS where security is on. */
        UNKNOWN,
        /** Its credentials are being checked. */
        CHECKED,
        WELCOME,
        /** It is being closed. What came along with the cause of that is not obeyed. */
        ENDED
    }

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
                            server.refused(address(ctx), "it did not greet within " + GREETING_SECONDS + " s");
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
                if (stage == Stage.WELCOME && peer == null && out != null) {
                    out.send(new Handshake.Farewell());
                }
            });
        }
    }

    /** Whether it is that of a client that has been let in. From any thread. */
    boolean isClients() {
        return stage == Stage.WELCOME && peer == null;
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
        stage = Stage.ENDED;
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
        if (read instanceof ClientRequest.Get get && stage == Stage.WELCOME && node == null) {
            row.add(get);
            if (row.size() == LONGEST_ROW) {
                endRow(ctx);
            }
            return;
        }
        endRow(ctx);
        switch ((Message) read) {
            case Message ignored when stage == Stage.ENDED -> LOG.trace("behind the end: {}", ignored);
            case Message first when stage == Stage.UNKNOWN -> greet(ctx, first);
            case Message unexpected when stage == Stage.CHECKED -> breakOff(ctx, "it did not wait to be let in");
            case ClientRequest request when node == null -> take(ctx.channel(), request, System.nanoTime());
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

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        endRow(ctx);
        ctx.fireChannelReadComplete();
    }

    private void endRow(ChannelHandlerContext ctx) {
        if (row.isEmpty()) {
            return;
        }
        if (row.size() > 1) {
            dispatcher.expect(
                    row.stream().map(ClientRequest.Get::key).toList(),
                    ctx.channel().eventLoop());
        }
        long now = System.nanoTime();
        for (ClientRequest.Get get : row) {
            if (stage == Stage.WELCOME) {
                take(ctx.channel(), get, now);
            }
        }
        row.clear();
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
        Handshake.Hello hello = new Handshake.Hello(
                said.protocol(), printable(said.cluster()), said.node(), printable(said.name()), said.credentials());
        Security security = server.security();
        String objection = server.objectionToProtocol(hello);
        if (objection != null) {
            refuse(ctx, hello, new Handshake.Rejected(objection));
        } else if (security == null) {
            letIn(ctx, hello);
        } else if (hello.node() != null) {
            objection = security.objectionToPeer(ctx.channel());
            if (objection == null) {
                letIn(ctx, hello);
            } else {
                refuse(ctx, hello, new Handshake.Rejected(objection));
            }
        } else if (hello.credentials() == null) {
            refuse(
                    ctx,
                    hello,
                    notAuthenticated("this node asks for a user and password or a token, and there is none"));
        } else {
            stage = Stage.CHECKED;
            security.authenticator()
                    .check(
                            hello.credentials(),
                            address(ctx),
                            verdict -> ctx.executor().execute(() -> checked(ctx, hello, verdict)));
        }
    }

    private void checked(ChannelHandlerContext ctx, Handshake.Hello hello, Authenticator.Verdict verdict) {
        if (stage != Stage.CHECKED) {
            return;
        }
        switch (verdict) {
            case Authenticator.Verdict.Known known -> {
                user = known.user();
                letIn(ctx, hello);
                // The file may have changed since.
                reviewUser();
            }
            case Authenticator.Verdict.Refused refused ->
                refuse(
                        ctx,
                        hello,
                        refused.lasts()
                                ? notAuthenticated(refused.reason())
                                : new Handshake.Rejected(refused.reason()));
        }
    }

    private static Handshake.Rejected notAuthenticated(String reason) {
        return new Handshake.Rejected(reason, Handshake.Cause.NOT_AUTHENTICATED);
    }

    private void letIn(ChannelHandlerContext ctx, Handshake.Hello hello) {
        String objection = server.objection(hello);
        if (objection != null) {
            refuse(ctx, hello, new Handshake.Rejected(objection));
            return;
        }
        peer = hello.node();
        stage = Stage.WELCOME;
        name = hello.name();
        send(server.welcome());
        server.letIn(ctx.channel());
        if (peer != null) {
            server.opened(peer, this);
        }
        if (server.isDraining()) {
            // It began to just now, and may have passed this one by.
            sayFarewell();
        }
    }

    private void refuse(ChannelHandlerContext ctx, Handshake.Hello hello, Handshake.Rejected rejected) {
        String as = hello.credentials() instanceof Credentials.Password password
                ? " as user '" + printable(password.user()) + "'"
                : "";
        String who = (hello.node() == null ? "client '" : "node '") + hello.name() + "'" + as;
        server.refused(who + " of " + address(ctx), rejected.reason());
        reject(ctx, rejected);
    }

    private void reject(ChannelHandlerContext ctx, Handshake.Rejected rejected) {
        stage = Stage.ENDED;
        cancelGreetingTimeout();
        send(rejected);
        // After the outbox has been flushed, which is a task of this loop as well.
        ctx.executor().execute(ctx::close);
    }

    private void send(Message message) {
        if (outbox != null) {
            outbox.send(message);
        }
    }

    /** Without the port, which is another with each attempt. */
    private static String address(ChannelHandlerContext ctx) {
        return ctx.channel().remoteAddress() instanceof InetSocketAddress address
                ? address.getHostString()
                : "an unknown address";
    }

    /** What a stranger says of itself goes into log lines and must not make further ones. */
    private static String printable(String text) {
        return text.replaceAll("[\\p{Cc}\\u2028\\u2029]", "?");
    }

    private void take(Channel channel, ClientRequest request, long cameNanos) {
        if (inFlight >= MAX_IN_FLIGHT) {
            Failure overloaded = new Failure.Overloaded(inFlight + " calls of this connection are in flight");
            reply(channel, new ClientReply.One(request.id(), 0, new ClientReply.Failed(overloaded)));
            return;
        }
        switch (user == null ? Permitted.ALL : Permitted.of(request, user)) {
            case Permitted.All ignored -> dispatch(channel, request, cameNanos, UnaryOperator.identity());
            case Permitted.Some some -> dispatch(channel, some.request(), cameNanos, some::whole);
            case Permitted.Nothing nothing -> reply(channel, nothing.reply());
        }
    }

    private void dispatch(Channel channel, ClientRequest request, long cameNanos, UnaryOperator<ClientReply> whole) {
        inFlight++;
        dispatcher.dispatch(request, cameNanos, channel.eventLoop(), answer -> {
            inFlight--;
            reply(channel, whole.apply(answer));
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
        OpenConnection.Kind kind = stage != Stage.WELCOME
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

    /** Goes by what the file of users says now: by other rights, or not at all. From any thread. */
    void reviewUser() {
        Channel own = channel;
        Security security = server.security();
        if (own == null || security == null) {
            return;
        }
        own.eventLoop().execute(() -> {
            User before = user;
            if (before == null || stage != Stage.WELCOME) {
                return;
            }
            User now = security.users().named(before.name());
            if (now != null && now.secret().equals(before.secret())) {
                user = now;
            } else {
                String why =
                        "user '" + before.name() + "' " + (now == null ? "is no user any more" : "has a new secret");
                ChannelHandlerContext ctx = own.pipeline().context(this);
                server.refused(address(ctx), why);
                reject(ctx, notAuthenticated(why));
            }
        });
    }

    /** Back pressure: who does not read is not read from. */
    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        ctx.channel().config().setAutoRead(ctx.channel().isWritable());
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (TlsEntrance.PLAIN_TEXT.equals(event)) {
            String why = "this port speaks TLS and nothing else";
            server.refused(address(ctx), why);
            reject(ctx, new Handshake.Rejected(why));
        } else if (event instanceof SslHandshakeCompletionEvent handshake && !handshake.isSuccess()) {
            failed(ctx, TlsFailure.ofHandshake(handshake.cause()));
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        Throwable reason = cause.getCause() instanceof MalformedException malformed ? malformed : cause;
        TlsFailure tls = TlsFailure.of(cause);
        if (stage == Stage.ENDED) {
            LOG.debug("{}: {}", ctx.channel().remoteAddress(), reason.toString());
            ctx.close();
        } else if (reason instanceof MalformedException) {
            server.countMalformed();
            if (stage == Stage.UNKNOWN) {
                server.refused(address(ctx), String.valueOf(reason.getMessage()));
            }
            breakOff(ctx, reason.getMessage());
        } else if (tls != null) {
            failed(ctx, tls);
        } else if (reason instanceof IOException) {
            LOG.debug("{}: {}", ctx.channel().remoteAddress(), reason.toString());
            ctx.close();
        } else {
            LOG.error(
                    "a request of {} failed unexpectedly; closing its connection",
                    ctx.channel().remoteAddress(),
                    reason);
            stage = Stage.ENDED;
            ctx.close();
        }
    }

    private void failed(ChannelHandlerContext ctx, TlsFailure tls) {
        if (stage != Stage.ENDED) {
            server.refused(address(ctx), tls.reason());
            breakOff(ctx, tls.reason());
        }
    }

    private void breakOff(ChannelHandlerContext ctx, @Nullable String reason) {
        stage = Stage.ENDED;
        LOG.debug("closing {}: {}", ctx.channel().remoteAddress(), reason);
        ctx.close();
    }
}
