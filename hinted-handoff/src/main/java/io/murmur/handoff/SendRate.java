package io.murmur.handoff;

import java.time.Duration;

/**
 * How fast hints go to one node. A node that has just returned has cold caches and other nodes' hints to take, so it begins slowly: the
 * rate doubles for each quarter of a second's worth that was answered quickly, and halves when the node is busy or does not answer. Nothing is saved up
 * in idle times. Pure.
 */
final class SendRate {

    /** An answer within this time says that there is room for more. */
    static final long QUICK_NANOS = 200_000_000;

    private static final int QUARTER = 4;

    private final long least;
    private final long most;
    private long bytesPerSecond;
    private long answeredQuickly;
    private long freeAtNanos;

    SendRate(HandoverSettings settings, long nowNanos) {
        this.least = settings.leastBytesPerSecond();
        this.most = settings.mostBytesPerSecond();
        this.bytesPerSecond = settings.firstBytesPerSecond();
        this.freeAtNanos = nowNanos;
    }

    long bytesPerSecond() {
        return bytesPerSecond;
    }

    /** How long to wait before sending so many bytes. */
    Duration reserve(long bytes, long nowNanos) {
        if (freeAtNanos - nowNanos < 0) {
            freeAtNanos = nowNanos;
        }
        Duration wait = Duration.ofNanos(freeAtNanos - nowNanos);
        freeAtNanos += Math.round(bytes * 1e9 / bytesPerSecond);
        return wait;
    }

    /** So many bytes have been taken, all of them within this time. */
    void answered(long bytes, long tookNanos) {
        if (tookNanos > QUICK_NANOS) {
            answeredQuickly = 0;
            return;
        }
        answeredQuickly += bytes;
        if (answeredQuickly >= bytesPerSecond / QUARTER) {
            bytesPerSecond = Math.min(most, bytesPerSecond * 2);
            answeredQuickly = 0;
        }
    }

    /** The node was busy, or did not answer in time. */
    void wasTooMuch() {
        bytesPerSecond = Math.max(least, bytesPerSecond / 2);
        answeredQuickly = 0;
    }
}
