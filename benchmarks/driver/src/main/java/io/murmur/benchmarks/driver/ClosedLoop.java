package io.murmur.benchmarks.driver;

import io.murmur.benchmarks.driver.Workload.Operation;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One client with a fixed number of calls in flight: each answer sends the next. A slow cache therefore gets fewer calls, and the
 * latencies are those of this load, not of a given rate (no correction for coordinated omission is due).
 *
 * <p>Calls are made where answers arrive, on the client library's own threads. Some libraries have many: so nothing is locked, and each
 * thread counts for itself.
 */
public final class ClosedLoop {

    private final Target target;
    private final Supplier<@Nullable Operation> source;
    private final int inFlight;
    private final CompletableFuture<LoadStatistics> ended = new CompletableFuture<>();
    private final AtomicInteger openLanes;
    private final Queue<LoadStatistics> statistics = new ConcurrentLinkedQueue<>();
    private final ThreadLocal<LoadStatistics> ofThread = ThreadLocal.withInitial(this::newStatistics);
    private volatile boolean measuring;
    private volatile boolean stopped;

    /**
     * @param source the calls; null when there are no more. Asked by many threads.
     * @param inFlight the calls on their way at once, at least 1
     */
    public ClosedLoop(Target target, Supplier<@Nullable Operation> source, int inFlight) {
        this.target = target;
        this.source = source;
        this.inFlight = inFlight;
        this.openLanes = new AtomicInteger(inFlight);
    }

    /** Sends the first calls. Completes when the last one is answered: at the end of the source, or some time after {@link #stop}. */
    public CompletableFuture<LoadStatistics> start() {
        for (int lane = 0; lane < inFlight; lane++) {
            new Lane().run();
        }
        return ended;
    }

    /** Counts the answers from now on, or no longer. */
    public void measure(boolean yes) {
        measuring = yes;
    }

    /** Sends no more calls. */
    public void stop() {
        stopped = true;
    }

    private LoadStatistics newStatistics() {
        LoadStatistics own = new LoadStatistics();
        statistics.add(own);
        return own;
    }

    /** One call after another. */
    private final class Lane {

        /** Of a call's answer and the return of the method that sent it, whether one has come: the other goes on with the next call. */
        private final AtomicBoolean halfDone = new AtomicBoolean();

        void run() {
            do {
                halfDone.set(false);
                Operation operation = stopped ? null : source.get();
                if (operation == null) {
                    end();
                    return;
                }
                send(operation);
                // A call that was answered before it returned is followed by the next one here, not by a deeper and
                // deeper stack.
            } while (halfDone.getAndSet(true));
        }

        private void send(Operation operation) {
            long start = System.nanoTime();
            boolean isRead = operation instanceof Operation.Read;
            CompletionStage<Boolean> answer;
            try {
                answer = switch (operation) {
                    case Operation.Read read -> target.get(read.key());
                    case Operation.Write write ->
                        target.put(write.key(), write.value()).thenApply(done -> true);
                };
            } catch (RuntimeException e) {
                answer = CompletableFuture.failedStage(e);
            }
            answer.whenComplete((found, failure) -> answered(start, isRead, found, failure));
        }

        private void answered(long start, boolean isRead, @Nullable Boolean found, @Nullable Throwable failure) {
            if (failure != null) {
                // Outside the window too: a run with errors at any time is no measurement.
                ofThread.get().failed((isRead ? "read: " : "write: ") + target.kind(failure), 1);
            } else if (measuring) {
                ofThread.get().succeeded(isRead, System.nanoTime() - start, !Boolean.TRUE.equals(found));
            }
            if (halfDone.getAndSet(true)) {
                run();
            }
        }

        private void end() {
            // Each thread's counts come before the end of the lane they were made in, so the last one to end sees them
            // all.
            if (openLanes.decrementAndGet() == 0) {
                LoadStatistics all = new LoadStatistics();
                statistics.forEach(all::add);
                ended.complete(all);
            }
        }
    }
}
