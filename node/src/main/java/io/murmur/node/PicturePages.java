package io.murmur.node;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.murmur.kernel.message.EndpointLoad;
import io.murmur.kernel.ring.Ring;
import io.murmur.node.http.Answer;
import io.murmur.node.http.AnswerStream;
import io.murmur.node.http.Pages;
import io.murmur.node.http.Request;
import io.murmur.node.http.Routes;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the picture of the ring is drawn from, as server-sent events at {@code /events}: the ring once, then each second what is new. The node
 * is looked at only while somebody listens. All on the HTTP loop.
 */
final class PicturePages implements Pages {

    static final Duration TICK = Duration.ofSeconds(1);

    private static final Logger LOG = LoggerFactory.getLogger(PicturePages.class);

    /** So many different failures are told. */
    private static final int MOST_TOLD = 100;

    /** After how long a browser that has lost the node comes back. */
    private static final int RETRY_MILLIS = 1000;

    private final ObjectMapper json = new ObjectMapper();
    private final Node node;
    private final EventLoop loop;
    private final Duration tick;
    private final PictureFeed feed;

    /** Who has been told the former state, and who is to be told all. */
    private final Set<AnswerStream> listeners = new LinkedHashSet<>();

    private final Set<AnswerStream> newcomers = new LinkedHashSet<>();
    /** The failures that are in the log. */
    private final Set<String> told = new HashSet<>();

    private @Nullable LoadMeter meter;
    private @Nullable ObjectNode former;
    private long formerEpoch;

    /**
     * @param loop of the HTTP port
     * @param tick from one look at the node to the next
     */
    PicturePages(Node node, EventLoop loop, Duration tick) {
        this.node = node;
        this.loop = loop;
        this.tick = tick;
        this.feed = new PictureFeed(
                json,
                new ClusterJson(json, node.configuration(), node.self()),
                new UpkeepJson(json, node.self(), node.configuration().name(), node.clock()),
                node.self(),
                node.configuration().caches().keySet());
    }

    @Override
    public void addTo(Routes routes) {
        routes.get("/events", this::listen);
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

    /** Looks at the node, tells what is seen, and does so again after a while, as long as anybody listens. */
    private void tick() {
        if (listeners.isEmpty() && newcomers.isEmpty()) {
            meter = null;
            former = null;
            return;
        }
        CompletableFuture.completedFuture(null)
                .thenCompose(ignored -> look())
                .thenAcceptAsync(this::tell, loop)
                .whenCompleteAsync(
                        (ignored, failure) -> {
                            if (failure != null) {
                                failed(failure);
                            }
                            loop.schedule(this::tick, tick.toMillis(), TimeUnit.MILLISECONDS);
                        },
                        loop);
    }

    /** What goes wrong each second is told once. */
    private void failed(Throwable failure) {
        String what = String.valueOf(failure.getMessage());
        if (told.size() < MOST_TOLD && told.add(what)) {
            LOG.error("the picture cannot be told, and is tried again each second", failure);
        }
    }

    private CompletableFuture<PictureFeed.Moment> look() {
        CompletableFuture<Membership.View> view = node.control().look(seen -> seen);
        return Shard.askEach(node.shards(), PictureFeed.OfShard::of)
                .thenCombine(load(), Parts::new)
                .thenCombine(
                        view,
                        (parts, seen) -> new PictureFeed.Moment(
                                node.clock().wallMillis(), seen, node.notReadyBecause(), parts.load(), parts.shards()));
    }

    private record Parts(
            List<PictureFeed.OfShard> shards, @Nullable EndpointLoad load) {}

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
        long epoch = ring == null ? 0 : ring.epoch();
        boolean ringIsNews = epoch != formerEpoch;
        String ringEvent = ring != null && (ringIsNews || !newcomers.isEmpty()) ? event("ring", feed.ring(ring)) : "";
        String news = (ringIsNews ? ringEvent : "") + event("state", former == null ? state : feed.news(former, state));
        // A stream that is closed meanwhile leaves the set.
        List.copyOf(listeners).forEach(stream -> stream.send(news));
        String all = ringEvent + event("state", state.deepCopy().put("whole", true));
        List<AnswerStream> met = List.copyOf(newcomers);
        newcomers.clear();
        listeners.addAll(met);
        met.forEach(stream -> stream.send(all));
        former = state;
        formerEpoch = epoch;
    }

    private String event(String name, ObjectNode data) {
        // JSON on one line: line ends within texts are escaped in it.
        return "event: " + name + "\ndata: " + data + "\n\n";
    }
}
