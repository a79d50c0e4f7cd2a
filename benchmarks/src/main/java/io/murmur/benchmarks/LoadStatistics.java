package io.murmur.benchmarks;

import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/** How long calls took and how they failed. Written by one client's thread; read when that has ended. */
final class LoadStatistics {

    private static final long MOST_MICROS = 120_000_000;

    final Histogram readMicros = new Histogram(MOST_MICROS, 3);
    final Histogram writeMicros = new Histogram(MOST_MICROS, 3);
    /** Reads that found nothing, or not what was written. */
    long misses;

    final Map<String, Integer> errors = new TreeMap<>();

    static void record(Histogram micros, long nanos) {
        micros.recordValue(Math.min(MOST_MICROS, nanos / 1000));
    }

    void failed(String why) {
        errors.merge(why, 1, Integer::sum);
    }

    void add(LoadStatistics other) {
        readMicros.add(other.readMicros);
        writeMicros.add(other.writeMicros);
        misses += other.misses;
        other.errors.forEach((why, times) -> errors.merge(why, times, Integer::sum));
    }

    Histogram allMicros() {
        Histogram all = readMicros.copy();
        all.add(writeMicros);
        return all;
    }

    long operations() {
        return readMicros.getTotalCount() + writeMicros.getTotalCount();
    }

    int errorCount() {
        return errors.values().stream().mapToInt(Integer::intValue).sum();
    }
}
