package io.murmur.node;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.murmur.client.internal.Transport;
import io.murmur.kernel.CacheSettings;
import io.murmur.kernel.Limits;
import io.murmur.kernel.data.Key;
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
import io.netty.handler.codec.http.HttpDecoderConfig;
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
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.IdleStateHandler;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The HTTP port: health, ring, upkeep and metrics to be read, and changes of the ring and repairs to be asked for. Requests are small; of one connection the
 * next is read when the answer to the former has left, so that answers stay in order and whoever does not read them is not read from; slow
 * clients are cut off.
 */
final class HttpServer {

    private static final Logger LOG = LoggerFactory.getLogger(HttpServer.class);

    /** A body is read so far, that its sender may come to read the answer; more of it cuts it off. */
    private static final int MAX_BODY_BYTES = 1 << 20;

    /** A request's first line has room for the longest key, each byte of it as %XX, and for what else is in it. */
    static final int MAX_LINE_BYTES = 3 * Limits.KEY_CEILING_BYTES + (4 << 10);

    /** What a request may say, such as the numbers of all partitions that there can be; the rest of its body is ignored. */
    private static final int MAX_KEPT_BYTES = 128 << 10;

    private static final int IDLE_SECONDS = 30;

    private static final String PARTITIONS = "/partitions/";
    private static final String KEYS = "/keys/";
    private static final String REPAIRS = "/repairs/";

    /** So short that it can be parsed. */
    private static final String NUMBER = "[0-9]{1,15}";

    private final NodeConfiguration configuration;
    private final Node node;
    private final Metrics metrics;
    private final ObjectMapper json = new ObjectMapper();
    private final ClusterPages pages;
    private final UpkeepPages upkeep;
    private final DigestsPage digests;
    private final Repairs repairs;
    private @Nullable Channel listening;

