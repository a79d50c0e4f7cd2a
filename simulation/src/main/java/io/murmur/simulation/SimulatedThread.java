package io.murmur.simulation;

import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** One thread of one life: tasks run one at a time in the order given, each after the time it takes. */
final class SimulatedThread implements Executor {

    private final Calendar calendar;
    private final LongSupplier taskNanos;
    private final Consumer<Runnable> life;
    private long busyUntilNanos;

    /**
     * @param taskNanos how long the next task takes
     * @param life runs a task as this life's, or not at all when that has ended
     */
    SimulatedThread(Calendar calendar, LongSupplier taskNanos, Consumer<Runnable> life) {
        this.calendar = calendar;
        this.taskNanos = taskNanos;
        this.life = life;
    }

    @Override
    public void execute(Runnable task) {
        busyUntilNanos = Math.max(busyUntilNanos, calendar.nowNanos()) + taskNanos.getAsLong();
        calendar.at(busyUntilNanos, () -> life.accept(task));
    }

    /** Does nothing for so long (SIGSTOP, a long collection). Tasks already due still run. */
    void stall(long nanos) {
        busyUntilNanos = Math.max(busyUntilNanos, calendar.nowNanos()) + nanos;
    }
}
