package io.murmur.node;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.murmur.client.internal.Transport;
import io.murmur.kernel.ring.Ring;
import io.murmur.kernel.ring.RingChange;
import io.murmur.node.config.NodeConfiguration;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.IdleStateHandler;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The HTTP port: health, ring and metrics to be read, and changes of the ring to be asked for. Requests are small; of one connection the
 * next is read when the answer to the former has left, so that answers stay in order and whoever does not read them is not read from; slow
 * clients are cut off.
 */
final class HttpServer {

    private static final Logger LOG = LoggerFactory.getLogger(HttpServer.class);

    /** A body is read so far, that its sender may come to read the answer; more of it cuts it off. */
    private static final int MAX_BODY_BYTES = 1 << 20;

    /** What a request may say; the rest of its body is ignored. */
    private static final int MAX_KEPT_BYTES = 16 << 10;

    private static final int IDLE_SECONDS = 30;

    private final NodeConfiguration configuration;
    private final Node node;
    private final Metrics metrics;
    private final ObjectMapper json = new ObjectMapper();
    private final ClusterPages pages;
    private @Nullable Channel listening;

    HttpServer(NodeConfiguration configuration, Node node) {
        this.configuration = configuration;
        this.node = node;
        this.metrics = new Metrics(node);
        this.pages = new ClusterPages(json, configuration, node.self());
    }

