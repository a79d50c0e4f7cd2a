package io.murmur.node.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.murmur.simulation.Outcome;
import io.murmur.simulation.Seeds;
import io.murmur.simulation.Transcript;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Quorum and store, as they ship, in the simulator. {@code ./murmur simulate} runs any number of seeds and replays one. */
class SimulationTest {

    private static final int SEEDS = 240;
    private static final int SEEDS_WITH_CHANGES = 60;
    private static final int SEEDS_OF_HEALING = 60;
    private static final int SEEDS_OF_ATOMIC_OPERATIONS = 40;
    private static final int SEEDS_FOR_A_BUG = 200;

    @Test
    void everyPromiseHoldsUnderEverySeedAndEveryRunOfASeedIsTheSame() {
        assertNoneFails("", Memory.cluster(PlantedBug.NONE), 1, SEEDS);
    }

    @Test
    void everyPromiseHoldsWhileTheRingChanges() {
        assertNoneFails("--changes", Memory.changes(PlantedBug.NONE), 1, SEEDS_WITH_CHANGES);
    }

    @Test
    @Tag("slow")
    void everyPromiseHoldsWhileTheRingChangesUnderManySeeds() {
        assertNoneFails("--changes", Memory.changes(PlantedBug.NONE), SEEDS_WITH_CHANGES + 1, 160);
    }

    @ParameterizedTest
    @EnumSource(names = {"HINTS_ALONE", "ROUNDS_ALONE"})
    void whoWasAwayIsBroughtUpToDateByEitherAlone(Memory by) {
        assertNoneFails("--healing " + by, by.healing(PlantedBug.NONE), 1, SEEDS_OF_HEALING);
    }

    /** {@code ./murmur simulate --atomic 5000} for more. */
    @Test
    void atomicOperationsAreLinearizable() {
        assertNoneFails("--atomic", Memory.atomic(PlantedBug.NONE), 1, SEEDS_OF_ATOMIC_OPERATIONS);
    }

    /** Takes as many of the machine's cores as there are. */
    @Test
    @Tag("slow")
    void atomicOperationsAreLinearizableUnderSixHundredSeeds() {
        IntStream.range(0, 6)
                .parallel()
                .forEach(hundreds -> assertNoneFails(
                        "--atomic", Memory.atomic(PlantedBug.NONE), 100 * hundreds + 1, 100 * hundreds + 100));
    }

    /** In this one a node leaves and joins once more, and is read before it has caught up with what was forgotten meanwhile. */
    @Test
    void aFormerOwnerShowsNothingOldBeforeItHasCaughtUp() {
        assertNoneFails("--changes", Memory.changes(PlantedBug.NONE), 251, 251);
    }

    private static void assertNoneFails(String options, Seeds.Scenario scenario, int first, int last) {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        Seeds seeds = new Seeds(
                "./murmur simulate " + options, scenario, new PrintStream(printed, true, StandardCharsets.UTF_8));

        int failed = seeds.run(first, last);

        assertThat(failed).as(printed.toString(StandardCharsets.UTF_8)).isZero();
    }

    /** But for one: {@link OldHintTest}. */
    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"NONE", "TAKE_A_HINT_OLDER_THAN_THE_HORIZON"})
    void aPlantedBugIsCaught(PlantedBug bug) {
        int seed = 1;
        while (seed <= SEEDS_FOR_A_BUG && isPassed(seed, bug)) {
            seed++;
        }

        assertThat(seed).as("the first seed that catches it").isLessThanOrEqualTo(SEEDS_FOR_A_BUG);
    }

    private static boolean isPassed(long seed, PlantedBug bug) {
        Outcome outcome = bug.scenario.with(bug).run(seed, Transcript.NONE);
        return outcome.violations().isEmpty();
    }
}
