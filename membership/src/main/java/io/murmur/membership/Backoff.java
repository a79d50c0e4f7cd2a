package io.murmur.membership;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** Ever longer pauses of random length, so that nodes that got into each other's way do not meet again. */
final class Backoff {

    private final RandomGenerator random;
    private final long leastMillis;
    private final long mostMillis;
    private long ceilingMillis;

    /**
     * @param leastMillis the first pause at most, at least 2
     * @param mostMillis any pause at most
     */
    Backoff(RandomGenerator random, long leastMillis, long mostMillis) {
        this.random = random;
        this.leastMillis = leastMillis;
        this.mostMillis = mostMillis;
        this.ceilingMillis = leastMillis;
    }

    /** The next pause: between half and all of what is twice as much each time. */
    Duration next() {
        long ceiling = ceilingMillis;
        ceilingMillis = Math.min(mostMillis, 2 * ceiling);
        return Duration.ofMillis(random.nextLong(ceiling / 2, ceiling + 1));
    }

    /** All is well: the next pause is the shortest. */
    void reset() {
        ceilingMillis = leastMillis;
    }
}
