package io.murmur.client;

/** Allows retries up to a tenth of the calls, with room for bursts, so that retries cannot turn an overload into a collapse. */
final class RetryBudget {

    private static final double SHARE = 0.1;
    private static final double MOST_SAVED = 200;

    private double tokens = MOST_SAVED;

    /** A call was made. */
    void earn() {
        tokens = Math.min(MOST_SAVED, tokens + SHARE);
    }

    /** Whether a retry may be made; counts it. */
    boolean spend() {
        if (tokens < 1) {
            return false;
        }
        tokens -= 1;
        return true;
    }
}
