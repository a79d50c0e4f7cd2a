package io.murmur.gossip;

/**
 * The time that the observer was there to see. While its own process stood still (a collection, a stopped machine, a suspended one) nobody
 * could be heard, so that time is nobody's silence: between two of its own rounds no more passes than one round may take.
 *
 * <p>Counting no more than that also before the next round has come is what discounts a pause when the first thing after it is not a round
 * but a heartbeat that had waited. Pure.
 */
final class ObserverTime {

    private final long mostNanos;
    private long countedNanos;
    private long roundAtNanos;

    /** @param mostNanos how much of the time between two rounds counts at most */
    ObserverTime(long mostNanos, long nowNanos) {
        this.mostNanos = mostNanos;
        this.roundAtNanos = nowNanos;
    }

    /** A round begins. Answers whether the observer has paused since the last one. */
    boolean round(long nowNanos) {
        long gap = nowNanos - roundAtNanos;
        countedNanos += Math.min(gap, mostNanos);
        roundAtNanos = nowNanos;
        return gap > mostNanos;
    }

    /** Milliseconds that count, since it was made. */
    long millis(long nowNanos) {
        return (countedNanos + Math.min(nowNanos - roundAtNanos, mostNanos)) / 1_000_000;
    }
}
