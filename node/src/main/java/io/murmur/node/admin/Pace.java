package io.murmur.node.admin;

import java.util.Locale;

/** How long something may still take, by how it went since it was first looked at. */
final class Pace {

    /** Before, the guess would jump about. */
    private static final double LEAST_SHARE = 0.02;

    private final long startNanos;
    private long doneBefore = -1;

    Pace(long nowNanos) {
        this.startNanos = nowNanos;
    }

    double seconds(long nowNanos) {
        return (nowNanos - startNanos) / 1e9;
    }

    /** In words, to be appended; empty while there is no telling. */
    String left(long done, long toDo, long nowNanos) {
        if (doneBefore < 0) {
            doneBefore = done;
        }
        long since = done - doneBefore;
        if (since <= 0 || since < LEAST_SHARE * toDo) {
            return "";
        }
        return String.format(Locale.ROOT, ", about %.0f s left", Math.ceil(seconds(nowNanos) / since * (toDo - done)));
    }
}
