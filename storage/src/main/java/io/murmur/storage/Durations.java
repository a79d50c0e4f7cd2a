package io.murmur.storage;

import java.util.Arrays;
import java.util.concurrent.atomic.LongAdder;

/** How long something took each time: counts by upper bound, and their sum. Safe from any thread. */
public final class Durations {

    private static final long[] BOUNDS_MICROS = {
        100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000
    };

    private final LongAdder[] buckets = new LongAdder[BOUNDS_MICROS.length + 1];
    private final LongAdder sumNanos = new LongAdder();

    Durations() {
        Arrays.setAll(buckets, ignored -> new LongAdder());
    }

    void note(long nanos) {
        int bucket = 0;
        while (bucket < BOUNDS_MICROS.length && nanos > BOUNDS_MICROS[bucket] * 1000) {
            bucket++;
        }
        buckets[bucket].increment();
        sumNanos.add(nanos);
    }

    /** Upper bounds of the buckets, in microseconds; the last bucket has none. */
    public static long[] boundsMicros() {
        return BOUNDS_MICROS.clone();
    }

    /** How many were at most as long as each bound, and longer than the one before. */
    public long[] buckets() {
        return Arrays.stream(buckets).mapToLong(LongAdder::sum).toArray();
    }

    public long count() {
        return Arrays.stream(buckets()).sum();
    }

    public long sumNanos() {
        return sumNanos.sum();
    }
}
