package io.murmur.node.admin;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a node says of its cluster at {@code /cluster}.
 *
 * @param epoch of its ring, 0 when it has none
 * @param change the change of the ring under way, null when there is none
 * @param nodes all it knows of
 */
record ClusterPage(
        String cluster, String asked, long epoch, @Nullable Change change, List<Line> nodes, JsonNode whole) {

    /**
     * A change under way.
     *
     * @param what for people
     * @param behind names of the nodes that have yet to catch up
     */
    record Change(String what, List<String> synced, List<String> behind) {}

    /**
     * A node.
     *
     * @param state what the failure detector thinks of it
     * @param role member, joining, leaving, or none
     * @param share of all ownerships, 0 to 1
     * @param done partitions it has caught up with, of {@code toDo}
     */
    record Line(
            String name,
            String id,
            String address,
            String http,
            String state,
            String role,
            String region,
            String zone,
            int weight,
            int partitions,
            double share,
            long loadBytes,
            double phi,
            long epoch,
            boolean votes,
            long done,
            long toDo) {}

    static ClusterPage of(JsonNode page) throws IOException {
        if (!page.has("nodes")) {
            throw new IOException("this is no page about a cluster");
        }
        JsonNode change = page.get("change");
        List<Line> lines = new ArrayList<>();
        for (JsonNode node : page.get("nodes")) {
            lines.add(new Line(
                    node.path("name").asText(),
                    node.path("id").asText(),
                    node.path("address").asText(),
                    node.path("http").asText(),
                    node.path("state").asText(),
                    node.path("role").asText(),
                    node.path("region").asText(),
                    node.path("zone").asText(),
                    node.path("weight").asInt(),
                    node.path("partitions").asInt(),
                    node.path("share").asDouble(),
                    node.path("loadBytes").asLong(),
                    node.path("phi").asDouble(),
                    node.path("epoch").asLong(),
                    node.path("votes").asBoolean(),
                    node.path("catchUp").path("done").asLong(),
                    node.path("catchUp").path("inAll").asLong()));
        }
        return new ClusterPage(
                page.path("cluster").asText(),
                page.path("node").asText(),
                page.path("epoch").asLong(),
                change == null || change.isNull()
                        ? null
                        : new Change(
                                change.path("what").asText(),
                                texts(change.path("synced")),
                                texts(change.path("behind"))),
                lines,
                page);
    }

    private static List<String> texts(JsonNode list) {
        List<String> texts = new ArrayList<>();
        list.forEach(item -> texts.add(item.asText()));
        return texts;
    }
}
