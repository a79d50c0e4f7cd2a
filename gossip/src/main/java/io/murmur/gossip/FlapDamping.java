package io.murmur.gossip;

/**
 * How long one that comes back must prove that it lives before it counts as alive. The first return counts at once. One that keeps coming
 * and going costs everybody more than one that is away, so each further fall doubles the proof, up to a bound; each quiet spell halves it.
 * Times are milliseconds of {@link ObserverTime}. Pure.
 */
final class FlapDamping {

    private static final int MOST_FALLS = 32;

    private final long firstProofMillis;
    private final long longestProofMillis;
    private final long memoryMillis;
    private int falls;
    private long fellAtMillis;

    FlapDamping(long firstProofMillis, long longestProofMillis, long memoryMillis) {
        this.firstProofMillis = firstProofMillis;
        this.longestProofMillis = longestProofMillis;
        this.memoryMillis = memoryMillis;
    }

    /** It has been taken for dead. */
    void fell(long nowMillis) {
        falls = Math.min(MOST_FALLS, remembered(nowMillis) + 1);
        fellAtMillis = nowMillis;
    }

    /** How long it must be seen alive without a break. */
    long proofMillis(long nowMillis) {
        int repeated = remembered(nowMillis) - 1;
        if (repeated < 1) {
            return 0;
        }
        return Math.min(longestProofMillis, firstProofMillis << (repeated - 1));
    }

    private int remembered(long nowMillis) {
        return (int) Math.max(0, falls - (nowMillis - fellAtMillis) / memoryMillis);
    }
}
