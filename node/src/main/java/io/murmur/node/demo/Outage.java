package io.murmur.node.demo;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** One node is killed with -9 at half of the requests and started again a tenth later. */
final class Outage {

    private static final int VICTIM = 1;

    private final LocalCluster cluster;
    private final Report report;
    private final int killAt;
    private final int restartAt;
    private Stage stage = Stage.BEFORE;
    private long restartedNanos;
    private long readyAfterMillis;

    /** Where it stands. */
    enum Stage {
        BEFORE,
        DOWN,
        RETURNING,
        OVER
    }

    Outage(LocalCluster cluster, int requests, Report report) {
        this.cluster = cluster;
        this.report = report;
        this.killAt = requests / 2;
        this.restartAt = killAt + requests / 10;
    }

    Stage stage() {
        return stage;
    }

    /** From the start of the new process until it was ready, once it was. */
    long readyAfterMillis() {
        return readyAfterMillis;
    }

    /** Does what is due after so many requests. */
    void advance(int done) throws IOException, InterruptedException {
        switch (stage) {
            case BEFORE -> {
                if (done >= killAt) {
                    cluster.kill(VICTIM);
                    stage = Stage.DOWN;
                    report.line("  %,10d requests: kill -9 of node %s", done, LocalCluster.name(VICTIM));
                }
            }
            case DOWN -> {
                if (done >= restartAt) {
                    restart();
                    report.line("  %,10d requests: node %s is started again", done, LocalCluster.name(VICTIM));
                }
            }
            case RETURNING -> {
                if (cluster.isReady(VICTIM)) {
                    over();
                    report.line(
                            "  %,10d requests: node %s is ready, %,d ms after its process began",
                            done, LocalCluster.name(VICTIM), readyAfterMillis);
                }
            }
            case OVER -> {}
        }
    }

    /** The replay may end before the node is back. */
    void awaitEnd() throws IOException, InterruptedException {
        if (stage == Stage.DOWN) {
            restart();
        }
        if (stage == Stage.RETURNING) {
            cluster.awaitReady(VICTIM);
            over();
        }
    }

    private void restart() throws IOException {
        restartedNanos = System.nanoTime();
        cluster.start(VICTIM);
        stage = Stage.RETURNING;
    }

    private void over() {
        readyAfterMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - restartedNanos);
        stage = Stage.OVER;
    }
}
