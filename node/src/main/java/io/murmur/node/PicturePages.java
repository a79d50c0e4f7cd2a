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
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What the picture of the ring is drawn from, as server-sent events at {@code /events}: the ring once, then each second what is new. The node
 * is looked at only while somebody listens. All on the HTTP loop.
 */
final class PicturePages implements Pages {

    static final Duration TICK = Duration.ofSeconds(1);

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
    private @Nullable LoadMeter meter;
    private @Nullable ObjectNode former;

    /** Of the ring told last: there is one ring of each epoch. */
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
        look().thenAcceptAsync(this::tell, loop)
                .whenComplete((ignored, failure) -> loop.schedule(this::tick, tick.toMillis(), TimeUnit.MILLISECONDS));
    }

    private CompletableFuture<PictureFeed.Moment> look() {
        CompletableFuture<Membership.View> view = new CompletableFuture<>();
        node.control().look(view::complete);
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
        String ringEvent = ring == null ? "" : event("ring", feed.ring(ring));
        long epoch = ring == null ? 0 : ring.epoch();
        String news = (epoch == formerEpoch ? "" : ringEvent)
                + event("state", former == null ? state : feed.news(former, state));
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
