package io.murmur.node;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.murmur.node.http.Pages;
import io.murmur.node.http.Response;
import io.murmur.node.http.Routes;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;

/** Who is connected. */
final class ConnectionPages implements Pages {

    private final Node node;

    ConnectionPages(Node node) {
        this.node = node;
    }

    /** The links of a loop to the other nodes; a shard's, or those of gossip and the ring. */
    private record LinksOf(String loop, List<OpenConnection> links) {}

    @Override
    public void addTo(Routes routes) {
        routes.get(
                "/connections", (request, answer) -> answer.when(connections().thenApply(Response::json)));
    }

    private CompletableFuture<ObjectNode> connections() {
        CompletableFuture<List<OpenConnection>> accepted = node.server().seen();
        CompletableFuture<List<LinksOf>> shards =
                Shard.askEach(node.shards(), shard -> new LinksOf("shard " + shard.index, shard.links.seen()));
        CompletableFuture<LinksOf> control = node.control().links().thenApply(links -> new LinksOf("control", links));
        return CompletableFuture.allOf(accepted, shards, control)
                .thenApplyAsync(ignored -> page(accepted.join(), control.join(), shards.join()), node.pageThread());
    }

    private ObjectNode page(List<OpenConnection> accepted, LinksOf control, List<LinksOf> shards) {
        ObjectNode page = JsonNodeFactory.instance.objectNode();
        page.put("node", node.configuration().name());
        ArrayNode lines = page.putArray("accepted");
        for (OpenConnection connection : accepted) {
            describe(lines.addObject(), connection).put("inFlight", connection.inFlight());
        }
        ArrayNode opened = page.putArray("opened");
        links(opened, control);
        shards.forEach(shard -> links(opened, shard));
        page.putObject("http")
                .put("connections", node.http().connections())
                .put("streams", node.http().streams());
        return page;
    }

    private static void links(ArrayNode lines, LinksOf links) {
        for (OpenConnection link : links.links()) {
            describe(lines.addObject().put("of", links.loop()), link);
        }
    }

    private static ObjectNode describe(ObjectNode line, OpenConnection connection) {
        return line.put(
                        "kind",
                        connection.kind().name().toLowerCase(Locale.ROOT).replace('_', ' '))
                .put("name", connection.name())
                .put("address", connection.address())
                .put("sinceSeconds", connection.sinceMillis() / 1e3)
                .put("waitingBytes", connection.waitingBytes())
                .put("taking", connection.isTaking());
    }
}
