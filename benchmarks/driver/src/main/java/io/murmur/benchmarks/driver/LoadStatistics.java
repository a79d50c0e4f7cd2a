package io.murmur.benchmarks.driver;

import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/** How long calls took and how they failed. Written by one thread; read when all calls have ended. */
public final class LoadStatistics {

    private static final long MOST_MICROS = 120_000_000;

    /** Kinds that are told apart; a client that puts a number into each message would fill the memory. */
    private static final int MOST_KINDS = 30;

    private final Histogram readMicros = new Histogram(MOST_MICROS, 3);
    private final Histogram writeMicros = new Histogram(MOST_MICROS, 3);
    private final Map<String, Long> errors = new TreeMap<>();
    private long misses;

    void succeeded(boolean isRead, long nanos, boolean isMiss) {
        (isRead ? readMicros : writeMicros).recordValue(Math.min(MOST_MICROS, nanos / 1000));
        misses += isMiss ? 1 : 0;
    }

    void failed(String kind, long times) {
        errors.merge(errors.size() < MOST_KINDS || errors.containsKey(kind) ? kind : "others", times, Long::sum);
    }

    /** Takes in what another has seen. */
    public void add(LoadStatistics other) {
        readMicros.add(other.readMicros);
        writeMicros.add(other.writeMicros);
        misses += other.misses;
        other.errors.forEach(this::failed);
    }

    /** Of the reads that were answered. */
    public Histogram readMicros() {
        return readMicros;
    }

    /** Of the writes that were acknowledged. */
    public Histogram writeMicros() {
        return writeMicros;
    }

    /** Of both. */
    public Histogram allMicros() {
        Histogram all = readMicros.copy();
        all.add(writeMicros);
        return all;
    }

    /** Reads that found nothing, or not what was written. */
    public long misses() {
        return misses;
    }

    /** Failed calls by kind. */
    public Map<String, Long> errors() {
        return errors;
    }

    public long errorCount() {
        return errors.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Calls that succeeded. */
    public long operations() {
        return readMicros.getTotalCount() + writeMicros.getTotalCount();
    }
}
