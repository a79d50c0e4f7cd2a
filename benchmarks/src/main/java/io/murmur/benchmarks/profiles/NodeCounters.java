package io.murmur.benchmarks.profiles;

import io.murmur.node.demo.LocalCluster;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** What nodes count, as their metrics pages say it, added up over the nodes. */
final class NodeCounters {

    private static final int MOST_ATTEMPTS = 20;
    private static final Pattern COMMENT_OR_EMPTY = Pattern.compile("#.*|\\s*");

    private final List<String> pages;

    NodeCounters(List<String> pages) {
        this.pages = List.copyOf(pages);
    }

    static NodeCounters read(LocalCluster cluster) throws IOException, InterruptedException {
        List<String> pages = new ArrayList<>();
        for (int node = 0; node < cluster.size(); node++) {
            pages.add(page(cluster, node));
        }
        return new NodeCounters(pages);
    }

    /** A node with much to do may not answer at once. */
    private static String page(LocalCluster cluster, int node) throws IOException, InterruptedException {
        for (int attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
            String text = cluster.text(node, "/metrics");
            if (text != null) {
                return text;
            }
        }
        throw new IOException("node " + LocalCluster.name(node) + " does not answer with its metrics");
    }

    /** Syncs of the commit logs. */
    long logSyncs() {
        return sum("murmur_log_sync_duration_seconds_count");
    }

    /** GET of Redis clients. */
    long redisGets() {
        return sum("murmur_resp_command_seconds_count{command=\"get\"}");
    }

    /** Errors answered to Redis clients. */
    long redisErrors() {
        return sum("murmur_resp_errors_total");
    }

    /** Over all labels when none are given. 0 when there is no such counter, as before the first call of a command. */
    private long sum(String series) {
        double sum = 0;
        for (String page : pages) {
            sum += page.lines()
                    .filter(line -> !COMMENT_OR_EMPTY.matcher(line).matches())
                    .filter(line -> line.startsWith(series + " ") || line.startsWith(series + "{"))
                    .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                    .sum();
        }
        return (long) sum;
    }
}
