package io.murmur.node;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.murmur.client.internal.Transport;
import io.murmur.kernel.ring.Member;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.ring.Ring;
import io.murmur.node.config.NodeConfiguration;
import io.netty.bootstrap.ServerBootstrap;
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
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The HTTP port: health, ring and metrics, to be read only. Requests are small; of one connection the next is read when the answer to the
 * former has left, so that answers stay in order and whoever does not read them is not read from; slow clients are cut off.
 */
final class HttpServer {

    private static final Logger LOG = LoggerFactory.getLogger(HttpServer.class);

    /** A body is read and ignored so far, that its sender may come to read the answer; more of it cuts it off. */
    private static final int MAX_IGNORED_BYTES = 1 << 20;

    private static final int IDLE_SECONDS = 30;

    private final NodeConfiguration configuration;
    private final Node node;
    private final Metrics metrics;
    private final ObjectMapper json = new ObjectMapper();
    private @Nullable Channel listening;

    HttpServer(NodeConfiguration configuration, Node node) {
        this.configuration = configuration;
        this.node = node;
        this.metrics = new Metrics(node);
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
        private long ignoredBytes;
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
                ignoredBytes += content.content().readableBytes();
            }
            HttpRequest request = asked;
            if (request == null || part.decoderResult().isFailure()) {
                refuse(ctx, HttpResponseStatus.BAD_REQUEST, "this is no HTTP request");
            } else if (ignoredBytes > MAX_IGNORED_BYTES) {
                refuse(ctx, HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE, "no body is wanted here");
            } else if (part instanceof LastHttpContent) {
                ignoredBytes = 0;
                inTurn(ctx, () -> serve(ctx, request));
            }
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

        private void serve(ChannelHandlerContext ctx, HttpRequest request) {
            boolean keepAlive = HttpUtil.isKeepAlive(request);
            if (!request.method().equals(HttpMethod.GET)) {
                answer(ctx, keepAlive, HttpResponseStatus.METHOD_NOT_ALLOWED, error("only GET is answered here"));
                return;
            }
            switch (new QueryStringDecoder(request.uri()).path()) {
                case "/health/live" -> answer(ctx, keepAlive, HttpResponseStatus.OK, status("live", null));
                case "/health/ready" -> {
                    String reason = node.notReadyBecause();
                    if (reason == null) {
                        answer(ctx, keepAlive, HttpResponseStatus.OK, status("ready", null));
                    } else {
                        answer(ctx, keepAlive, HttpResponseStatus.SERVICE_UNAVAILABLE, status("not ready", reason));
                    }
                }
                case "/ring" -> ring(ctx, keepAlive);
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
                            error("no such page; there are /health/live, /health/ready, /ring and /metrics"));
            }
        }

        private void ring(ChannelHandlerContext ctx, boolean keepAlive) {
            Ring ring = node.ringIfFormed();
            if (ring == null) {
                answer(ctx, keepAlive, HttpResponseStatus.SERVICE_UNAVAILABLE, error("there is no ring yet"));
            } else {
                answer(ctx, keepAlive, HttpResponseStatus.OK, describe(ring));
            }
        }

        private void answer(ChannelHandlerContext ctx, boolean keepAlive, HttpResponseStatus status, ObjectNode body) {
            String text;
            try {
                text = json.writerWithDefaultPrettyPrinter().writeValueAsString(body) + "\n";
            } catch (JsonProcessingException e) {
                throw new IllegalStateException("a tree that is no JSON", e);
            }
            answer(ctx, keepAlive, status, "application/json", text);
        }

        private void answer(
                ChannelHandlerContext ctx, boolean keepAlive, HttpResponseStatus status, String type, String text) {
            FullHttpResponse response = new DefaultFullHttpResponse(
                    HttpVersion.HTTP_1_1, status, Unpooled.copiedBuffer(text, StandardCharsets.UTF_8));
            response.headers().set(HttpHeaderNames.CONTENT_TYPE, type);
            HttpUtil.setContentLength(response, response.content().readableBytes());
            HttpUtil.setKeepAlive(response, keepAlive);
            if (status.equals(HttpResponseStatus.METHOD_NOT_ALLOWED)) {
                response.headers().set(HttpHeaderNames.ALLOW, HttpMethod.GET);
            }
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

    private ObjectNode status(String status, @Nullable String reason) {
        ObjectNode body = json.createObjectNode();
        body.put("status", status);
        body.put("node", configuration.name());
        if (reason != null) {
            body.put("reason", reason);
        }
        return body;
    }

    private ObjectNode error(String message) {
        return json.createObjectNode().put("error", message);
    }

    private ObjectNode describe(Ring ring) {
        ObjectNode body = json.createObjectNode();
        body.put("epoch", ring.epoch());
        body.put("partitions", ring.partitions());
        body.put("replicas", ring.replicas());
        Map<NodeId, Integer> owned = new HashMap<>();
        ArrayNode owners = json.createArrayNode();
        for (int partition = 0; partition < ring.partitions(); partition++) {
            ArrayNode names = owners.addArray();
            for (NodeId owner : ring.owners(partition)) {
                owned.merge(owner, 1, Integer::sum);
                Member member = ring.member(owner);
                names.add(member == null ? owner.toString() : member.name());
            }
        }
        ArrayNode members = body.putArray("members");
        for (Member member : ring.members()) {
            members.addObject()
                    .put("id", member.id().toString())
                    .put("name", member.name())
                    .put("address", member.address())
                    .put("region", member.region())
                    .put("zone", member.zone())
                    .put("weight", member.weight())
                    .put("partitions", owned.getOrDefault(member.id(), 0));
        }
        body.set("owners", owners);
        return body;
    }
}
