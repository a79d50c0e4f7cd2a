package io.murmur.quorum;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** Atomic operations by any schedule of messages, syncs and crashes. */
class AnyChangeTest {

    private static final int SEEDS = 150;
    private static final int STEPS = 800;

    private static Register run(long seed, double trouble, double plainShare, boolean withCrashes) {
        Register register = new Register(seed, trouble, plainShare);
        try {
            register.run(STEPS, withCrashes);
            register.check();
        } catch (AssertionError e) {
            throw new AssertionError("seed " + seed, e);
        }
        return register;
    }

    @Test
    void withoutTroubleAllOfThemAreDoneOneAfterTheOther() {
        long combined = 0;
        long conflicts = 0;
        long oneTrips = 0;
        for (int seed = 0; seed < SEEDS; seed++) {
            Register register = run(seed, 0, 0, false);
            assertThat(register.calls).as("seed %d", seed).allMatch(Register.Call::isDone);
            combined += register.sum(QuorumStatistics::changesCombined);
            conflicts += register.sum(QuorumStatistics::changeConflicts);
            oneTrips += register.sum(QuorumStatistics::changesInOneTrip);
        }
        assertThat(combined).isPositive();
        assertThat(conflicts).isPositive();
        assertThat(oneTrips).isPositive();
    }

    @Test
    void lostAndDoubledMessagesNeitherLoseNorDoubleAny() {
        for (int seed = 0; seed < SEEDS; seed++) {
            run(seed, 0.2, 0, false);
        }
    }

    @Test
    void neitherDoCrashes() {
        for (int seed = 0; seed < SEEDS; seed++) {
            run(seed, 0.1, 0, true);
        }
    }

    @Test
    void plainWritesAndTheyAreInOneOrder() {
        long restamps = 0;
        long unknown = 0;
        for (int seed = 0; seed < SEEDS; seed++) {
            Register register = run(seed, 0.1, 0.3, seed % 2 == 0);
            restamps += register.sum(QuorumStatistics::restamps);
            unknown += register.sum(QuorumStatistics::changesUnknown);
        }
        assertThat(restamps).isPositive();
        assertThat(unknown).isPositive();
    }

    /** Without crashes, which may make an owner forget what an operation may miss: then SERIAL alone knows. */
    @Test
    void readsAtAMajorityAreInThatOrderToo() {
        long shared = 0;
        long repairs = 0;
        for (int seed = 0; seed < 2 * SEEDS; seed++) {
            Register register = new Register(seed, seed % 3 * 0.1, seed % 4 * 0.2);
            register.isCrowded = true;
            try {
                register.run(STEPS, false);
                register.check();
            } catch (AssertionError e) {
                throw new AssertionError("seed " + seed, e);
            }
            shared += register.sum(QuorumStatistics::repairsShared);
            repairs += register.sum(QuorumStatistics::repairs);
        }
        assertThat(shared).isPositive();
        assertThat(repairs).isGreaterThan(shared);
    }

    @Test
    void aPromiseThatIsNotDurableIsNoticed() {
        assertThatThrownBy(() -> {
                    for (int seed = 0; seed < SEEDS; seed++) {
                        Register register = new Register(seed, 0.1, 0);
                        register.forgetsPromises = true;
                        register.run(STEPS, true);
                        register.check();
                    }
                })
                .isInstanceOf(AssertionError.class);
    }
}
