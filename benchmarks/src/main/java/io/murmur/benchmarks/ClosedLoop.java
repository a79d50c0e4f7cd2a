package io.murmur.benchmarks;

import io.murmur.benchmarks.Workload.Operation;
import io.murmur.client.Cache;
import io.murmur.client.CallOptions;
import io.murmur.client.MurmurException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One client with a fixed number of calls in flight: each answer sends the next. A slow cluster therefore gets fewer calls, and the
 * latencies are those of this load, not of a given rate (no correction for coordinated omission is due).
 *
 * <p>Calls are made where answers arrive, on the client's own thread; the lock is for the first ones, and hardly ever contended.
 */
final class ClosedLoop {

    private final Cache<byte[], byte[]> cache;
    private final CallOptions reads;
    private final CallOptions writes;
    private final Supplier<@Nullable Operation> source;
    private final int inFlight;
    private final CompletableFuture<LoadStatistics> ended = new CompletableFuture<>();
    private final LoadStatistics statistics = new LoadStatistics();
    private int open;
    private boolean filling;
    private boolean exhausted;
    private boolean measuring;

    ClosedLoop(
            Cache<byte[], byte[]> cache,
            CallOptions reads,
            CallOptions writes,
            Supplier<@Nullable Operation> source,
            int inFlight) {
        this.cache = cache;
        this.reads = reads;
        this.writes = writes;
        this.source = source;
        this.inFlight = inFlight;
    }

    /** Sends the first calls. Completes when the last one is answered: at the end of the source, or some time after {@link #stop}. */
    CompletableFuture<LoadStatistics> start() {
        fill();
        return ended;
    }

    /** Counts the answers from now on, or no longer. */
    synchronized void measure(boolean yes) {
        measuring = yes;
    }

    synchronized void stop() {
        exhausted = true;
    }

    private synchronized void fill() {
        if (filling) {
            // A call was answered before it returned: the loop below sends the next, without a deeper and deeper stack.
            return;
        }
        filling = true;
        while (open < inFlight && !exhausted) {
            Operation operation = source.get();
            if (operation == null) {
                exhausted = true;
            } else {
                open++;
                send(operation);
            }
        }
        filling = false;
        if (open == 0 && exhausted) {
            ended.complete(statistics);
        }
    }

    private void send(Operation operation) {
        long start = System.nanoTime();
        switch (operation) {
            case Operation.Read read ->
                cache.get(read.key(), reads)
                        .whenComplete(
                                (value, failure) -> answered(start, true, failure == null && value.isEmpty(), failure));
            case Operation.Write write ->
                cache.put(write.key(), write.value(), writes)
                        .whenComplete((receipt, failure) -> answered(start, false, false, failure));
        }
    }

    private synchronized void answered(long start, boolean isRead, boolean isMiss, @Nullable Throwable failure) {
        open--;
        if (measuring) {
            if (failure == null) {
                LoadStatistics.record(
                        isRead ? statistics.readMicros : statistics.writeMicros, System.nanoTime() - start);
            }
            statistics.misses += isMiss ? 1 : 0;
        }
        if (failure != null) {
            // Outside the window too: a run with errors at any time is no measurement.
            statistics.failed((isRead ? "read: " : "write: ") + kind(failure));
        }
        fill();
    }

    private static String kind(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return cause instanceof MurmurException named
                ? named.getClass().getSimpleName() + ", effect " + named.effect()
                : cause.toString();
    }
}
