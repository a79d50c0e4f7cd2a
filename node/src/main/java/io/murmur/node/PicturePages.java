package io.murmur.node;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.murmur.kernel.message.EndpointLoad;
import io.murmur.kernel.ring.Ring;
import io.murmur.node.http.Answer;
import io.murmur.node.http.AnswerStream;
import io.murmur.node.http.Pages;
import io.murmur.node.http.Request;
import io.murmur.node.http.Response;
import io.murmur.node.http.Routes;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Objects;
import java.util.zip.CRC32C;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The live picture of the ring: its files, and at {@code /events} what it is drawn from, as server-sent events. The node is looked at only
 * while somebody listens. All on the HTTP loop.
 */
final class PicturePages implements Pages {

    private static final long TICK_MILLIS = 1000;

    /** After how long a browser that has lost the node comes back. */
    private static final int RETRY_MILLIS = 1000;

    /** Nothing comes from elsewhere, and nothing that is only text can become more. */
    private static final String POLICY =
            "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    private static final Map<String, String> FILES = Map.of(
            "style.css", "text/css; charset=utf-8",
            "picture.js", "text/javascript; charset=utf-8",
            "icon.svg", "image/svg+xml");

    private final ObjectMapper json = new ObjectMapper();
    private final Node node;
    private final EventLoop loop;
    private final PictureFeed feed;

    /** Who has been told the former state, and who is to be told all. */
    private final Set<AnswerStream> listeners = new LinkedHashSet<>();

    private final Set<AnswerStream> newcomers = new LinkedHashSet<>();
    private @Nullable LoadMeter meter;
    private @Nullable ObjectNode former;
    private @Nullable Ring formerRing;

    /** @param loop of the HTTP port */
    PicturePages(Node node, EventLoop loop) {
        this.node = node;
        this.loop = loop;
        this.feed = new PictureFeed(
                json,
                new ClusterJson(json, node.configuration(), node.self()),
                new UpkeepJson(json, node.self(), node.configuration().name(), node.clock()),
                node.self(),
                node.configuration().caches().keySet());
    }

    @Override
    public void addTo(Routes routes) {
        File page = File.read("index.html", "text/html; charset=utf-8");
        routes.get("/", page::serve);
        FILES.forEach((name, type) -> routes.get("/static/" + name, File.read(name, type)::serve));
        routes.get("/events", this::listen);
    }

    /** A file of the page, as it is in the jar. */
    private record File(Response whole, String tag) {

        static File read(String name, String type) {
            try (InputStream in = PicturePages.class.getResourceAsStream("picture/" + name)) {
                byte[] bytes = Objects.requireNonNull(in, name).readAllBytes();
                CRC32C checksum = new CRC32C();
                checksum.update(bytes);
                String tag = String.format(Locale.ROOT, "\"%x-%08x\"", bytes.length, checksum.getValue());
                return new File(described(Response.bytes(type, bytes), tag), tag);
            } catch (IOException e) {
                throw new UncheckedIOException("the jar is damaged", e);
            }
        }

        private static Response described(Response response, String tag) {
            return response.with("etag", tag)
                    .with("cache-control", "no-cache")
                    .with("content-security-policy", POLICY)
                    .with("referrer-policy", "no-referrer");
        }

        void serve(Request request, Answer answer) {
            boolean isKnown = tag.equals(request.headers().get(HttpHeaderNames.IF_NONE_MATCH));
            answer.with(
                    isKnown
                            ? new Response(
                                    HttpResponseStatus.NOT_MODIFIED, whole.contentType(), new byte[0], whole.headers())
                            : whole);
        }
    }

    private void listen(Request request, Answer answer) {
        AnswerStream stream = answer.stream("text/event-stream");
        stream.send("retry: " + RETRY_MILLIS + "\n\n");
        boolean isFirst = listeners.isEmpty() && newcomers.isEmpty();
        newcomers.add(stream);
        stream.onClose(() -> {
            listeners.remove(stream);
            newcomers.remove(stream);
        });
        if (isFirst && meter == null) {
            tick();
        }
    }

    /** Looks at the node, tells what is seen, and does so again a second later while anybody listens. */
    private void tick() {
        if (listeners.isEmpty() && newcomers.isEmpty()) {
            meter = null;
            former = null;
            return;
        }
        look().thenAcceptAsync(this::tell, loop)
                .whenComplete((ignored, failure) -> loop.schedule(this::tick, TICK_MILLIS, TimeUnit.MILLISECONDS));
    }

    private CompletableFuture<PictureFeed.Moment> look() {
        CompletableFuture<Membership.View> view = new CompletableFuture<>();
        node.control().look(view::complete);
        return Shard.askEach(node.shards(), PictureFeed.OfShard::of)
                .thenCombine(load(), Parts::new)
                .thenCombine(
                        view,
                        (parts, seen) -> new PictureFeed.Moment(
                                node.clock().wallMillis(),
                                seen,
                                node.notReadyBecause(),
                                parts.load(),
                                parts.shards()));
    }

    private record Parts(List<PictureFeed.OfShard> shards, @Nullable EndpointLoad load) {}

    /** Of the first second nothing is known. */
    private CompletableFuture<@Nullable EndpointLoad> load() {
        LoadMeter used = meter;
        if (used != null) {
            return used.measure().thenApply(load -> load);
        }
        LoadMeter first = node.loadMeter();
        meter = first;
        return first.measure().thenApply(ignored -> null);
    }

    private void tell(PictureFeed.Moment moment) {
        Ring ring = moment.view().ring();
        ObjectNode state = feed.state(moment);
        String ringEvent = ring == null ? "" : event("ring", feed.ring(ring));
        String news = (ring == formerRing ? "" : ringEvent)
                + event("state", former == null ? state : feed.news(former, state));
        // A stream that is closed meanwhile leaves the set.
        List.copyOf(listeners).forEach(stream -> stream.send(news));
        String all = ringEvent + event("state", state.deepCopy().put("whole", true));
        List<AnswerStream> met = List.copyOf(newcomers);
        newcomers.clear();
        listeners.addAll(met);
        met.forEach(stream -> stream.send(all));
        former = state;
        formerRing = ring;
    }

    private String event(String name, ObjectNode data) {
        // JSON on one line: line ends within texts are escaped in it.
        return "event: " + name + "\ndata: " + data + "\n\n";
    }
}
