package io.murmur.handoff;

import java.time.Duration;

/**
 * How hints are handed over to one node.
 *
 * @param firstBytesPerSecond the rate at first
 * @param leastBytesPerSecond what it never falls below
 * @param mostBytesPerSecond what it never rises above
 * @param hintsAtOnce hints on the way at a time, at most
 * @param bytesAtOnce bytes on the way at a time, about; one hint may be larger
 * @param requestTimeout how long the node may take to answer
 * @param longestWait at most so long after the node has been seen alive the first hint is sent; how long, is left to chance, since all who
 *     hold hints for it have seen it at about the same moment
 * @param shortestRetry about how long to wait before what has failed is tried again, at first
 * @param longestRetry and at most
 * @param tries so often a hint is tried that the node refuses for what it is
 */
public record HandoverSettings(
        long firstBytesPerSecond,
        long leastBytesPerSecond,
        long mostBytesPerSecond,
        int hintsAtOnce,
        int bytesAtOnce,
        Duration requestTimeout,
        Duration longestWait,
        Duration shortestRetry,
        Duration longestRetry,
        int tries) {

    public HandoverSettings {
        if (leastBytesPerSecond < 1
                || firstBytesPerSecond < leastBytesPerSecond
                || mostBytesPerSecond < firstBytesPerSecond) {
            throw new IllegalArgumentException("rates must not decrease from least to first to most: "
                    + leastBytesPerSecond + ", " + firstBytesPerSecond + ", " + mostBytesPerSecond);
        }
        if (hintsAtOnce < 1 || bytesAtOnce < 1 || tries < 1) {
            throw new IllegalArgumentException(
                    "at least one hint must be tried once: " + hintsAtOnce + ", " + bytesAtOnce + ", " + tries);
        }
        if (!isPositive(requestTimeout)
                || longestWait.isNegative()
                || !isPositive(shortestRetry)
                || longestRetry.compareTo(shortestRetry) < 0) {
            throw new IllegalArgumentException("times must be positive, and the longest retry no shorter than the"
                    + " shortest: " + requestTimeout + ", " + longestWait + ", " + shortestRetry + ", " + longestRetry);
        }
    }

    private static boolean isPositive(Duration duration) {
        return !duration.isNegative() && !duration.isZero();
    }
}
