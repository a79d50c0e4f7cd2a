package io.murmur.simulation.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.murmur.kernel.Clock;
import io.murmur.kernel.Timers;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/** The promise of {@link Timers}. A binding says whose timers they are and how to wait. */
public abstract class TimersContract {

    private final Queue<String> happened = new ConcurrentLinkedQueue<>();

    /** The timers under test. */
    protected abstract Timers timers();

    /** The clock of their owner. */
    protected abstract Clock clock();

    /** Runs a task on the owner's thread, now or soon. */
    protected abstract void onOwner(Runnable task);

    /** Whether the caller is on the owner's thread. */
    protected abstract boolean isOnOwner();

    /** Lets time pass until this holds; throws when it does not within some seconds. */
    protected abstract void await(BooleanSupplier condition);

    @Test
    void aTaskRunsOnceAndNotBeforeItsDelay() {
        AtomicLong dueNanos = new AtomicLong();
        AtomicLong ranNanos = new AtomicLong();
        onOwner(() -> {
            dueNanos.set(clock().monotonicNanos() + Duration.ofMillis(20).toNanos());
            timers().after(Duration.ofMillis(20), () -> {
                ranNanos.set(clock().monotonicNanos());
                happened.add("task");
            });
            timers().after(Duration.ofMillis(60), () -> happened.add("much later"));
        });

        await(() -> happened.contains("much later"));

        assertThat(happened).containsExactly("task", "much later");
        assertThat(ranNanos.get()).isGreaterThanOrEqualTo(dueNanos.get());
    }

    @Test
    void aCancelledTaskNeverRuns() {
        onOwner(() -> {
            Timers.Timer timer = timers().after(Duration.ofMillis(10), () -> happened.add("cancelled"));
            timers().after(Duration.ofMillis(40), () -> happened.add("later"));
            timer.cancel();
        });

        await(() -> happened.contains("later"));

        assertThat(happened).containsExactly("later");
    }

    @Test
    void ofTwoTasksOfOneTimeTheFirstToRunCanCancelTheOther() {
        onOwner(() -> {
            Timers.Timer[] timers = new Timers.Timer[2];
            for (int i = 0; i < 2; i++) {
                int other = 1 - i;
                timers[i] = timers().after(Duration.ofMillis(10), () -> {
                    happened.add("one");
                    timers[other].cancel();
                });
            }
            timers().after(Duration.ofMillis(40), () -> happened.add("later"));
        });

        await(() -> happened.contains("later"));

        assertThat(happened).containsExactly("one", "later");
    }

    @Test
    void cancellingATaskThatHasRunChangesNothing() {
        onOwner(() -> {
            Timers.Timer timer = timers().after(Duration.ofMillis(1), () -> happened.add("task"));
            timers().after(Duration.ofMillis(30), () -> {
                timer.cancel();
                happened.add("later");
            });
        });

        await(() -> happened.contains("later"));

        assertThat(happened).containsExactly("task", "later");
    }

    @Test
    void aDelayOfZeroOrLessRunsWhenTheCurrentTaskHasEnded() {
        for (Duration delay : List.of(Duration.ZERO, Duration.ofMillis(-5))) {
            happened.clear();
            onOwner(() -> {
                timers().after(delay, () -> happened.add("timer"));
                happened.add("task ends");
            });

            await(() -> happened.contains("timer"));

            assertThat(happened).containsExactly("task ends", "timer");
        }
    }

    @Test
    void tasksRunOnTheOwnersThread() {
        onOwner(() -> timers().after(Duration.ofMillis(1), () -> happened.add(isOnOwner() ? "owner" : "stranger")));

        await(() -> !happened.isEmpty());

        assertThat(happened).containsExactly("owner");
    }
}
