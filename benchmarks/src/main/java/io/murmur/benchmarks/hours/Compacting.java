package io.murmur.benchmarks.hours;

import java.io.IOException;
import java.util.List;

/** Every write has a key of its own, so tables are written and merged all the time. */
final class Compacting implements Scenario {

    private static final double MOST_TIMES_P50 = 3;

    @Override
    public String name() {
        return "compaction";
    }

    @Override
    public String what() {
        return "every write is of a new key, and memory tables have 4 MiB in place of 64, so that tables are written and merged all the time";
    }

    @Override
    public List<String> settings() {
        return List.of("storage.memory-table-bytes=4MiB");
    }

    @Override
    public Judge play(Stage stage) throws IOException, InterruptedException {
        stage.hold(stage.lengths().before());
        stage.mix().spread();
        double begun = stage.mark("writes are of new keys");
        double flushesBefore = stage.sum("murmur_flushes_total", members());
        double mergesBefore = stage.sum("murmur_compactions_total", members());
        stage.hold(stage.lengths().during() + stage.lengths().after());
        double end = stage.second();
        double flushes = stage.sum("murmur_flushes_total", members()) - flushesBefore;
        double merges = stage.sum("murmur_compactions_total", members()) - mergesBefore;
        return timeline -> verdicts(timeline.between(begun, end), end - begun, flushes, merges);
    }

    private static List<Verdict> verdicts(Timeline.Interval interval, double seconds, double flushes, double merges) {
        double p50 = Figures.millis(interval.allMicros(), 50);
        double p999 = Figures.millis(interval.allMicros(), 99.9);
        return List.of(
                Verdict.atLeast(
                        "merges",
                        merges,
                        1,
                        Figures.text(
                                "%.0f tables were written and %.0f merges made in %.0f s, over all nodes",
                                flushes, merges, seconds)),
                Verdict.atMost(
                        "p999OverP50",
                        p999 / p50,
                        MOST_TIMES_P50,
                        Figures.text("p99.9 %.2f ms is %.1f times p50, %.2f ms", p999, p999 / p50, p50)));
    }
}
