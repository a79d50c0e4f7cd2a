package io.murmur.benchmarks.hours;

import java.util.List;

/**
 * An outage.
 *
 * @param from the second in which it began
 * @param to that in which nodes began to come back
 * @param back that in which they were there
 * @param end that in which the load ended
 */
record Away(double from, double to, double back, double end) {

    /** What an outage did to calls. */
    static List<Verdict> verdicts(Timeline timeline, Away away) {
        double rest = Figures.p99(timeline, 0, away.from);
        double during = Figures.p99(timeline, away.from, away.to);
        double after = Figures.p99(timeline, away.back, away.end);
        Timeline.Interval all = timeline.between(away.from, away.end);
        List<Timeline.Interval> slices = timeline.intervals(5, away.end);
        double fromLoss = Figures.secondsUntilBack(slices, away.from, rest);
        double fromReturn = Figures.secondsUntilBack(slices, away.to, rest);
        return List.of(
                Verdict.figure(
                        "p99DuringOverBefore",
                        during / rest,
                        Figures.text(
                                "p99 %.2f ms before, %.2f ms while away (%.1f times), %.2f ms after the return (%.1f times); slowest %.0f ms",
                                rest,
                                during,
                                during / rest,
                                after,
                                after / rest,
                                Figures.millis(all.allMicros(), 100))),
                Verdict.figure("secondsUntilBackFromLoss", fromLoss, "from the loss: " + Figures.back(fromLoss)),
                Verdict.figure(
                        "secondsUntilBackFromReturn", fromReturn, "from the return: " + Figures.back(fromReturn)));
    }
}
