package io.murmur.quorum;

/** A token bucket that allows extra requests up to a share of the regular ones, with a little room for bursts. Pure, but for being mutable. */
final class HedgeBudget {

    private static final double MOST_SAVED = 10;

    private final double share;
    private double tokens = 1;

    HedgeBudget(double share) {
        this.share = share;
    }

    /** A regular request was made. */
    void earn() {
        tokens = Math.min(MOST_SAVED, tokens + share);
    }

    /** Whether so many extra requests may be made; counts them. */
    boolean spend(int requests) {
        if (tokens < requests || share <= 0) {
            return false;
        }
        tokens -= requests;
        return true;
    }
}
