package io.murmur.benchmarks.hours;

import io.murmur.benchmarks.RingChanges;
import io.murmur.node.demo.LocalCluster;
import java.io.IOException;
import java.util.List;

/**
 * A fourth node joins, leaves again as planned, and joins once more with nothing of the first time. What it finds the second time are nodes
 * that have compiled what a join needs; at the first they do so while it joins.
 */
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
        return "a fourth node joins three, later leaves as planned, and joins again";
    }

    @Override
    public int nodes() {
        return NEWCOMER + 1;
    }

    @Override
    public Judge play(Stage stage) throws IOException, InterruptedException {
        String newcomer = LocalCluster.name(NEWCOMER);
        stage.hold(stage.lengths().before());
        double joins = join(stage, newcomer + " is started");
        double joined = stage.mark("has joined");
        stage.hold(stage.lengths().during());
        double leaves = stage.mark(newcomer + " leaves");
        new RingChanges(stage.cluster()).leave(NEWCOMER);
        double left = stage.mark("has left");
        stage.hold(stage.lengths().after());
        stage.cluster().kill(NEWCOMER);
        stage.cluster().emptyFolder(NEWCOMER);
        double joinsAgain = join(stage, newcomer + " is started anew");
        double joinedAgain = stage.mark("has joined again");
        stage.hold(stage.lengths().after());
        return timeline -> {
            double rest = Figures.p99(timeline, 0, joins);
            return List.of(
                    moved("join", "join", rest, Figures.p99(timeline, joins, joined), joined - joins),
                    moved("leave", "leave", rest, Figures.p99(timeline, leaves, left), left - leaves),
                    moved(
                            "secondJoin",
                            "second join",
                            rest,
                            Figures.p99(timeline, joinsAgain, joinedAgain),
                            joinedAgain - joinsAgain));
        };
    }

    private static double join(Stage stage, String mark) throws IOException, InterruptedException {
        double begins = stage.mark(mark);
        stage.cluster().start(NEWCOMER);
        stage.cluster().awaitReady(NEWCOMER);
        return begins;
    }

    private static Verdict moved(String name, String change, double rest, double during, double seconds) {
        return Verdict.atMost(
                name + "P99Times",
                during / rest,
                MOST_TIMES,
                Figures.text(
                        "%s: p99 %.2f ms in its %.1f s, %.2f ms before: %.2f times",
                        change, during, seconds, rest, during / rest));
    }
}
