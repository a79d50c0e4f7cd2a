package io.murmur.simulation;

import io.murmur.kernel.Timers;
import java.time.Duration;
import java.util.concurrent.Executor;

/** Timers that hand their tasks to an owner's thread when they are due. */
final class SimulatedTimers implements Timers {

    private final Calendar calendar;
    private final Executor owner;

    SimulatedTimers(Calendar calendar, Executor owner) {
        this.calendar = calendar;
        this.owner = owner;
    }

    @Override
    public Timer after(Duration delay, Runnable task) {
        Waiting waiting = new Waiting(task);
        waiting.due = calendar.after(Math.max(0, delay.toNanos()), () -> owner.execute(waiting));
        return waiting;
    }

    /** May be cancelled while it is due already but the owner is still busy. */
    private static final class Waiting implements Timer, Runnable {
        private final Runnable task;
        private Timer due = () -> {};
        private boolean cancelled;

        Waiting(Runnable task) {
            this.task = task;
        }

        @Override
        public void cancel() {
            cancelled = true;
            due.cancel();
        }

        @Override
        public void run() {
            if (!cancelled) {
                task.run();
            }
        }
    }
}
