package io.murmur.node.admin;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** Watches a change of the ring until it is over: a bar of the partitions caught up with, and how long it may still take. */
final class ChangeWatch {

    private static final int BAR = 30;

    private final NodeHttp node;
    private final PrintWriter out;
    private final boolean isTerminal = Boolean.getBoolean("murmur.terminal");

    ChangeWatch(NodeHttp node, PrintWriter out) {
        this.node = node;
        this.out = out;
    }

    /**
     * Returns when the change is over. Interrupting it leaves the change under way.
     *
     * @param begun the epoch of the ring in which it was under way, or done when it moves nothing
     * @return whether it was carried out, and not given up
     */
    boolean untilOver(ClusterPage.Change change, long begun) throws IOException, InterruptedException {
        Pace pace = new Pace(System.nanoTime());
        String former = "";
        ClusterPage page = look();
        while (change.isSame(page.change())) {
            String line = line(page, pace.left(page.done(), page.toDo(), System.nanoTime()));
            if (!line.equals(former)) {
                out.print(isTerminal ? "\r\033[2K" + line : line + System.lineSeparator());
                out.flush();
                former = line;
            }
            TimeUnit.MILLISECONDS.sleep(isTerminal ? 200 : 1000);
            page = look();
        }
        ClusterPage.Ended last = page.last();
        boolean isGivenUp = last != null && last.change().isSame(change) && last.epoch() > begun && !last.isDone();
        out.print(isTerminal && !former.isEmpty() ? "\r\033[2K" : "");
        out.printf(
                Locale.ROOT,
                "%s %.1f s; the ring is of epoch %d%n",
                isGivenUp ? "given up after" : "done in",
                pace.seconds(System.nanoTime()),
                page.epoch());
        out.flush();
        return !isGivenUp;
    }

    private ClusterPage look() throws IOException, InterruptedException {
        try {
            return node.clusterInItsOwnWords();
        } catch (IOException e) {
            throw new IOException("out of sight, but the change goes on by itself: " + e.getMessage(), e);
        }
    }

    private static String line(ClusterPage page, String left) {
        double share = page.toDo() == 0 ? 0 : (double) page.done() / page.toDo();
        int filled = (int) (share * BAR);
        List<String> away = page.nodes().stream()
                .filter(line -> line.done() < line.toDo() && !line.state().equals("alive"))
                .map(line -> line.name() + " (" + line.state() + ")")
                .toList();
        return String.format(
                Locale.ROOT,
                "[%s%s] %d of %d partitions%s",
                "#".repeat(filled),
                ".".repeat(BAR - filled),
                page.done(),
                page.toDo(),
                away.isEmpty() ? left : ", waits for " + String.join(", ", away));
    }
}
