package io.murmur.node.demo;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.Locale;

/** A fourth node is started after a fifth of the requests, and joins the ring while they go on. */
final class Growth {

    private final LocalCluster cluster;
    private final int newcomer;
    private final Report report;
    private final int startAt;
    private long startedNanos;
    private long joinedAfterMillis;
    private String owns = "";
    private Stage stage = Stage.BEFORE;

    private enum Stage {
        BEFORE,
        JOINING,
        JOINED
    }

    Growth(LocalCluster cluster, int newcomer, int requests, Report report) {
        this.cluster = cluster;
        this.newcomer = newcomer;
        this.report = report;
        this.startAt = requests / 5;
    }

    boolean hasJoined() {
        return stage == Stage.JOINED;
    }

    String summary() {
        return String.format(
                Locale.ROOT,
                "node %s joined %,d ms after its process began, and owns %s",
                LocalCluster.name(newcomer),
                joinedAfterMillis,
                owns);
    }

    /** Does what is due after so many requests. */
    void advance(int done) throws IOException, InterruptedException {
        switch (stage) {
            case BEFORE -> {
                if (done >= startAt) {
                    start();
                    report.line("  %,10d requests: node %s is started, to join", done, LocalCluster.name(newcomer));
                }
            }
            case JOINING -> {
                if (isMember()) {
                    report.line("  %,10d requests: %s", done, summary());
                }
            }
            case JOINED -> {}
        }
    }

    /** The replay may end before the node has joined. */
    void awaitEnd() throws IOException, InterruptedException {
        if (stage == Stage.JOINING) {
            cluster.await("node " + LocalCluster.name(newcomer) + " has not joined", this::isMember);
        }
    }

    private void start() throws IOException {
        startedNanos = System.nanoTime();
        cluster.start(newcomer);
        stage = Stage.JOINING;
    }

    private boolean isMember() throws IOException, InterruptedException {
        JsonNode page = cluster.page(newcomer, "/cluster");
        if (page != null && page.path("change").isNull()) {
            for (JsonNode node : page.path("nodes")) {
                if (node.path("name").asText().equals(LocalCluster.name(newcomer))
                        && node.path("role").asText().equals("member")) {
                    joinedAfterMillis = (System.nanoTime() - startedNanos) / 1_000_000;
                    owns = String.format(
                            Locale.ROOT,
                            "%d partitions, %.0f %% of all",
                            node.path("partitions").asInt(),
                            node.path("share").asDouble() * 100);
                    stage = Stage.JOINED;
                    return true;
                }
            }
        }
        return false;
    }
}
