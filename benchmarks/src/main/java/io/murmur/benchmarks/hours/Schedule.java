package io.murmur.benchmarks.hours;

/**
 * When the calls of a steady load are due: call 0 at the start, then one after another at equal distances.
 *
 * @param startNanos by {@link System#nanoTime}
 * @param perSecond more than 0
 */
record Schedule(long startNanos, double perSecond) {

    Schedule {
        if (!(perSecond > 0) || perSecond > 1e9) {
            throw new IllegalArgumentException(
                    "a rate is more than 0 and at most 1,000,000,000 a second: " + perSecond);
        }
    }

    long dueNanos(long call) {
        return startNanos + Math.round(call * 1e9 / perSecond);
    }
}
