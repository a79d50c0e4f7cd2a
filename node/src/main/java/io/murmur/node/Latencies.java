package io.murmur.node;

import io.murmur.kernel.message.ClientReply;
import io.murmur.kernel.message.ClientRequest;
import io.murmur.kernel.message.Failure;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * How long calls took at their coordinator, and how they failed; one for each shard, on its loop alone. Others take {@link #snapshot}s,
 * which are made on the loop.
 */
final class Latencies {

    /** Upper bounds of the buckets, in microseconds; the last bucket has none. */
    static final long[] BOUNDS_MICROS = {
        100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000,
        5_000_000
    };

    /** What a client may ask. */
    enum Operation {
        GET,
        PUT,
        DELETE,
        GET_ALL,
        PUT_ALL,
        CHANGE,
        GET_RING
    }

    /** Counts of one operation; the buckets are not cumulative. */
    static final class Histogram {
        final long[] buckets = new long[BOUNDS_MICROS.length + 1];
        long count;
        long sumNanos;

        void add(Histogram other) {
            for (int i = 0; i < buckets.length; i++) {
                buckets[i] += other.buckets[i];
            }
            count += other.count;
            sumNanos += other.sumNanos;
        }

        /** Adds what has come from the one to the other. */
        void add(Histogram to, Histogram from) {
            for (int i = 0; i < buckets.length; i++) {
                buckets[i] += to.buckets[i] - from.buckets[i];
            }
            count += to.count - from.count;
            sumNanos += to.sumNanos - from.sumNanos;
        }
    }

    final Map<Operation, Histogram> histograms = new EnumMap<>(Operation.class);
    final Map<String, Long> failures = new TreeMap<>();

    Latencies() {
        for (Operation operation : Operation.values()) {
            histograms.put(operation, new Histogram());
        }
        // A counter that is not there before the first failure has no rate at it.
        Failure.NAMES.forEach(name -> failures.put(name, 0L));
    }

    void note(ClientRequest request, ClientReply reply, long nanos) {
        Histogram histogram = histogram(operation(request));
        histogram.count++;
        histogram.sumNanos += nanos;
        histogram.buckets[bucket(nanos / 1000)]++;
        if (reply instanceof ClientReply.One one && one.result() instanceof ClientReply.Failed failed) {
            Failure failure = failed.failure();
            failures.merge(failure.name(), 1L, Long::sum);
        }
    }

    private Histogram histogram(Operation operation) {
        return Objects.requireNonNull(histograms.get(operation));
    }

    private static Operation operation(ClientRequest request) {
        return switch (request) {
            case ClientRequest.Get ignored -> Operation.GET;
            case ClientRequest.Put ignored -> Operation.PUT;
            case ClientRequest.Delete ignored -> Operation.DELETE;
            case ClientRequest.GetAll ignored -> Operation.GET_ALL;
            case ClientRequest.PutAll ignored -> Operation.PUT_ALL;
            case ClientRequest.Change ignored -> Operation.CHANGE;
            case ClientRequest.GetRing ignored -> Operation.GET_RING;
        };
    }

    private static int bucket(long micros) {
        int bucket = 0;
        while (bucket < BOUNDS_MICROS.length && micros > BOUNDS_MICROS[bucket]) {
            bucket++;
        }
        return bucket;
    }

    void add(Latencies other) {
        other.histograms.forEach((operation, histogram) -> histogram(operation).add(histogram));
        other.failures.forEach((name, count) -> failures.merge(name, count, Long::sum));
    }

    /** What has come since an earlier snapshot of the same. Failures are left out. */
    Latencies since(Latencies earlier) {
        Latencies since = new Latencies();
        histograms.forEach((operation, now) -> since.histogram(operation).add(now, earlier.histogram(operation)));
        return since;
    }

    /** Calls for data: keeping the ring up to date is none. */
    long requests() {
        return data().count;
    }

    /**
     * What a share of the calls for data took at most, about: it is taken to grow evenly within a bucket. 0 when there are none.
     *
     * @param share above 0, at most 1
     */
    long quantileMicros(double share) {
        Histogram all = data();
        double left = share * all.count;
        for (int i = 0; i < all.buckets.length && all.count > 0; i++) {
            if (left <= all.buckets[i]) {
                long from = i == 0 ? 0 : BOUNDS_MICROS[i - 1];
                // What is beyond the last bound is only known to be.
                long to = i == BOUNDS_MICROS.length ? from : BOUNDS_MICROS[i];
                return from + Math.round((to - from) * left / all.buckets[i]);
            }
            left -= all.buckets[i];
        }
        return 0;
    }

    private Histogram data() {
        Histogram all = new Histogram();
        histograms.forEach((operation, histogram) -> {
            if (operation != Operation.GET_RING) {
                all.add(histogram);
            }
        });
        return all;
    }

    Latencies snapshot() {
        Latencies copy = new Latencies();
        copy.add(this);
        return copy;
    }
}
