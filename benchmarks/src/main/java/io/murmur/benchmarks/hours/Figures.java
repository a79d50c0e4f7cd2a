package io.murmur.benchmarks.hours;

import io.murmur.benchmarks.hours.Timeline.Interval;
import java.util.List;
import java.util.Locale;
import org.HdrHistogram.Histogram;

/** What verdicts are made of. */
final class Figures {

    /** p99 is back when it is so for so long; less may be luck, or a pause between two waves. */
    private static final double LASTING_SECONDS = 3;

    /** And when it is at most so many times that at rest. */
    private static final double NEARLY = 2;

    private Figures() {}

    /** In milliseconds; not a number when there is none. */
    static double millis(Histogram micros, double percentile) {
        return micros.getTotalCount() == 0 ? Double.NaN : micros.getValueAtPercentile(percentile) / 1e3;
    }

    static double p99(Timeline timeline, double fromSecond, double toSecond) {
        return millis(timeline.between(fromSecond, toSecond).allMicros(), 99);
    }

    /** How long after an end the latency is nearly as before, and no call fails, for a while; not a number when it never is. */
    static double secondsUntilBack(List<Interval> intervals, double endSecond, double restP99Millis) {
        double since = Double.NaN;
        for (Interval interval : intervals) {
            if (interval.fromSecond() < endSecond - 1e-6) {
                continue;
            }
            boolean isBack = interval.errorCount() == 0 && millis(interval.allMicros(), 99) <= NEARLY * restP99Millis;
            if (!isBack) {
                since = Double.NaN;
            } else if (Double.isNaN(since)) {
                since = interval.fromSecond();
            }
            if (interval.toSecond() - since >= LASTING_SECONDS - 1e-6) {
                return Math.max(0, since - endSecond);
            }
        }
        return Double.NaN;
    }

    /** As {@link #secondsUntilBack}, said. */
    static String back(double seconds) {
        return Double.isNaN(seconds)
                ? "p99 was not back (at most 2 times that before, and no errors) when the run ended"
                : String.format(
                        Locale.ROOT, "p99 was back (at most 2 times that before, no errors) after %.1f s", seconds);
    }

    static String text(String format, Object... arguments) {
        return String.format(Locale.ROOT, format, arguments);
    }
}
