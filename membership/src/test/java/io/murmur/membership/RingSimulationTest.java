package io.murmur.membership;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Keepers of rings under hundreds of seeds, and the mistakes that must not go unnoticed. */
class RingSimulationTest {

    private static final int SEEDS = 240;
    private static final int SEEDS_FOR_A_BUG = 200;

    @Test
    void everyEpochHasOneRingOneStepFromTheLastAndChangesEnd() {
        long epochs = 0;
        for (long seed = 1; seed <= SEEDS; seed++) {
            assertThat(RingScenario.run(seed, PlantedBug.NONE))
                    .as("seed %d", seed)
                    .isEmpty();
        }
        for (long seed = 1; seed <= 10; seed++) {
            epochs += RingScenario.epochs(seed);
        }
        assertThat(epochs).as("rings of the first ten runs").isGreaterThan(100);
    }

    @Test
    void equalSeedsGiveEqualRuns() {
        for (long seed = 1; seed <= 10; seed++) {
            assertThat(RingScenario.digest(seed)).isEqualTo(RingScenario.digest(seed));
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void aPlantedBugIsCaught(PlantedBug bug) {
        int seed = 1;
        while (seed <= SEEDS_FOR_A_BUG && RingScenario.run(seed, bug).isEmpty()) {
            seed++;
        }

        assertThat(seed).as("the first seed that catches it").isLessThanOrEqualTo(SEEDS_FOR_A_BUG);
    }
}
