package io.murmur.kernel;

/** A clock that stands still until it is set. */
public final class SettableClock implements Clock {

    private long monotonicNanos;
    private long wallMillis;

    public SettableClock(long monotonicNanos, long wallMillis) {
        this.monotonicNanos = monotonicNanos;
        this.wallMillis = wallMillis;
    }

    public void setMonotonicNanos(long nanos) {
        monotonicNanos = nanos;
    }

    public void setWallMillis(long millis) {
        wallMillis = millis;
    }

    @Override
    public long monotonicNanos() {
        return monotonicNanos;
    }

    @Override
    public long wallMillis() {
        return wallMillis;
    }
}
