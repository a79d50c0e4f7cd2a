package io.murmur.client.internal;

import io.murmur.kernel.Clock;

/** The clocks of this machine. */
public final class SystemClock implements Clock {

    @Override
    public long monotonicNanos() {
        return System.nanoTime();
    }

    @Override
    public long wallMillis() {
        return System.currentTimeMillis();
    }
}
