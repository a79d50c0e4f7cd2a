package io.murmur.simulation;

import io.murmur.kernel.Timers;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Simulated time: what is to happen, by time and, at equal times, in the order in which it was noted down. That order is all the order
 * there is, so a run is a function of its seed.
 */
final class Agenda implements Calendar {

    private final PriorityQueue<Event> events = new PriorityQueue<>(1024);
    private final TraceDigest digest;
    private long nowNanos;
    private long sequence;

    Agenda(TraceDigest digest) {
        this.digest = digest;
    }

    @Override
    public long nowNanos() {
        return nowNanos;
    }

    /** How many events have been noted down so far. */
    long events() {
        return sequence;
    }

    @Override
    public Timers.Timer at(long nanos, Runnable task) {
        Event event = new Event(Math.max(nanos, nowNanos), sequence++, task);
        events.add(event);
        return event;
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
        next.run();
        return true;
    }

    private @Nullable Event next(long untilNanos) {
        while (true) {
            Event first = events.peek();
            if (first == null || first.atNanos > untilNanos) {
                return null;
            }
            events.remove();
            if (first.task != null) {
                return first;
            }
        }
    }

    private static final class Event implements Comparable<Event>, Timers.Timer {
        private final long atNanos;
        private final long sequence;
        /** Null once it has been cancelled: what is never to happen keeps nothing alive until it would have been due. */
        private @Nullable Runnable task;

        Event(long atNanos, long sequence, Runnable task) {
            this.atNanos = atNanos;
            this.sequence = sequence;
            this.task = task;
        }

        void run() {
            if (task != null) {
                task.run();
            }
        }

        @Override
        public void cancel() {
            task = null;
        }

        @Override
        public int compareTo(Event other) {
            int byTime = Long.compare(atNanos, other.atNanos);
            return byTime != 0 ? byTime : Long.compare(sequence, other.sequence);
        }
    }
}
