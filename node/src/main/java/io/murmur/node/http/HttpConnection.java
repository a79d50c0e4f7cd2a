package io.murmur.node.http;

import io.murmur.client.internal.TlsFailure;
import io.murmur.node.security.TlsEntrance;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection. Of it the next request is answered when the answer to the former has left, so that answers stay in order and whoever does
 * not read them is not read from. At each moment one time limit runs, and each is counted from where it began, whatever trickles in
 * meanwhile: for the first byte of a request, for the rest of it, for the answer to it, and for a stream's reader to read. On its loop.
 */
final class HttpConnection extends SimpleChannelInboundHandler<HttpObject> {

    private static final Logger LOG = LoggerFactory.getLogger(HttpServer.class);

    /** A body is read so far, that its sender may come to read the answer; more of it cuts it off. */
    private static final int MAX_READ_BYTES = 1 << 20;

    /** Told in the clear to whoever speaks in the clear, around the codec. */
    private static final String NOT_HTTPS =
            "{\"error\": \"this port speaks HTTPS; ./murmur does with --tls-trust FILE\"}\n";

    private final HttpServer server;
    private final Channel channel;

    /** In the order of their requests: the first is being answered, these wait. */
    private final Deque<Runnable> waiting = new ArrayDeque<>();

    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private @Nullable HttpRequest asked;
    private long bodyBytes;
    private State state = State.AWAITED;
    private @Nullable ScheduledFuture<?> limit;
    private @Nullable Streamed stream;

    /** Whether the stream goes to a user. */
    private boolean isUsers;

    private enum State {
        /** For a request to begin. */
        AWAITED,
        /** A request has begun. */
        RECEIVING,
        /** A request is there, and the answer to it has not left yet. */
        ANSWERING,
        /** An answer that goes on has begun; no more is read. */
        STREAMING,
        /** Nothing is obeyed any more; a last answer may be leaving. */
        ENDED
    }

    HttpConnection(HttpServer server, Channel channel) {
        this.server = server;
        this.channel = channel;
    }

    void addTo(ChannelPipeline pipeline) {
        pipeline.addLast(
                new FirstByte(),
                new HttpServerCodec(new HttpDecoderConfig().setMaxInitialLineLength(HttpServer.MAX_LINE_BYTES)),
                this);
    }

