package io.murmur.simulation;

import io.murmur.kernel.Clock;
import java.util.function.LongSupplier;

/** One life's clock: the agenda's time, wall time shifted by the machine's skew, monotonic time by an origin of its own. */
final class SimulatedClock implements Clock {

    /** The wall time at which every world begins. */
    static final long GENESIS_MILLIS = 1_700_000_000_000L;

    private final Agenda agenda;
    private final LongSupplier skewMillis;
    private final long originNanos;

    SimulatedClock(Agenda agenda, LongSupplier skewMillis, long originNanos) {
        this.agenda = agenda;
        this.skewMillis = skewMillis;
        this.originNanos = originNanos;
    }

    @Override
    public long monotonicNanos() {
        return originNanos + agenda.nowNanos();
    }

    @Override
    public long wallMillis() {
        return GENESIS_MILLIS + agenda.nowNanos() / 1_000_000 + skewMillis.getAsLong();
    }
}
