package io.murmur.benchmarks.hours;

import java.util.List;

/** Far more is asked than can be done, and then as much as before. */
final class Overload implements Scenario {

    private static final double TIMES_CAPACITY = 3;
    private static final double LEAST_GOODPUT = 0.8;
    private static final double LONGEST_SECONDS = 10;

    @Override
    public String name() {
        return "overload";
    }

    @Override
    public String what() {
        return "three times as many calls are due as the closed loop reached, and then as many as before";
    }

    @Override
    public Judge play(Stage stage) throws InterruptedException {
        stage.hold(stage.lengths().before());
        stage.load().rate(TIMES_CAPACITY * stage.capacity());
        double begun = stage.mark("3 times the capacity is due");
        stage.hold(stage.lengths().during());
        stage.load().rate(stage.rate());
        double ended = stage.mark("as before");
        stage.hold(stage.lengths().after());
        double end = stage.second();
        return timeline -> verdicts(timeline, begun, ended, end, stage.capacity());
    }

    private static List<Verdict> verdicts(Timeline timeline, double begun, double ended, double end, double capacity) {
        double rest = Figures.p99(timeline, 0, begun);
        Timeline.Interval during = timeline.between(begun, ended);
        double goodput = during.answeredPerSecond() / capacity;
        double back = Figures.secondsUntilBack(timeline.intervals(5, end), ended, rest);
        return List.of(
                Verdict.atLeast(
                        "goodput",
                        goodput,
                        LEAST_GOODPUT,
                        Figures.text(
                                "%,.0f calls/s succeeded during it, %.2f of the %,.0f/s that the closed loop reached; their p99 %.0f ms",
                                during.answeredPerSecond(), goodput, capacity, Figures.millis(during.allMicros(), 99))),
                Verdict.atMost("secondsUntilBack", back, LONGEST_SECONDS, "from its end: " + Figures.back(back)));
    }
}
