package io.murmur.benchmarks.hours;

import java.io.IOException;
import java.util.List;

/** One key gets half of all calls. */
final class HotKey implements Scenario {

    private static final double MOST_TIMES = 1.1;
    private static final String STAMPED_ANEW = "murmur_restamped_writes_total";
    private static final String DISAGREED = "murmur_digest_mismatches_total";
    private static final String REPAIRS = "murmur_read_repairs_total";

    @Override
    public String name() {
        return "hotkey";
    }

    @Override
    public String what() {
        return "half of all calls, reads and writes, are for one key for a while; the rate is the same";
    }

    @Override
    public Judge play(Stage stage) throws IOException, InterruptedException {
        stage.hold(stage.lengths().before());
        double stampedAnewBefore = stage.sum(STAMPED_ANEW, members());
        double disagreedBefore = stage.sum(DISAGREED, members());
        double repairsBefore = stage.sum(REPAIRS, members());
        stage.mix().heat(true);
        double hot = stage.mark("a key is hot");
        stage.hold(stage.lengths().during());
        stage.mix().heat(false);
        double cold = stage.mark("it is not any more");
        double stampedAnew = stage.sum(STAMPED_ANEW, members()) - stampedAnewBefore;
        double disagreed = stage.sum(DISAGREED, members()) - disagreedBefore;
        double repairs = stage.sum(REPAIRS, members()) - repairsBefore;
        stage.hold(stage.lengths().after());
        double end = stage.second();
        return timeline -> verdicts(timeline, new Away(hot, cold, cold, end), stampedAnew, disagreed, repairs);
    }

    private static List<Verdict> verdicts(
            Timeline timeline, Away heat, double stampedAnew, double disagreed, double repairs) {
        double rest = Figures.p99(timeline, 0, heat.from());
        Timeline.Interval during = timeline.between(heat.from(), heat.to());
        double others = Figures.millis(during.micros(), 99);
        return List.of(
                Verdict.atMost(
                        "othersP99Times",
                        others / rest,
                        MOST_TIMES,
                        Figures.text(
                                "p99 of the others %.2f ms, %.2f ms before: %.2f times; %.2f ms after",
                                others, rest, others / rest, Figures.p99(timeline, heat.to(), heat.end()))),
                Verdict.figure(
                        "hotP99Millis",
                        Figures.millis(during.apartMicros(), 99),
                        Figures.text(
                                "p99 of the hot key %.2f ms; of its %,d calls that succeeded, half reads and half writes, writes were stamped anew"
                                        + " %,.0f times, reads found owners that disagreed %,.0f times and repaired one %,.0f times",
                                Figures.millis(during.apartMicros(), 99),
                                during.apartMicros().getTotalCount(),
                                stampedAnew,
                                disagreed,
                                repairs)));
    }
}
