package io.murmur.node.admin;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a node says of its cluster at {@code /cluster}.
 *
 * @param epoch of its ring, 0 when it has none
 * @param change the change of the ring under way, null when there is none
 * @param last the change that ended last, null when it has seen none end
 * @param nodes all it knows of
 */
record ClusterPage(
        String cluster,
        String asked,
        long epoch,
        @Nullable Change change,
        @Nullable Ended last,
        List<Line> nodes,
        JsonNode whole) {

    /**
     * A change of the ring.
     *
     * @param what for people
     * @param kind with the subject, tells it from others
     * @param behind names of the nodes that have yet to catch up
     */
    record Change(String what, String kind, String subject, List<String> behind) {

        static Change of(JsonNode page) {
            List<String> behind = new ArrayList<>();
            page.path("behind").forEach(name -> behind.add(name.asText()));
            behind.sort(null);
            return new Change(
                    page.path("what").asText(),
                    page.path("kind").asText(),
                    page.path("subject").asText(),
                    behind);
        }

        boolean isSame(@Nullable Change other) {
            return other != null && other.kind.equals(kind) && other.subject.equals(subject);
        }
    }

    /**
     * A change that is over.
     *
     * @param epoch of the first ring without it
     * @param isDone or given up
     */
    record Ended(Change change, long epoch, boolean isDone) {}

    /**
     * A node.
     *
     * @param state what the failure detector thinks of it, or that it has left, or stopped
     * @param role member, joining, leaving, or none
     * @param share of all ownerships, 0 to 1
     * @param done partitions it has caught up with, of {@code toDo}; what another node says of that is 0 until all are
     * @param lastFailure why a partition was tried again last; empty when none was
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
            long toDo,
            String lastFailure) {

        boolean isHeardOf() {
            return state.equals("alive") || state.equals("suspect") || state.equals("unreachable");
        }
    }

    /** How far the change under way has come: partitions caught up with, on all nodes, of {@link #toDo}. */
    long done() {
        return nodes.stream().mapToLong(Line::done).sum();
    }

    long toDo() {
        return nodes.stream().mapToLong(Line::toDo).sum();
    }

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
                    node.path("catchUp").path("inAll").asLong(),
                    node.path("catchUp").path("lastFailure").asText("")));
        }
        lines.sort(Comparator.comparing(Line::name).thenComparing(Line::id));
        JsonNode last = page.path("lastChange");
        return new ClusterPage(
                page.path("cluster").asText(),
                page.path("node").asText(),
                page.path("epoch").asLong(),
                change == null || change.isNull() ? null : Change.of(change),
                last.isObject()
                        ? new Ended(
                                Change.of(last),
                                last.path("epoch").asLong(),
                                last.path("done").asBoolean())
                        : null,
                lines,
                page);
    }
}
