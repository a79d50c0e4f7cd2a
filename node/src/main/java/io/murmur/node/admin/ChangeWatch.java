package io.murmur.node.admin;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** Watches a change of the ring until it is done: a bar of the partitions caught up with, and how long it may still take. */
final class ChangeWatch {

    private static final int BAR = 30;

    private final NodeHttp node;
    private final PrintWriter out;
    private final boolean isTerminal = Boolean.getBoolean("murmur.terminal");

    ChangeWatch(NodeHttp node, PrintWriter out) {
        this.node = node;
        this.out = out;
    }

    /** Returns when no change is under way any more. Interrupting it leaves the change under way. */
    void untilDone() throws IOException, InterruptedException {
        long start = System.nanoTime();
        String former = "";
        ClusterPage page = node.cluster();
        while (page.change() != null) {
            String line = line(page, start);
            if (!line.equals(former)) {
                out.print(isTerminal ? "\r\033[2K" + line : line + "\n");
                out.flush();
                former = line;
            }
            TimeUnit.MILLISECONDS.sleep(isTerminal ? 200 : 1000);
            page = node.cluster();
        }
        out.print(isTerminal && !former.isEmpty() ? "\r\033[2K" : "");
        out.printf(
                Locale.ROOT,
                "done in %.1f s; the ring is of epoch %d%n",
                (System.nanoTime() - start) / 1e9,
                page.epoch());
        out.flush();
    }

    private String line(ClusterPage page, long start) throws InterruptedException {
        long done = 0;
        long inAll = 0;
        for (ClusterPage.Line line : page.nodes()) {
            ClusterPage.Line own = ownWords(line);
            done += own.done();
            inAll += own.toDo();
        }
        ClusterPage.Change change = page.change();
        String what = change == null ? "" : change.what();
        if (inAll == 0) {
            return what + ": waiting for the nodes that have to catch up";
        }
        double share = (double) done / inAll;
        int filled = (int) (share * BAR);
        double seconds = (System.nanoTime() - start) / 1e9;
        String left =
                share < 0.02 ? "" : String.format(Locale.ROOT, ", about %.0f s left", seconds / share * (1 - share));
        return String.format(
                Locale.ROOT,
                "%s [%s%s] %d of %d partitions%s",
                what,
                "#".repeat(filled),
                ".".repeat(BAR - filled),
                done,
                inAll,
                left);
    }

    /** How far a node has come, it alone knows. */
    private ClusterPage.Line ownWords(ClusterPage.Line line) throws InterruptedException {
        if (line.http().isEmpty() || line.http().equals(node.address())) {
            return line;
        }
        try {
            for (ClusterPage.Line own : node.clusterAt(line.http()).nodes()) {
                if (own.id().equals(line.id())) {
                    return own;
                }
            }
        } catch (IOException e) {
            // Its HTTP port is not for us, or it is down: the bar does without it.
        }
        return line;
    }
}
