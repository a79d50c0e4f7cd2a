package io.murmur.simulation;

import io.murmur.kernel.Timers;

/** Where things are noted down that are to happen later, in simulated time. */
interface Calendar {

    long nowNanos();

    /** Notes down a task for then, or for now when then is past. */
    Timers.Timer at(long nanos, Runnable task);

    default Timers.Timer after(long nanos, Runnable task) {
        return at(nowNanos() + nanos, task);
    }
}
