package io.murmur.quorum;

/**
 * Recent response times of one peer: an exponentially weighted mean for choosing among peers, and the 99th percentile for knowing when
 * to ask another. Samples fall into buckets that grow by a quarter; after every 1,000 samples all counts are halved, so that old ones
 * fade. Pure, but for being mutable.
 */
final class LatencyWindow {

    private static final int WINDOW = 1000;
    private static final int REFRESH = 64;
    private static final int BUCKETS = 96;
    /** What is assumed of a peer that has not answered often enough to know. */
    private static final long UNKNOWN_P99_NANOS = 50_000_000;

    private final int[] counts = new int[BUCKETS];
    private int total;
    private int sinceRefresh;
    private long meanNanos;
    private long p99Nanos = UNKNOWN_P99_NANOS;

    void record(long nanos) {
        long sample = Math.max(0, nanos);
        meanNanos = meanNanos == 0 ? sample : meanNanos + (sample - meanNanos) / 16;
        counts[bucketOf(sample)]++;
        total++;
        if (++sinceRefresh >= REFRESH) {
            sinceRefresh = 0;
            refresh();
        }
    }

    /** 0 for a peer that has never answered: it is tried early and so becomes known. */
    long meanNanos() {
        return meanNanos;
    }

    /** The upper bound of the bucket that holds the 99th percentile. */
    long p99Nanos() {
        return p99Nanos;
    }

    private void refresh() {
        int beyond = total / 100;
        int seen = 0;
        int bucket = BUCKETS - 1;
        while (bucket > 0 && seen + counts[bucket] <= beyond) {
            seen += counts[bucket];
            bucket--;
        }
        p99Nanos = upperBoundNanos(bucket);
        if (total >= WINDOW) {
            total = 0;
            for (int i = 0; i < BUCKETS; i++) {
                counts[i] /= 2;
                total += counts[i];
            }
        }
    }

    /** Four buckets to each doubling, from 1 microsecond. */
    private static int bucketOf(long nanos) {
        long micros = nanos / 1000;
        if (micros < 4) {
            return (int) micros;
        }
        int doublings = 63 - Long.numberOfLeadingZeros(micros);
        int quarter = (int) (micros >>> (doublings - 2)) & 3;
        return Math.min(BUCKETS - 1, (doublings - 1) * 4 + quarter);
    }

    private static long upperBoundNanos(int bucket) {
        if (bucket < 4) {
            return (bucket + 1) * 1000L;
        }
        int doublings = bucket / 4 + 1;
        int quarter = bucket % 4;
        return ((5L + quarter) << (doublings - 2)) * 1000L;
    }
}
