package io.murmur.node.demo;

import io.murmur.client.Cache;
import io.murmur.client.CallOptions;
import io.murmur.client.MurmurException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * A trace as cache-aside: get; on a miss, put what the object's id says. What was acknowledged goes into a ledger; a read must give
 * exactly that, and a miss of it is a loss at once.
 *
 * <p>A closed loop: a fixed number of requests is in flight, and each that ends begins the next, on the client's thread. The lock is for
 * whoever begins the first ones and for whoever asks how far it is; it is hardly ever contended.
 */
final class Replay {

    private static final long MOST_MICROS = 60_000_000;

    private final Trace trace;
    private final Cache<byte[], byte[]> cache;
    private final CallOptions options;
    private final int inFlight;
    private final Set<Integer> ledger = new HashSet<>();
    private final Map<String, Integer> errors = new TreeMap<>();
    private final Histogram getMicros = new Histogram(MOST_MICROS, 3);
    private final Histogram putMicros = new Histogram(MOST_MICROS, 3);
    private final CompletableFuture<@Nullable Void> ended = new CompletableFuture<>();
    private boolean beginning;
    private int next;
    private int open;
    private int done;
    private int hits;
    private int lost;
    private int wrong;

    /**
     * @param inFlight how many requests are on their way at once, at least 1
     */
    Replay(Trace trace, Cache<byte[], byte[]> cache, CallOptions options, int inFlight) {
        this.trace = trace;
        this.cache = cache;
        this.options = options;
        this.inFlight = inFlight;
    }

    /** How far a replay is. */
    record Standing(int done, int hits) {}

    /**
     * How a replay went.
     *
     * @param ledger the objects whose put was acknowledged
     * @param lost reads that missed an object of the ledger
     * @param wrong reads that found something else than the object
     * @param errors how often each kind of error came to the application
     */
    record Outcome(
            Histogram getMicros,
            Histogram putMicros,
            int[] ledger,
            int hits,
            int lost,
            int wrong,
            Map<String, Integer> errors) {

        int errorCount() {
            return errors.values().stream().mapToInt(Integer::intValue).sum();
        }
    }

    /** Begins; completes when every request has been answered. To be called once. */
    CompletableFuture<Outcome> start() {
        begin();
        return ended.thenApply(ignored -> outcome());
    }

    synchronized Standing standing() {
        return new Standing(done, hits);
    }

    private synchronized Outcome outcome() {
        return new Outcome(
                getMicros,
                putMicros,
                ledger.stream().mapToInt(Integer::intValue).sorted().toArray(),
                hits,
                lost,
                wrong,
                errors);
    }

    private synchronized void begin() {
        if (beginning) {
            // A request ended before its call returned: the loop below begins the next, without a deeper and deeper
            // stack.
            return;
        }
        beginning = true;
        while (open < inFlight && next < trace.size()) {
            open++;
            get(trace.id(next++));
        }
        beginning = false;
        if (open == 0 && next == trace.size()) {
            ended.complete(null);
        }
    }

    private void get(int id) {
        boolean acknowledgedBefore = ledger.contains(id);
        long start = System.nanoTime();
        cache.get(Objects.key(id), options)
                .whenComplete((value, failure) -> got(id, value, failure, acknowledgedBefore, start));
    }

    private synchronized void got(
            int id,
            @Nullable Optional<byte[]> value,
            @Nullable Throwable failure,
            boolean acknowledgedBefore,
            long start) {
        record(getMicros, start);
        if (failure != null || value == null) {
            error("get", failure);
            answered();
        } else if (value.isPresent()) {
            hits++;
            wrong += Arrays.equals(value.get(), Objects.value(id)) ? 0 : 1;
            answered();
        } else {
            lost += acknowledgedBefore ? 1 : 0;
            put(id);
        }
    }

    private void put(int id) {
        long start = System.nanoTime();
        cache.put(Objects.key(id), Objects.value(id), options).whenComplete((receipt, failure) -> {
            synchronized (this) {
                record(putMicros, start);
                if (failure == null) {
                    ledger.add(id);
                } else {
                    error("put", failure);
                }
                answered();
            }
        });
    }

    private void answered() {
        open--;
        done++;
        begin();
    }

    private static void record(Histogram micros, long start) {
        micros.recordValue(Math.min(MOST_MICROS, (System.nanoTime() - start) / 1000));
    }

    private void error(String operation, @Nullable Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        String kind = cause instanceof MurmurException named
                ? named.getClass().getSimpleName() + ", effect " + named.effect() + ": " + named.getMessage()
                : String.valueOf(cause);
        errors.merge(operation + ": " + kind, 1, Integer::sum);
    }
}
