package io.murmur.kernel.data;

import io.murmur.kernel.Clock;
import io.murmur.kernel.ring.NodeId;
import java.time.Duration;

/**
 * Where versions come from: a hybrid logical clock (Kulkarni 2014, algorithm 1, with the counter folded into the low bits of one long).
 *
 * <p>A stamp is greater than every stamp before it and than every version observed, whatever the wall clock does. A version more than
 * the drift bound ahead of the own wall clock is not observed: one bad clock must not drag the others along.
 *
 * <p>Each shard has its own; used on the shard's thread alone.
 */
public final class HybridClock {

    private final NodeId self;
    private final Clock clock;
    private final long maxDriftMillis;
    private long last;

    public HybridClock(NodeId self, Clock clock, Duration maxDrift) {
        this.self = self;
        this.clock = clock;
        this.maxDriftMillis = maxDrift.toMillis();
    }

    /** A version greater than all this clock has given or observed. */
    public Version stamp() {
        last = Math.max(last + 1, clock.wallMillis() << Version.COUNTER_BITS);
        return new Version(last, self);
    }

    /** Later stamps will be greater than this version. Only for versions that are not {@link #millisTooFarAhead too far ahead}. */
    public void observe(Version version) {
        last = Math.max(last, version.reading());
    }

    /** By how many milliseconds a version lies beyond the drift bound; 0 or less when it is acceptable. */
    public long millisTooFarAhead(Version version) {
        return version.wallMillis() - clock.wallMillis() - maxDriftMillis;
    }
}
