package io.murmur.node.demo;

import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** Tells each second how far the replay is, and keeps the slowest second. */
final class Progress {

    private static final long SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** The first seconds show how the JVMs warm up, not the cluster. */
    private static final int WARM_UP_SECONDS = 3;

    private final int total;
    private final Report report;
    private long lastNanos = System.nanoTime();
    private int lastDone;
    private int seconds;
    private int slowestUsual = Integer.MAX_VALUE;
    private int slowestInOutage = Integer.MAX_VALUE;

    Progress(int total, Report report) {
        this.total = total;
        this.report = report;
    }

    /** To be called several times a second. */
    void show(Replay.Standing standing, boolean isOutage) {
        long now = System.nanoTime();
        if (now - lastNanos < SECOND_NANOS) {
            return;
        }
        int rate = (int) ((standing.done() - lastDone) * (double) SECOND_NANOS / (now - lastNanos));
        lastNanos = now;
        lastDone = standing.done();
        if (++seconds > WARM_UP_SECONDS) {
            if (isOutage) {
                slowestInOutage = Math.min(slowestInOutage, rate);
            } else {
                slowestUsual = Math.min(slowestUsual, rate);
            }
        }
        report.passing(
                seconds,
                "  %,10d requests, %3d %%, %,7d/s, hit ratio %.1f %%",
                standing.done(),
                (int) (100L * standing.done() / total),
                rate,
                100.0 * standing.hits() / Math.max(1, standing.done()));
    }

    /** Requests in the slowest second with all nodes there, for people. */
    String slowestUsual() {
        return text(slowestUsual);
    }

    /** Requests in the slowest second between the kill and the node's return, for people. */
    String slowestInOutage() {
        return text(slowestInOutage);
    }

    private static String text(int rate) {
        return rate == Integer.MAX_VALUE ? "none was whole" : String.format(Locale.ROOT, "%,d/s", rate);
    }
}
