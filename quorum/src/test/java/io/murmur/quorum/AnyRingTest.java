package io.murmur.quorum;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** Reads meet writes while the ring changes under them, whatever the order of things. */
class AnyRingTest {

    private static final int TRIES = 1_500;
    private static final String SEED = "20260101";

    /** Invariants 2, 3, 6 and 7: messages are lost, doubled and reordered, nodes are cut off, removed and replaced, and come back. */
    @Property(tries = TRIES, seed = SEED)
    void noAnswerGoesBackBehindOneThatWasGivenBefore(@ForAll long seed) {
        MovingRing moving = new MovingRing(seed, false);

        moving.run(600);

        moving.calmDown();
    }

    /** Nodes join, leave and move one after the other, and no client notices. */
    @Property(tries = TRIES / 3, seed = SEED)
    void aPlannedChangeFailsNoCall(@ForAll long seed) {
        MovingRing moving = new MovingRing(seed, true);

        moving.run(600);

        moving.calmDown();
        assertThat(moving.failures).isEmpty();
        assertThat(moving.answered).isPositive();
    }

    /** Else the above would prove little. */
    @Test
    void callsAreRoutedAgainRequestsAreParkedAndStaleOnesRefusedInTheseRuns() {
        long reroutes = 0;
        long parked = 0;
        long refused = 0;
        long answered = 0;
        long changed = 0;
        for (long seed = 0; seed < 100; seed++) {
            MovingRing moving = new MovingRing(seed, false);
            moving.run(600);
            reroutes += moving.sum(QuorumStatistics::reroutes);
            parked += moving.sum(QuorumStatistics::parkedRequests);
            refused += moving.sum(QuorumStatistics::replicaRefusals);
            answered += moving.answered;
            changed += moving.changed;
        }

        assertThat(reroutes).isGreaterThan(100);
        assertThat(parked).isGreaterThan(100);
        assertThat(refused).isGreaterThan(100);
        assertThat(answered).isGreaterThan(1_000);
        assertThat(changed).isGreaterThan(100);
    }
}
