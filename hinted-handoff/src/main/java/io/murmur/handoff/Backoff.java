package io.murmur.handoff;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** How long to wait before trying again: twice as long each time, up to a bound, and at random, so that those who wait do not come together. */
record Backoff(Duration shortest, Duration longest, RandomGenerator random) {

    private static final int MOST_DOUBLINGS = 16;

    /**
     * @param failures so far, from 0
     */
    Duration after(int failures) {
        long most = Math.min(longest.toNanos(), shortest.toNanos() << Math.min(failures, MOST_DOUBLINGS));
        return Duration.ofNanos(most / 2 + random.nextLong(most / 2 + 1));
    }
}
