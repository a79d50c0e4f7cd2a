package io.murmur.benchmarks.hours;

import io.murmur.benchmarks.hours.Stage.Moment;
import io.murmur.benchmarks.hours.Timeline.Interval;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;

/**
 * How a scenario went.
 *
 * @param capacity calls a second that the closed loop reached
 * @param rate calls a second that were due at first
 * @param endSecond when the load ended
 * @param lateMicros how much later than due this process sent the calls
 * @param readBack of all keys, when the load had ended
 */
record Course(
        Scenario scenario,
        double capacity,
        double rate,
        Timeline timeline,
        List<Moment> moments,
        double endSecond,
        Histogram lateMicros,
        ReadBack readBack,
        List<Verdict> verdicts) {

    /** What lies between two moments. */
    record Phase(String name, Interval interval) {}

    List<Phase> phases() {
        List<Phase> phases = new ArrayList<>();
        String name = "before";
        double from = 0;
        for (Moment moment : moments) {
            phases.add(new Phase(name, timeline.between(from, moment.second())));
            name = moment.what();
            from = moment.second();
        }
        phases.add(new Phase(name, timeline.between(from, endSecond)));
        return phases;
    }

    /** All verdicts: the scenario's own, and those that are due of every one. */
    List<Verdict> allVerdicts() {
        List<Verdict> all = new ArrayList<>(verdicts);
        Interval whole = timeline.between(0, endSecond);
        long calls = whole.allMicros().getTotalCount() + whole.errorCount();
        all.add(Verdict.figure(
                "errors",
                (double) whole.errorCount(),
                Figures.text(
                        "%,d of %,d calls failed%s",
                        whole.errorCount(), calls, whole.errors().isEmpty() ? "" : ": " + kinds(whole.errors()))));
        all.add(Verdict.none("staleReads", whole.stale(), "reads found less than had been acknowledged before them"));
        all.add(Verdict.none(
                "lost",
                readBack.lost(),
                Figures.text("of %,d keys with acknowledged writes did not hold them at the end", readBack.keys())));
        all.add(Verdict.none("unreadable", readBack.unreadable(), "of them could not be read then"));
        return all;
    }

    static String kinds(Map<String, Long> errors) {
        StringBuilder kinds = new StringBuilder();
        errors.forEach((kind, times) ->
                kinds.append(kinds.isEmpty() ? "" : "; ").append(Figures.text("%,d x %s", times, kind)));
        return kinds.toString();
    }
}
