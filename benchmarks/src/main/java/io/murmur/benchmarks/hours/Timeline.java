package io.murmur.benchmarks.hours;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * What became of the calls, by slices of time. Latencies and errors belong to the slice in which the call was due: a call that waited
 * through a stall shows it where it began. Only {@link Interval#answered} goes by when the answer came. Safe from any thread.
 */
final class Timeline {

    static final long SLICE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private static final long MOST_MICROS = 120_000_000;

    private final long startNanos;
    private final List<Slice> slices = new ArrayList<>();

    Timeline(long startNanos) {
        this.startNanos = startNanos;
    }

    private static final class Slice {
        private long answered;
        private long stale;
        private final Map<String, Long> errors = new TreeMap<>();
        // Two digits are 1 %, of which a fast run is made of hundreds.
        private final Histogram micros = new Histogram(MOST_MICROS, 2);
        private final Histogram apartMicros = new Histogram(MOST_MICROS, 2);
    }

    /**
     * What became of the calls that were due in some time.
     *
     * @param fromSecond since the start of the load
     * @param answered answers that came in this time, to calls due in it or before
     * @param stale answered reads that found less than had been acknowledged before them
     * @param errors of calls, by kind
     * @param micros of calls that succeeded, but for those kept apart
     */
    record Interval(
            double fromSecond,
            double toSecond,
            long answered,
            long stale,
            Map<String, Long> errors,
            Histogram micros,
            Histogram apartMicros) {

        long errorCount() {
            return errors.values().stream().mapToLong(Long::longValue).sum();
        }

        double answeredPerSecond() {
            return answered / (toSecond - fromSecond);
        }

        /** Of all calls that succeeded. */
        Histogram allMicros() {
            Histogram all = micros.copy();
            all.add(apartMicros);
            return all;
        }
    }

    long startNanos() {
        return startNanos;
    }

    synchronized void answered(long dueNanos, long answeredNanos, boolean isApart, boolean isStale) {
        Slice due = slice(dueNanos);
        (isApart ? due.apartMicros : due.micros)
                .recordValue(Math.min(MOST_MICROS, Math.max(0, answeredNanos - dueNanos) / 1000));
        due.stale += isStale ? 1 : 0;
        slice(answeredNanos).answered++;
    }

    synchronized void failed(long dueNanos, String kind) {
        slice(dueNanos).errors.merge(kind, 1L, Long::sum);
    }

    private Slice slice(long nanos) {
        int index = (int) (Math.max(0, nanos - startNanos) / SLICE_NANOS);
        while (slices.size() <= index) {
            slices.add(new Slice());
        }
        return slices.get(index);
    }

    /** The slices that lie between, as one. */
    synchronized Interval between(double fromSecond, double toSecond) {
        return sum((int) Math.ceil(slices(fromSecond) - 1e-6), (int) Math.floor(slices(toSecond) + 1e-6));
    }

    private static double slices(double seconds) {
        return seconds * TimeUnit.SECONDS.toNanos(1) / SLICE_NANOS;
    }

    /** From the start to the end, in equal parts; what is left over is not shown. */
    synchronized List<Interval> intervals(int slicesEach, double toSecond) {
        List<Interval> intervals = new ArrayList<>();
        int most = (int) Math.floor(slices(toSecond) + 1e-6);
        for (int first = 0; first + slicesEach <= most; first += slicesEach) {
            intervals.add(sum(first, first + slicesEach));
        }
        return intervals;
    }

    private Interval sum(int first, int end) {
        long answered = 0;
        long stale = 0;
        Map<String, Long> errors = new TreeMap<>();
        Histogram micros = new Histogram(MOST_MICROS, 2);
        Histogram apartMicros = new Histogram(MOST_MICROS, 2);
        for (int index = Math.max(0, first); index < Math.min(end, slices.size()); index++) {
            Slice slice = slices.get(index);
            answered += slice.answered;
            stale += slice.stale;
            slice.errors.forEach((kind, times) -> errors.merge(kind, times, Long::sum));
            micros.add(slice.micros);
            apartMicros.add(slice.apartMicros);
        }
        return new Interval(
                first * SLICE_NANOS / 1e9, end * SLICE_NANOS / 1e9, answered, stale, errors, micros, apartMicros);
    }
}
