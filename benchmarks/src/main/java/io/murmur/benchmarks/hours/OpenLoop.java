package io.murmur.benchmarks.hours;

import io.murmur.benchmarks.driver.Target;
import io.murmur.benchmarks.driver.Workload.Operation;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * Calls at a given rate, however slow the answers are. Each is timed from when it was due and not from when it was sent, so calls that a
 * stall has kept from being sent show the stall as well (coordinated omission). A call that is due while too many are on their way is
 * dropped, and counted as an error: an application with so many calls open has none to spare either.
 */
final class OpenLoop {

    private static final String DROPPED = "dropped: too many calls on their way";
    private static final long LONGEST_PARK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final Target target;
    private final Supplier<? extends @Nullable Operation> source;
    private final Predicate<Operation> isApart;
    private final Timeline timeline;
    private final int mostOnTheWay;
    private final AtomicInteger onTheWay = new AtomicInteger();
    private final Histogram lateMicros = new Histogram(3);
    private final Thread thread = new Thread(this::run, "open-loop");
    private volatile double perSecond;
    private volatile boolean stopped;

    /**
     * @param source without end
     * @param isApart which calls' latency is kept apart from that of the others
     */
    OpenLoop(
            Target target,
            Supplier<? extends @Nullable Operation> source,
            Predicate<Operation> isApart,
            Timeline timeline,
            int mostOnTheWay,
            double perSecond) {
        this.target = target;
        this.source = source;
        this.isApart = isApart;
        this.timeline = timeline;
        this.mostOnTheWay = mostOnTheWay;
        this.perSecond = perSecond;
    }

    void start() {
        thread.start();
    }

    /** Another rate from now on. */
    void rate(double another) {
        perSecond = another;
    }

    /** Sends no more calls, and waits for the answers of those on their way. */
    void stop() throws InterruptedException {
        stopped = true;
        thread.join();
        while (onTheWay.get() > 0) {
            TimeUnit.MILLISECONDS.sleep(5);
        }
    }

    /** How much later than due the calls were sent, by this process' own fault; it is part of their latency. To be read when stopped. */
    Histogram lateMicros() {
        return lateMicros;
    }

    private void run() {
        Schedule schedule = new Schedule(timeline.startNanos(), perSecond);
        long call = 0;
        while (!stopped) {
            long now = System.nanoTime();
            while (schedule.dueNanos(call) - now <= 0) {
                begin(schedule.dueNanos(call++));
            }
            if (schedule.perSecond() != perSecond) {
                schedule = new Schedule(now, perSecond);
                call = 0;
            } else {
                LockSupport.parkNanos(Math.min(LONGEST_PARK_NANOS, schedule.dueNanos(call) - now));
            }
        }
    }

    private void begin(long due) {
        Operation operation = source.get();
        if (operation == null) {
            throw new IllegalStateException("the load's source has ended");
        }
        if (onTheWay.get() >= mostOnTheWay) {
            timeline.failed(due, DROPPED);
            return;
        }
        onTheWay.incrementAndGet();
        lateMicros.recordValue(Math.max(0, System.nanoTime() - due) / 1000);
        String kind = operation instanceof Operation.Read ? "read: " : "write: ";
        boolean apart = isApart.test(operation);
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
        answer.whenComplete((found, failure) -> {
            if (failure == null) {
                timeline.answered(due, System.nanoTime(), apart, !Boolean.TRUE.equals(found));
            } else {
                timeline.failed(due, kind + target.kind(failure));
            }
            onTheWay.decrementAndGet();
        });
    }
}
