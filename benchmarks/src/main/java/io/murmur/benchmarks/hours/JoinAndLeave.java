package io.murmur.benchmarks.hours;

import io.murmur.benchmarks.RingChanges;
import io.murmur.node.demo.LocalCluster;
import java.io.IOException;
import java.util.List;

/** A fourth node joins, and leaves again as planned. */
final class JoinAndLeave implements Scenario {

    private static final int NEWCOMER = 3;

    /** A planned change moves p99 by less than so many times. */
    private static final double MOST_TIMES = 2;

    @Override
    public String name() {
        return "join";
    }

    @Override
    public String what() {
        return "a fourth node joins three, and later leaves as planned";
    }

    @Override
    public int nodes() {
        return NEWCOMER + 1;
    }

    @Override
    public Judge play(Stage stage) throws IOException, InterruptedException {
        String newcomer = LocalCluster.name(NEWCOMER);
        stage.hold(stage.lengths().before());
        double joins = stage.mark(newcomer + " is started");
        stage.cluster().start(NEWCOMER);
        stage.cluster().awaitReady(NEWCOMER);
        double joined = stage.mark("has joined");
        stage.hold(stage.lengths().during());
        double leaves = stage.mark(newcomer + " leaves");
        new RingChanges(stage.cluster()).leave(NEWCOMER);
        double left = stage.mark("has left");
        stage.hold(stage.lengths().after());
        return timeline -> {
            double rest = Figures.p99(timeline, 0, joins);
            return List.of(
                    moved("join", rest, Figures.p99(timeline, joins, joined), joined - joins),
                    moved("leave", rest, Figures.p99(timeline, leaves, left), left - leaves));
        };
    }

    private static Verdict moved(String change, double rest, double during, double seconds) {
        return Verdict.atMost(
                change + "P99Times",
                during / rest,
                MOST_TIMES,
                Figures.text(
                        "%s: p99 %.2f ms in its %.1f s, %.2f ms before: %.2f times",
                        change, during, seconds, rest, during / rest));
    }
}
