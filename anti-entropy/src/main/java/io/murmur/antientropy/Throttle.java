package io.murmur.antientropy;

import java.time.Duration;

/**
 * So many bytes a second, for all that a shard pulls. What is asked for is reserved before its size is known, and set right when it has
 * come. Nothing is saved up in idle times: after a pause there is no burst. Pure.
 */
final class Throttle {

    private final long bytesPerSecond;
    private long freeAtNanos;

    /**
     * @param bytesPerSecond at least 1
     * @param nowNanos of the clock all later calls are by
     */
    Throttle(long bytesPerSecond, long nowNanos) {
        if (bytesPerSecond < 1) {
            throw new IllegalArgumentException("bytes per second must be at least 1: " + bytesPerSecond);
        }
        this.bytesPerSecond = bytesPerSecond;
        this.freeAtNanos = nowNanos;
    }

    /** How long to wait before asking for so many bytes. */
    Duration reserve(long bytes, long nowNanos) {
        if (freeAtNanos - nowNanos < 0) {
            freeAtNanos = nowNanos;
        }
        Duration wait = Duration.ofNanos(freeAtNanos - nowNanos);
        add(bytes);
        return wait;
    }

    /** It came to more than was reserved by so many bytes, or to less when negative. */
    void correct(long bytes) {
        add(bytes);
    }

    private void add(long bytes) {
        freeAtNanos += Math.round(bytes * 1e9 / bytesPerSecond);
    }
}