    HttpServer(NodeConfiguration configuration, Node node) {
        this.configuration = configuration;
        this.node = node;
        this.metrics = new Metrics(node);
        this.pages = new ClusterPages(json, configuration, node.self());
        this.upkeep = new UpkeepPages(json, node.self(), configuration.name(), node.clock());
        int leastReplicas = configuration.caches().values().stream()
                .mapToInt(CacheSettings::replicas)
                .min()
                .orElse(1);
        this.digests = new DigestsPage(node);
        this.repairs = new Repairs(node.self(), leastReplicas, node.shards());
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
                                .addLast(new HttpServerCodec(
                                        new HttpDecoderConfig().setMaxInitialLineLength(MAX_LINE_BYTES)))
                                .addLast(new Handler());
                    }
                });
        listening = Server.bind(bootstrap, configuration.httpHost(), configuration.httpPort(), "http.port");
    }

    int port() {
        return listening == null ? 0 : ((InetSocketAddress) listening.localAddress()).getPort();
    }

    /** Takes an answer, once, from any thread. */
    private interface Answer {
        void with(HttpResponseStatus status, ObjectNode body);
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
                refuse(ctx, part.decoderResult().cause());
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

        private void refuse(ChannelHandlerContext ctx, @Nullable Throwable notDecoded) {
            switch (notDecoded) {
                case TooLongHttpLineException ignored ->
                    refuse(
                            ctx,
                            HttpResponseStatus.REQUEST_URI_TOO_LONG,
                            "a first line of more than " + MAX_LINE_BYTES
                                    + " bytes, which is enough for any page, and any key's, with each byte as %XX");
                case TooLongHttpHeaderException ignored ->
                    refuse(ctx, HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "headers of more than 8 KiB");
                case null, default -> refuse(ctx, HttpResponseStatus.BAD_REQUEST, "this is no HTTP request");
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

        private void serve(ChannelHandlerContext ctx, HttpRequest request, String said) {
            boolean keepAlive = HttpUtil.isKeepAlive(request);
            String path;
            try {
                // Each byte becomes a character, so that keys of any bytes can be named.
                path = new QueryStringDecoder(request.uri(), StandardCharsets.ISO_8859_1).path();
            } catch (IllegalArgumentException e) {
                answer(
                        ctx,
                        keepAlive,
                        HttpResponseStatus.BAD_REQUEST,
                        error("the path is not encoded as one: " + e.getMessage()));
                return;
            }
            boolean isPosted = path.equals("/ring/changes") || path.equals("/repairs");
            HttpMethod method = isPosted ? HttpMethod.POST : HttpMethod.GET;
            if (!request.method().equals(method)) {
                refuseMethod(ctx, keepAlive, method);
                return;
            }
            Answer answer = (status, body) -> ctx.executor().execute(() -> answer(ctx, keepAlive, status, body));
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
                case "/ring/changes" -> change(ctx, keepAlive, request, said);
                case "/repairs" -> beginRepair(request, said, answer);
                case "/hints" ->
                    Shard.askEach(node.shards(), UpkeepPages.HintsOfShard::of)
                            .thenAccept(shards ->
                                    answer.with(HttpResponseStatus.OK, upkeep.hints(node.ringIfFormed(), shards)));
                case "/anti-entropy" ->
                    Shard.askEach(node.shards(), UpkeepPages.SyncOfShard::of)
                            .thenAccept(shards -> answer.with(HttpResponseStatus.OK, upkeep.antiEntropy(shards)));
                case "/anti-entropy/digests" -> {
                    Ring ring = ring(answer);
                    if (ring != null) {
                        digests.page(ring).thenAccept(body -> answer.with(HttpResponseStatus.OK, body));
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
                default -> aboutOne(path, answer);
            }
        }

        /** A path that names something. */
        private void aboutOne(String path, Answer answer) {
            if (path.startsWith(PARTITIONS)) {
                partition(path.substring(PARTITIONS.length()), answer);
            } else if (path.startsWith(KEYS)) {
                key(path.substring(KEYS.length()), answer);
            } else if (path.startsWith(REPAIRS)) {
                String id = path.substring(REPAIRS.length());
                Repairs.Repair repair = id.matches(NUMBER) ? repairs.repair(Long.parseLong(id)) : null;
                if (repair == null) {
                    answer.with(
                            HttpResponseStatus.NOT_FOUND,
                            error("no repair '" + id
                                    + "' has been asked for since this node started, or it is long over"));
                } else {
                    answer.with(HttpResponseStatus.OK, upkeep.repair(repair));
                }
            } else {
                answer.with(
                        HttpResponseStatus.NOT_FOUND,
                        error("no such page; there are /health/live, /health/ready, /ring, /cluster, /gossip, /hints,"
                                + " /anti-entropy, /anti-entropy/digests, /partitions/{p}, /keys/{cache}/{key}, /repairs/{id} and /metrics, and"
                                + " POST /ring/changes and /repairs"));
            }
        }

        /** This node's ring, or null when that has been answered. */
        private @Nullable Ring ring(Answer answer) {
            Ring ring = node.ringIfFormed();
            if (ring == null) {
                answer.with(HttpResponseStatus.SERVICE_UNAVAILABLE, error("there is no ring yet"));
            }
            return ring;
        }

        private void partition(String text, Answer answer) {
            Ring ring = ring(answer);
            if (ring == null) {
                return;
            }
            int partition = text.matches(NUMBER) ? (int) Math.min(Long.parseLong(text), Integer.MAX_VALUE) : -1;
            if (partition < 0 || partition >= ring.partitions()) {
                answer.with(HttpResponseStatus.NOT_FOUND, error(RepairRequest.noPartition(text, ring)));
                return;
            }
            Shard shard = node.shards().get(partition % node.shards().size());
            node.control()
                    .look(view -> shard.loop.execute(() -> {
                        Ring seen = view.ring() == null ? ring : view.ring();
                        UpkeepPages.PartitionHere here =
                                UpkeepPages.PartitionHere.of(shard, node.store(), seen, partition);
                        answer.with(
                                HttpResponseStatus.OK,
                                upkeep.partition(seen, view.endpoints(), partition, shard.index, here));
                    }));
        }

        /** @param text the cache's name and the key, as it comes: bytes as characters */
        private void key(String text, Answer answer) {
            int slash = text.indexOf('/');
            if (slash < 0) {
                answer.with(HttpResponseStatus.NOT_FOUND, error("which key? Ask as /keys/{cache}/{key}"));
                return;
            }
            String cache = text.substring(0, slash);
            CacheSettings settings = configuration.caches().get(cache);
            if (settings == null) {
                answer.with(
                        HttpResponseStatus.NOT_FOUND,
                        error(RepairRequest.unknownCache(
                                cache, configuration.caches().keySet())));
                return;
            }
            byte[] bytes = text.substring(slash + 1).getBytes(StandardCharsets.ISO_8859_1);
            if (bytes.length > Limits.KEY_CEILING_BYTES) {
                answer.with(
                        HttpResponseStatus.BAD_REQUEST,
                        error("a key of " + bytes.length + " bytes; none has more than " + Limits.KEY_CEILING_BYTES));
                return;
            }
            if (ring(answer) == null) {
                return;
            }
            Key key = new Key(cache, bytes);
            Shard shard = node.shards().get(node.shardOfSlot(key.slot()));
            shard.loop.execute(() -> shard.copies().ask(key, settings.replicas(), seen -> {
                long horizon = node.store().horizons(shard.index).of(key.slot());
                answer.with(HttpResponseStatus.OK, upkeep.key(key, seen, horizon));
            }));
        }

        /**
         * From any machine that reaches this port, since a repair is led by one owner and asked for from another: it changes nothing that
         * would not be mended in time, and only some are under way at once. But not from a page in a browser.
         */
        private void beginRepair(HttpRequest request, String said, Answer answer) {
            if (!isDeclaredAsJson(request)) {
                answer.with(
                        HttpResponseStatus.UNSUPPORTED_MEDIA_TYPE,
                        error("a repair is asked for in JSON, with Content-Type: application/json"));
                return;
            }
            Ring ring = ring(answer);
            if (ring == null) {
                return;
            }
            Collection<Integer> partitions;
            try {
                partitions = RepairRequest.read(
                        said, ring, node.self(), configuration.caches().keySet());
            } catch (RepairRequest.Wrong e) {
                answer.with(HttpResponseStatus.BAD_REQUEST, error(e.getMessage()));
                return;
            }
            Repairs.Repair repair = repairs.begin(partitions, ring);
            if (repair == null) {
                answer.with(
                        HttpResponseStatus.TOO_MANY_REQUESTS,
                        error(Repairs.MOST_UNDER_WAY + " repairs led by this node are under way; wait for one to end"));
            } else {
                answer.with(HttpResponseStatus.ACCEPTED, upkeep.repair(repair));
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
            if (!isLocal) {
                answer(
                        ctx,
                        keepAlive,
                        HttpResponseStatus.FORBIDDEN,
                        error("the ring is changed from the node's own machine only"));
            } else if (!isDeclaredAsJson(request)) {
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

        private static boolean isDeclaredAsJson(HttpRequest request) {
            return request.headers().get(HttpHeaderNames.CONTENT_TYPE, "").startsWith("application/json");
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
