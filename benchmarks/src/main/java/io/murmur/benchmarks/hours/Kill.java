package io.murmur.benchmarks.hours;

import io.murmur.node.demo.LocalCluster;
import java.io.IOException;

/** A node dies, and is started again with the data it had. */
final class Kill implements Scenario {

    private static final int VICTIM = 2;

    @Override
    public String name() {
        return "kill";
    }

    @Override
    public String what() {
        return "one node of three is killed with -9 and later started again";
    }

    @Override
    public Judge play(Stage stage) throws IOException, InterruptedException {
        String victim = LocalCluster.name(VICTIM);
        stage.hold(stage.lengths().before());
        double killed = stage.mark("kill -9 " + victim);
        stage.cluster().kill(VICTIM);
        stage.holdUntil(killed + stage.lengths().during());
        double started = stage.mark(victim + " is started");
        stage.cluster().start(VICTIM);
        stage.cluster().awaitReady(VICTIM);
        double ready = stage.mark(victim + " is ready");
        stage.hold(stage.lengths().after());
        double end = stage.second();
        return timeline -> Away.verdicts(timeline, new Away(killed, started, ready, end));
    }
}
