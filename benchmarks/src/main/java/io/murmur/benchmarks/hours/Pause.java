package io.murmur.benchmarks.hours;

import io.murmur.node.demo.LocalCluster;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A node stands still for a moment again and again, as with a bad garbage collector or a neighbour that takes the processor. */
final class Pause implements Scenario {

    private static final int VICTIM = 2;
    private static final double STILL_SECONDS = 2;
    private static final double EVERY_SECONDS = 10;

    @Override
    public String name() {
        return "pause";
    }

    @Override
    public String what() {
        return "one node of three stands still (SIGSTOP) for 2 s every 10 s";
    }

    @Override
    public Judge play(Stage stage) throws IOException, InterruptedException {
        String victim = LocalCluster.name(VICTIM);
        List<Away> pauses = new ArrayList<>();
        stage.hold(stage.lengths().before());
        double first = stage.second();
        double end = first + stage.lengths().during() + stage.lengths().after();
        for (double next = first; next + EVERY_SECONDS <= end + 0.1; next += EVERY_SECONDS) {
            stage.holdUntil(next);
            double still = stage.mark(victim + " stands still");
            Standstill.of(List.of(stage.cluster().process(VICTIM)), () -> stage.hold(STILL_SECONDS));
            double goesOn = stage.mark("goes on");
            pauses.add(new Away(still, goesOn, goesOn, next + EVERY_SECONDS));
        }
        stage.holdUntil(end);
        return timeline -> verdicts(timeline, first, pauses);
    }

    private static List<Verdict> verdicts(Timeline timeline, double first, List<Away> pauses) {
        double rest = Figures.p99(timeline, 0, first);
        List<Verdict> verdicts = new ArrayList<>();
        for (int pause = 0; pause < pauses.size(); pause++) {
            Away away = pauses.get(pause);
            double back = Figures.secondsUntilBack(timeline.intervals(5, away.end()), away.to(), rest);
            Timeline.Interval still = timeline.between(away.from(), away.to());
            verdicts.add(Verdict.figure(
                    "pause" + (pause + 1) + "SecondsUntilBack",
                    back,
                    Figures.text(
                            "pause %d: p99 of calls due in it %.0f ms (%.2f ms at rest), %.0f %% answered, slowest %.0f ms; from its end: %s",
                            pause + 1,
                            Figures.millis(still.allMicros(), 99),
                            rest,
                            100.0
                                    * still.allMicros().getTotalCount()
                                    / Math.max(1, still.allMicros().getTotalCount() + still.errorCount()),
                            Figures.millis(still.allMicros(), 100),
                            Figures.back(back))));
        }
        return verdicts;
    }
}
