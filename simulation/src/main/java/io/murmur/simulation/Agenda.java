package io.murmur.simulation;

import io.murmur.kernel.Timers;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Simulated time: what is to happen, by time and, at equal times, in the order in which it was noted down. That order is all the order
 * there is, so a run is a function of its seed.
 */
final class Agenda {

    private final PriorityQueue<Event> events = new PriorityQueue<>(1024);
    private final TraceDigest digest;
    private long nowNanos;
    private long sequence;

    Agenda(TraceDigest digest) {
        this.digest = digest;
    }

    long nowNanos() {
        return nowNanos;
    }

    /** How many events have been noted down so far. */
    long events() {
        return sequence;
    }

    /** Notes down a task for then, or for now when then is past. */
    Timers.Timer at(long nanos, Runnable task) {
        Event event = new Event(Math.max(nanos, nowNanos), sequence++, task);
        events.add(event);
        return event;
    }

    Timers.Timer after(long nanos, Runnable task) {
        return at(nowNanos + nanos, task);
    }

    /** Lets the next thing happen unless it is later than this; then only time passes. Answers whether something happened. */
    boolean step(long untilNanos) {
        Event next = next(untilNanos);
        if (next == null) {
            nowNanos = Math.max(nowNanos, untilNanos);
            return false;
        }
        nowNanos = next.atNanos;
        digest.add(next.atNanos);
        digest.add(next.sequence);
        next.task.run();
        return true;
    }

    private @Nullable Event next(long untilNanos) {
        while (true) {
            Event first = events.peek();
            if (first == null || first.atNanos > untilNanos) {
                return null;
            }
            events.remove();
            if (!first.cancelled) {
                return first;
            }
        }
    }

    private static final class Event implements Comparable<Event>, Timers.Timer {
        private final long atNanos;
        private final long sequence;
        private final Runnable task;
        private boolean cancelled;

        Event(long atNanos, long sequence, Runnable task) {
            this.atNanos = atNanos;
            this.sequence = sequence;
            this.task = task;
        }

        @Override
        public void cancel() {
            cancelled = true;
        }

        @Override
        public int compareTo(Event other) {
            int byTime = Long.compare(atNanos, other.atNanos);
            return byTime != 0 ? byTime : Long.compare(sequence, other.sequence);
        }
    }
}
