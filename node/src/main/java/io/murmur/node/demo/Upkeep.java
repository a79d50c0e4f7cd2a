package io.murmur.node.demo;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What the nodes did for those that had missed writes: hints handed over, keys mended. Each node is asked over HTTP. */
final class Upkeep {

    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(20);
    private static final int LOOK_EVERY_MILLIS = 50;

    private final LocalCluster cluster;
    private final Report report;

    Upkeep(LocalCluster cluster, Report report) {
        this.cluster = cluster;
        this.report = report;
    }

    /** Waits until no hints are held any more, within bounds: who is back has what it missed then. */
    void awaitHandedOver() throws IOException, InterruptedException {
        long start = System.nanoTime();
        long held = held();
        if (held > 0) {
            report.line("Waiting for %,d hints to be handed over", held);
        }
        while (held != 0 && System.nanoTime() - start < PATIENCE_NANOS) {
            TimeUnit.MILLISECONDS.sleep(LOOK_EVERY_MILLIS);
            held = held();
        }
    }

    /** On all nodes; -1 when one does not say. */
    private long held() throws IOException, InterruptedException {
        long held = 0;
        for (int node = 0; node < cluster.size(); node++) {
            if (cluster.isRunning(node)) {
                JsonNode page = cluster.page(node, "/hints");
                if (page == null || page.path("shardsNotReadBack").asInt() > 0) {
                    return -1;
                }
                held += page.path("hints").asLong();
            }
        }
        return held;
    }

    /** The sums since each node's process began, for people. */
    String summary() throws IOException, InterruptedException {
        long handedOver = 0;
        long held = 0;
        long dropped = 0;
        long byRounds = 0;
        long byReads = 0;
        for (int node = 0; node < cluster.size(); node++) {
            if (cluster.isRunning(node)) {
                String metrics = cluster.text(node, "/metrics");
                handedOver += sum(metrics, "murmur_hints_handed_over_total");
                held += sum(metrics, "murmur_hints_held");
                dropped += sum(metrics, "murmur_hints_dropped_total");
                byRounds += sum(metrics, "murmur_sync_round_mended_keys_total");
                byReads += sum(metrics, "murmur_read_repairs_total") + sum(metrics, "murmur_background_repairs_total");
            }
        }
        return String.format(
                Locale.ROOT,
                "hints handed over: %,d, still held %,d, dropped %,d; keys mended by anti-entropy: %,d, by reads: %,d",
                handedOver,
                held,
                dropped,
                byRounds,
                byReads);
    }

    /** Of all series of a metric, whatever their labels. */
    static long sum(@Nullable String metrics, String name) {
        return metrics == null
                ? 0
                : metrics.lines()
                        .filter(line -> line.startsWith(name + " ") || line.startsWith(name + "{"))
                        .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                        .sum();
    }
}