    /** Before the codec, that tells of a request only when its head is whole. */
    private final class FirstByte extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object bytes) {
            if (state == State.STREAMING || state == State.ENDED) {
                ReferenceCountUtil.release(bytes);
                return;
            }
            if (state == State.AWAITED) {
                receiving();
            }
            ctx.fireChannelRead(bytes);
        }
    }

    // ---- what state it is in

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        String full = "there are " + server.bounds().connections() + " connections, as many as there may be";
        if (server.opened(this)) {
            awaited();
        } else if (server.access().isSecured()) {
            // Nothing can be said before there is TLS.
            server.refused(channel.remoteAddress(), full);
            close();
        } else {
            refuse(HttpResponseStatus.SERVICE_UNAVAILABLE, full);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        end();
    }

    private void awaited() {
        state = State.AWAITED;
        server.awaits(this);
        limit(server.bounds().idle(), () -> {
            LOG.debug("HTTP: {}: closed, since it asks nothing", channel.remoteAddress());
            close();
        });
    }

    private void receiving() {
        state = State.RECEIVING;
        Duration patience = server.bounds().request();
        limit(
                patience,
                () -> refuse(
                        HttpResponseStatus.REQUEST_TIMEOUT,
                        "no whole request within " + patience.toMillis() + " ms of its first byte"));
    }

    private void limit(Duration patience, Runnable then) {
        noLimit();
        limit = channel.eventLoop().schedule(then, patience.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void noLimit() {
        if (limit != null) {
            limit.cancel(false);
            limit = null;
        }
    }

    private void end() {
        state = State.ENDED;
        waiting.clear();
        noLimit();
        server.closed(this);
        if (stream != null) {
            stream.ended();
        }
    }

    private void close() {
        end();
        channel.close();
    }

    /** For another: this one has let wait longest for a request. */
    void makeRoom() {
        server.refused(channel.remoteAddress(), "closed, to make room: it has not asked anything for longest");
        close();
    }

    /** Ends an answer that goes on if it was a user who asked: a browser asks again, and is looked at anew. */
    void usersChanged() {
        if (isUsers) {
            finish();
        }
    }

    /** Answers, closes, and says so in the log. */
    private void refuse(HttpResponseStatus status, String why) {
        server.refused(channel.remoteAddress(), status.code() + ", " + why);
        end();
        channel.writeAndFlush(whole(Response.error(status, why), false)).addListener(ChannelFutureListener.CLOSE);
        // Who does not read it even so.
        limit(server.bounds().answer(), channel::close);
    }

    // ---- what comes in

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, HttpObject part) {
        if (state == State.ENDED || state == State.STREAMING) {
            return;
        }
        if (part instanceof HttpRequest request) {
            asked = request;
        }
        if (part instanceof HttpContent content) {
            keep(content.content());
        }
        HttpRequest request = asked;
        if (request == null || part.decoderResult().isFailure()) {
            refuseInTurn(part.decoderResult().cause());
        } else if (bodyBytes > MAX_READ_BYTES) {
            refuseInTurn(HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE, "no such long body is wanted here");
        } else if (part instanceof LastHttpContent) {
            byte[] said = body.toByteArray();
            boolean isWhole = bodyBytes == said.length;
            asked = null;
            body.reset();
            bodyBytes = 0;
            inTurn(() -> serve(request, said, isWhole));
        }
    }

    private void refuseInTurn(@Nullable Throwable notDecoded) {
        switch (notDecoded) {
            case TooLongHttpLineException ignored ->
                refuseInTurn(
                        HttpResponseStatus.REQUEST_URI_TOO_LONG,
                        "a first line of more than " + HttpServer.MAX_LINE_BYTES
                                + " bytes, which is enough for any page, and any key's, with each byte as %XX");
            case TooLongHttpHeaderException ignored ->
                refuseInTurn(HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "headers of more than 8 KiB");
            case null, default -> refuseInTurn(HttpResponseStatus.BAD_REQUEST, "this is no HTTP request");
        }
    }

    private void keep(ByteBuf content) {
        bodyBytes += content.readableBytes();
        byte[] bytes = new byte[Math.min(content.readableBytes(), HttpServer.MAX_BODY_BYTES - body.size())];
        content.getBytes(content.readerIndex(), bytes);
        body.writeBytes(bytes);
    }

    private void refuseInTurn(HttpResponseStatus status, String why) {
        inTurn(() -> refuse(status, why));
    }

    /** Whoever does not read answers is soon not read from, or cut off: the codec takes 128 requests at once. */
    private void inTurn(Runnable answer) {
        if (state == State.ANSWERING) {
            waiting.add(answer);
            channel.config().setAutoRead(false);
        } else {
            answering(answer);
        }
    }

    private void answering(Runnable answer) {
        state = State.ANSWERING;
        server.hasAsked(this);
        Duration patience = server.bounds().answer();
        limit(
                patience,
                () -> refuse(
                        HttpResponseStatus.SERVICE_UNAVAILABLE,
                        "this node is too busy to answer within " + patience.toMillis() + " ms"));
        answer.run();
    }

    /** The former answer has left. */
    private void next() {
        if (state != State.ANSWERING) {
            return;
        }
        Runnable answer = waiting.poll();
        if (answer != null) {
            // As a task of its own, since each would run within the former.
            channel.eventLoop().execute(() -> {
                if (state == State.ANSWERING) {
                    answering(answer);
                }
            });
            return;
        }
        awaited();
        if (asked != null) {
            receiving();
        }
        channel.config().setAutoRead(true);
    }

    // ---- what is answered

    private void serve(HttpRequest head, byte[] said, boolean isWhole) {
        OneAnswer answer = new OneAnswer(head);
        try {
            QueryStringDecoder uri = new QueryStringDecoder(head.uri(), StandardCharsets.UTF_8);
            // Each byte becomes a character, so that keys of any bytes can be named.
            String path = new QueryStringDecoder(head.uri(), StandardCharsets.ISO_8859_1).path();
            switch (server.routes().find(head.method(), path)) {
                case Routes.Found.Nowhere nowhere -> answer.with(nowhere.response());
                case Routes.Found.Here here -> serve(here, head, path, uri.parameters(), said, isWhole, answer);
            }
        } catch (IllegalArgumentException e) {
            answer.error(HttpResponseStatus.BAD_REQUEST, "the path is not encoded as one: " + e.getMessage());
        } catch (RuntimeException e) {
            answer.failed(e);
        }
    }

    private void serve(
            Routes.Found.Here here,
            HttpRequest head,
            String path,
            Map<String, List<String>> query,
            byte[] said,
            boolean isWhole,
            OneAnswer answer) {
        Route route = here.route();
        InetSocketAddress remote = (InetSocketAddress) channel.remoteAddress();
        // Nobody who may not ask learns what else is wrong with what is asked.
        server.access()
                .check(
                        route.need(),
                        head.headers(),
                        remote,
                        objection -> onLoop(() -> {
                            // Who has been told that it takes too long, or has left, must not find it done.
                            if (state != State.ANSWERING || answer.isGiven.get()) {
                                return;
                            }
                            if (objection != null) {
                                server.refused(remote, objection.status().code() + " to " + route.described());
                                answer.with(objection);
                                return;
                            }
                            try {
                                if (!isWhole) {
                                    throw new Refusal(
                                            HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE,
                                            "at most " + HttpServer.MAX_BODY_BYTES + " bytes are wanted here");
                                }
                                Map<String, String> parameters = parameters(route, query);
                                route.page()
                                        .serve(
                                                new Request(
                                                        head.method(),
                                                        path,
                                                        here.variables(),
                                                        parameters,
                                                        head.headers(),
                                                        said,
                                                        remote),
                                                answer);
                            } catch (Refusal e) {
                                answer.with(e.response());
                            } catch (RuntimeException e) {
                                answer.failed(e);
                            }
                        }));
    }

    private static Map<String, String> parameters(Route route, Map<String, List<String>> query) throws Refusal {
        Map<String, String> parameters = new HashMap<>();
        for (Map.Entry<String, List<String>> one : query.entrySet()) {
            if (!route.parameters().contains(one.getKey())) {
                throw Refusal.wrong("there is no parameter '" + one.getKey() + "' here; "
                        + (route.parameters().isEmpty() ? "this page takes none" : "there is " + route.described()));
            }
            if (one.getValue().size() > 1) {
                throw Refusal.wrong("'" + one.getKey() + "' is there more than once");
            }
            parameters.put(one.getKey(), one.getValue().get(0));
        }
        return parameters;
    }

    private final class OneAnswer implements Answer {

        private final HttpRequest head;
        private final AtomicBoolean isGiven = new AtomicBoolean();

        OneAnswer(HttpRequest head) {
            this.head = head;
        }

        @Override
        public void with(Response response) {
            if (isGiven.compareAndSet(false, true)) {
                onLoop(() -> send(response, HttpUtil.isKeepAlive(head)));
            }
        }

        @Override
        public AnswerStream stream(String contentType) {
            Streamed begun = new Streamed();
            if (isGiven.compareAndSet(false, true)) {
                onLoop(() -> begin(begun, head, contentType));
            } else {
                begun.ended();
            }
            return begun;
        }

        @Override
        public void when(CompletableFuture<Response> response) {
            response.whenComplete((whole, failure) -> {
                if (failure == null) {
                    with(whole);
                } else {
                    failed(failure);
                }
            });
        }

        void failed(Throwable failure) {
            LOG.error("HTTP: {} {} failed unexpectedly", head.method(), head.uri(), failure);
            error(HttpResponseStatus.INTERNAL_SERVER_ERROR, "this went wrong here, see the log: " + failure);
        }
    }

    private void onLoop(Runnable task) {
        if (channel.eventLoop().inEventLoop()) {
            task.run();
        } else {
            channel.eventLoop().execute(task);
        }
    }

    private void send(Response response, boolean keepAlive) {
        if (state != State.ANSWERING) {
            return;
        }
        limit(server.bounds().answer(), () -> {
            server.refused(channel.remoteAddress(), "closed: it does not read its answer");
            close();
        });
        channel.writeAndFlush(whole(response, keepAlive)).addListener(written -> {
            if (keepAlive && written.isSuccess()) {
                next();
            } else {
                close();
            }
        });
    }

    private static FullHttpResponse whole(Response response, boolean keepAlive) {
        FullHttpResponse whole = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1, response.status(), Unpooled.wrappedBuffer(response.body()));
        describe(whole.headers(), response.contentType());
        response.headers().forEach(whole.headers()::set);
        HttpUtil.setContentLength(whole, response.body().length);
        HttpUtil.setKeepAlive(whole, keepAlive);
        return whole;
    }

    private static void describe(HttpHeaders headers, String contentType) {
        headers.set(HttpHeaderNames.CONTENT_TYPE, contentType);
        headers.set(HttpHeaderNames.CACHE_CONTROL, "no-store");
        headers.set("x-content-type-options", "nosniff");
    }

    // ---- an answer that goes on

    private void begin(Streamed begun, HttpRequest head, String contentType) {
        if (state != State.ANSWERING) {
            begun.ended();
            return;
        }
        if (!server.streamOpened()) {
            begun.ended();
            refuse(
                    HttpResponseStatus.SERVICE_UNAVAILABLE,
                    "there are " + server.bounds().streams() + " answers that go on, as many as there may be");
            return;
        }
        begun.closed.thenRun(server::streamClosed);
        state = State.STREAMING;
        noLimit();
        waiting.clear();
        stream = begun;
        isUsers = server.access().isUser(head.headers());
        channel.config().setAutoRead(true);
        HttpResponse response = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
        describe(response.headers(), contentType);
        boolean isOld = head.protocolVersion().equals(HttpVersion.HTTP_1_0);
        HttpUtil.setTransferEncodingChunked(response, !isOld);
        HttpUtil.setKeepAlive(response, false);
        channel.writeAndFlush(response);
        if (head.method().equals(HttpMethod.HEAD)) {
            finish();
        }
    }

    /** What was sent leaves, then the connection ends. */
    private void finish() {
        if (state == State.STREAMING) {
            end();
            channel.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT).addListener(ChannelFutureListener.CLOSE);
            limit(server.bounds().answer(), channel::close);
        }
    }

    private void drop(String why) {
        if (state == State.STREAMING) {
            server.refused(channel.remoteAddress(), "dropped: " + why);
            close();
        }
    }

    private final class Streamed implements AnswerStream {

        final CompletableFuture<@Nullable Void> closed = new CompletableFuture<>();
        private final AtomicLong unread = new AtomicLong();

        @Override
        public void send(String text) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            long waits = unread.addAndGet(bytes.length);
            if (!isOpen()) {
                return;
            }
            if (waits > server.bounds().unreadBytes()) {
                onLoop(() -> drop("it does not read: " + waits + " bytes wait for it"));
            } else {
                onLoop(() -> write(bytes));
            }
        }

        private void write(byte[] bytes) {
            if (state != State.STREAMING) {
                return;
            }
            if (limit == null) {
                mindTheReader();
            }
            channel.writeAndFlush(new DefaultHttpContent(Unpooled.wrappedBuffer(bytes)))
                    .addListener(written -> {
                        long left = unread.addAndGet(-bytes.length);
                        if (state == State.STREAMING) {
                            noLimit();
                            if (left > 0) {
                                mindTheReader();
                            }
                        }
                    });
        }

        /** Whom little is sent is dropped as well, some time after it has ceased to read. */
        private void mindTheReader() {
            limit(server.bounds().answer(), () -> drop("it does not read"));
        }

        @Override
        public void onClose(Runnable then) {
            closed.thenRun(then);
        }

        @Override
        public boolean isOpen() {
            return !closed.isDone();
        }

        @Override
        public void close() {
            onLoop(HttpConnection.this::finish);
        }

        void ended() {
            closed.complete(null);
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (TlsEntrance.PLAIN_TEXT.equals(event)) {
            server.refused(channel.remoteAddress(), "this port speaks HTTPS, and this was no TLS");
            String answer =
                    "HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: "
                            + NOT_HTTPS.length() + "\r\n\r\n" + NOT_HTTPS;
            channel.pipeline()
                    .firstContext()
                    .writeAndFlush(Unpooled.copiedBuffer(answer, StandardCharsets.US_ASCII))
                    .addListener(ChannelFutureListener.CLOSE);
        } else if (event instanceof SslHandshakeCompletionEvent handshake && !handshake.isSuccess()) {
            failed(TlsFailure.ofHandshake(handshake.cause()));
        }
    }

    private void failed(TlsFailure tls) {
        if (state != State.ENDED) {
            server.refused(channel.remoteAddress(), tls.reason());
            close();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        TlsFailure tls = TlsFailure.of(cause);
        if (tls != null) {
            failed(tls);
            return;
        }
        if (cause instanceof IOException) {
            LOG.debug("HTTP: {}: {}", channel.remoteAddress(), cause.toString());
        } else {
            server.refused(channel.remoteAddress(), "closed: " + cause);
        }
        close();
    }
}