    void listen(EventLoopGroup group) throws IOException {
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(group)
                .channel(Transport.serverChannel())
                .option(ChannelOption.SO_REUSEADDR, true)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline()
                                .addLast(new IdleStateHandler(0, 0, IDLE_SECONDS))
                                .addLast(new HttpServerCodec())
                                .addLast(new Handler());
                    }
                });
        listening = Server.bind(bootstrap, configuration.httpHost(), configuration.httpPort(), "http.port");
    }

    int port() {
        return listening == null ? 0 : ((InetSocketAddress) listening.localAddress()).getPort();
    }

    private final class Handler extends SimpleChannelInboundHandler<HttpObject> {

        /** Answers in the order of their requests: the first is being written, these wait. */
        private final Deque<Runnable> waiting = new ArrayDeque<>();

        private @Nullable HttpRequest asked;
        private final ByteArrayOutputStream body = new ByteArrayOutputStream();
        private long bodyBytes;
        private boolean isAnswering;
        private boolean isRefused;

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (event instanceof IdleStateEvent) {
                ctx.close();
            }
        }

        @Override
        protected void channelRead0(ChannelHandlerContext ctx, HttpObject part) {
            if (isRefused) {
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
                refuse(ctx, HttpResponseStatus.BAD_REQUEST, "this is no HTTP request");
            } else if (bodyBytes > MAX_BODY_BYTES) {
                refuse(ctx, HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE, "no such long body is wanted here");
            } else if (part instanceof LastHttpContent) {
                String said = body.toString(StandardCharsets.UTF_8);
                body.reset();
                bodyBytes = 0;
                inTurn(ctx, () -> serve(ctx, request, said));
            }
        }

        private void keep(ByteBuf content) {
            bodyBytes += content.readableBytes();
            byte[] bytes = new byte[Math.min(content.readableBytes(), MAX_KEPT_BYTES - body.size())];
            content.getBytes(content.readerIndex(), bytes);
            body.writeBytes(bytes);
        }

        private void refuse(ChannelHandlerContext ctx, HttpResponseStatus status, String why) {
            isRefused = true;
            inTurn(ctx, () -> answer(ctx, false, status, error(why)));
        }

        /** Whoever does not read answers is soon not read from, or cut off: the codec takes 128 requests at once. */
        private void inTurn(ChannelHandlerContext ctx, Runnable answer) {
            if (isAnswering) {
                waiting.add(answer);
                ctx.channel().config().setAutoRead(false);
            } else {
                isAnswering = true;
                answer.run();
            }
        }

        private void next(ChannelHandlerContext ctx) {
            Runnable answer = waiting.poll();
            if (answer != null) {
                // As a task of its own, since each would run within the former.
                ctx.executor().execute(answer);
            } else {
                isAnswering = false;
                ctx.channel().config().setAutoRead(true);
            }
        }

        private void serve(ChannelHandlerContext ctx, HttpRequest request, String said) {
            boolean keepAlive = HttpUtil.isKeepAlive(request);
            String path = new QueryStringDecoder(request.uri()).path();
            boolean isChange = path.equals("/ring/changes");
            HttpMethod method = isChange ? HttpMethod.POST : HttpMethod.GET;
            if (!request.method().equals(method)) {
                refuseMethod(ctx, keepAlive, method);
                return;
            }
            if (isChange) {
                change(ctx, keepAlive, request, said);
                return;
            }
            switch (path) {
                case "/health/live" -> answer(ctx, keepAlive, HttpResponseStatus.OK, status("live", null));
                case "/health/ready" -> {
                    String reason = node.notReadyBecause();
                    if (reason == null) {
                        answer(ctx, keepAlive, HttpResponseStatus.OK, status("ready", null));
                    } else {
                        answer(ctx, keepAlive, HttpResponseStatus.SERVICE_UNAVAILABLE, status("not ready", reason));
                    }
                }
                case "/ring" -> {
                    Ring ring = node.ringIfFormed();
                    if (ring == null) {
                        answer(ctx, keepAlive, HttpResponseStatus.SERVICE_UNAVAILABLE, error("there is no ring yet"));
                    } else {
                        answer(ctx, keepAlive, HttpResponseStatus.OK, pages.ring(ring));
                    }
                }
                case "/cluster" -> look(ctx, keepAlive, pages::cluster);
                case "/gossip" -> look(ctx, keepAlive, view -> pages.gossip(view.endpoints()));
                case "/metrics" ->
                    metrics.write(text -> ctx.executor()
                            .execute(() -> answer(
                                    ctx,
                                    keepAlive,
                                    HttpResponseStatus.OK,
                                    "text/plain; version=0.0.4; charset=utf-8",
                                    text)));
                default ->
                    answer(
                            ctx,
                            keepAlive,
                            HttpResponseStatus.NOT_FOUND,
                            error("no such page; there are /health/live, /health/ready, /ring, /cluster, /gossip and"
                                    + " /metrics, and POST /ring/changes"));
            }
        }

        /** What the control loop knows is read there. */
        private void look(ChannelHandlerContext ctx, boolean keepAlive, Function<Membership.View, ObjectNode> page) {
            node.control().look(view -> {
                ObjectNode body = page.apply(view);
                ctx.executor().execute(() -> answer(ctx, keepAlive, HttpResponseStatus.OK, body));
            });
        }

        /**
         * Only from this machine, and not from a page in a browser on it: such a page may post forms anywhere, but JSON only where it is
         * let.
         */
        private void change(ChannelHandlerContext ctx, boolean keepAlive, HttpRequest request, String said) {
            boolean isLocal = ctx.channel().remoteAddress() instanceof InetSocketAddress from
                    && from.getAddress().isLoopbackAddress();
            String type = request.headers().get(HttpHeaderNames.CONTENT_TYPE, "");
            if (!isLocal) {
                answer(
                        ctx,
                        keepAlive,
                        HttpResponseStatus.FORBIDDEN,
                        error("the ring is changed from the node's own machine only"));
            } else if (!type.startsWith("application/json")) {
                answer(
                        ctx,
                        keepAlive,
                        HttpResponseStatus.UNSUPPORTED_MEDIA_TYPE,
                        error("a change is JSON, with Content-Type: application/json"));
            } else {
                node.control()
                        .look(view -> requestChange(
                                view,
                                said,
                                (status, body) -> ctx.executor().execute(() -> answer(ctx, keepAlive, status, body))));
            }
        }

        /** On the control loop. */
        private void requestChange(
                Membership.View view, String said, BiConsumer<HttpResponseStatus, ObjectNode> answer) {
            Ring before = view.ring();
            if (before == null) {
                answer.accept(
                        HttpResponseStatus.SERVICE_UNAVAILABLE,
                        error("this node knows no ring yet; ask a member of the cluster"));
                return;
            }
            RingChange change;
            try {
                change = ChangeRequest.read(said, view, before);
            } catch (ChangeRequest.Wrong e) {
                answer.accept(HttpResponseStatus.BAD_REQUEST, error(e.getMessage()));
                return;
            }
            node.control().change(change, (ring, refusal) -> {
                if (refusal != null) {
                    answer.accept(HttpResponseStatus.CONFLICT, error(refusal));
                } else if (ring != null) {
                    // In the words of the ring that knows whoever goes as well as whoever comes.
                    Ring knowing = ring.member(change.subject()) == null ? before : ring;
                    answer.accept(
                            HttpResponseStatus.ACCEPTED,
                            pages.change(knowing, change).put("epoch", ring.epoch()));
                }
            });
        }

        private void answer(ChannelHandlerContext ctx, boolean keepAlive, HttpResponseStatus status, ObjectNode body) {
            answer(ctx, keepAlive, status, "application/json", text(body));
        }

        private void answer(
                ChannelHandlerContext ctx, boolean keepAlive, HttpResponseStatus status, String type, String text) {
            send(ctx, keepAlive, response(status, type, text));
        }

        private void refuseMethod(ChannelHandlerContext ctx, boolean keepAlive, HttpMethod allowed) {
            FullHttpResponse response = response(
                    HttpResponseStatus.METHOD_NOT_ALLOWED,
                    "application/json",
                    text(error("only " + allowed + " is answered here")));
            response.headers().set(HttpHeaderNames.ALLOW, allowed);
            send(ctx, keepAlive, response);
        }

        private void send(ChannelHandlerContext ctx, boolean keepAlive, FullHttpResponse response) {
            HttpUtil.setKeepAlive(response, keepAlive);
            ctx.writeAndFlush(response).addListener(written -> {
                if (keepAlive && written.isSuccess()) {
                    next(ctx);
                } else {
                    ctx.close();
                }
            });
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            LOG.debug("HTTP: {}", cause.toString());
            ctx.close();
        }
    }

    private static FullHttpResponse response(HttpResponseStatus status, String type, String text) {
        FullHttpResponse response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1, status, Unpooled.copiedBuffer(text, StandardCharsets.UTF_8));
        response.headers().set(HttpHeaderNames.CONTENT_TYPE, type);
        HttpUtil.setContentLength(response, response.content().readableBytes());
        return response;
    }

    private String text(ObjectNode body) {
        try {
            return json.writerWithDefaultPrettyPrinter().writeValueAsString(body) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree that is no JSON", e);
        }
    }

    private ObjectNode status(String status, @Nullable String reason) {
        ObjectNode body = json.createObjectNode();
        body.put("status", status);
        body.put("node", configuration.name());
        if (reason != null) {
            body.put("reason", reason);
        }
        return body;
    }

    private ObjectNode error(@Nullable String message) {
        return json.createObjectNode().put("error", message);
    }
}
