package io.murmur.node;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.murmur.kernel.message.Trace;
import io.murmur.kernel.ring.Ring;
import io.murmur.node.http.Pages;
import io.murmur.node.http.Response;
import io.murmur.node.http.Routes;
import java.util.Comparator;
import java.util.List;

/** What this node coordinates for clients: calls on their way, and the last that were slow. */
final class RequestPages implements Pages {

    /** So many calls are on a page. */
    private static final int MOST = 100;

    private final Node node;

    RequestPages(Node node) {
        this.node = node;
    }

    @Override
    public void addTo(Routes routes) {
        routes.get(
                "/requests",
                (request, answer) -> answer.when(Shard.askEach(node.shards(), Underway::of)
                        .thenApplyAsync(shards -> Response.json(underway(shards)), node.pageThread())));
        routes.get(
                "/requests/slow",
                (request, answer) -> answer.when(Shard.askEach(node.shards(), Slow::of)
                        .thenApplyAsync(shards -> Response.json(slow(shards)), node.pageThread())));
    }

    /** A shard's, made on its loop. */
    private record Underway(int number, List<Trace> oldest) {
        static Underway of(Shard shard) {
            return new Underway(shard.quorum().pendingCalls(), shard.quorum().underway(MOST));
        }
    }

    /** A shard's, made on its loop. */
    private record Slow(long sinceStart, List<Trace> latest) {
        static Slow of(Shard shard) {
            return new Slow(
                    shard.quorum().statistics().slowCalls(), shard.quorum().slow());
        }
    }

    private ObjectNode underway(List<Underway> shards) {
        ObjectNode page = page();
        page.put("underway", shards.stream().mapToInt(Underway::number).sum());
        List<Trace> oldest = shards.stream()
                .flatMap(shard -> shard.oldest().stream())
                .sorted(Comparator.comparingInt(Trace::micros).reversed())
                .limit(MOST)
                .toList();
        write(page.putArray("oldestFirst"), oldest);
        return page;
    }

    private ObjectNode slow(List<Slow> shards) {
        ObjectNode page = page();
        page.put("thresholdMillis", node.configuration().slowRequestThreshold().toMillis());
        page.put("sinceStart", shards.stream().mapToLong(Slow::sinceStart).sum());
        List<Trace> latest = shards.stream()
                .flatMap(shard -> shard.latest().stream())
                .sorted(Comparator.comparingLong(RequestPages::endedAtMillis).reversed())
                .limit(MOST)
                .toList();
        write(page.putArray("latestFirst"), latest);
        return page;
    }

    private static long endedAtMillis(Trace trace) {
        return trace.startedAtMillis() + trace.micros() / 1000;
    }

    private ObjectNode page() {
        return JsonNodeFactory.instance
                .objectNode()
                .put("node", node.configuration().name());
    }

    private void write(ArrayNode lines, List<Trace> traces) {
        Ring ring = node.ringIfFormed();
        traces.forEach(trace -> TraceJson.write(lines.addObject(), trace, ring));
    }
}
