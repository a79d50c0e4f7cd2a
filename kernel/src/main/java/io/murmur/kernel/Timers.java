package io.murmur.kernel;

import java.time.Duration;

/**
 * Tasks to be run later, each on the thread of the owner of this object (a shard's event loop, or the control loop).
 *
 * <p>A task runs once, at the earliest when its delay has passed, in no fixed order against tasks of about the same time, and not at all
 * after {@link Timer#cancel()} returned. Call only on the owner's thread.
 */
public interface Timers {

    /** Runs the task once after at least this delay; a delay of zero or less means as soon as the current task has ended. */
    Timer after(Duration delay, Runnable task);

    /** A task that waits. */
    interface Timer {
        /** The task will not run from now on. Without effect on a task that has run. */
        void cancel();
    }
}
