package io.murmur.node.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.murmur.simulation.Outcome;
import io.murmur.simulation.Seeds;
import io.murmur.simulation.Transcript;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Quorum and store, as they ship, in the simulator. {@code ./murmur simulate} runs any number of seeds and replays one. */
class SimulationTest {

    private static final int SEEDS = 240;
    private static final int SEEDS_WITH_CHANGES = 60;
    private static final int SEEDS_OF_HEALING = 60;
    private static final int SEEDS_FOR_A_BUG = 200;

    @Test
    void everyPromiseHoldsUnderEverySeedAndEveryRunOfASeedIsTheSame() {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        Seeds seeds = new Seeds(
                "./murmur simulate",
                Memory.cluster(PlantedBug.NONE),
                new PrintStream(printed, true, StandardCharsets.UTF_8));

        int failed = seeds.run(1, SEEDS);

        assertThat(failed).as(printed.toString(StandardCharsets.UTF_8)).isZero();
    }

    @Test
    void everyPromiseHoldsWhileTheRingChanges() {
        assertNoneFails(1, SEEDS_WITH_CHANGES);
    }

    @Test
    @Tag("slow")
    void everyPromiseHoldsWhileTheRingChangesUnderManySeeds() {
        assertNoneFails(SEEDS_WITH_CHANGES + 1, 160);
    }

    @ParameterizedTest
    @EnumSource(names = {"HINTS_ALONE", "ROUNDS_ALONE"})
    void whoWasAwayIsBroughtUpToDateByEitherAlone(Memory by) {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        Seeds seeds = new Seeds(
                "./murmur simulate --healing " + by,
                by.healing(PlantedBug.NONE),
                new PrintStream(printed, true, StandardCharsets.UTF_8));

        int failed = seeds.run(1, SEEDS_OF_HEALING);

        assertThat(failed).as(printed.toString(StandardCharsets.UTF_8)).isZero();
    }

    /** In this one a node leaves and joins once more, and is read before it has caught up with what was forgotten meanwhile. */
    @Test
    void aFormerOwnerShowsNothingOldBeforeItHasCaughtUp() {
        assertNoneFails(251, 251);
    }

    private static void assertNoneFails(int first, int last) {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        Seeds seeds = new Seeds(
                "./murmur simulate --changes",
                Memory.changes(PlantedBug.NONE),
                new PrintStream(printed, true, StandardCharsets.UTF_8));

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
        Outcome outcome = switch (bug.scenario) {
            case CLUSTER -> Memory.cluster(bug).run(seed, Transcript.NONE);
            case CHANGES -> Memory.changes(bug).run(seed, Transcript.NONE);
            case HEALING -> Memory.HINTS_ALONE.healing(bug).run(seed, Transcript.NONE);
            case ATOMIC -> Memory.atomic(bug).run(seed, Transcript.NONE);
        };
        return outcome.violations().isEmpty();
    }
}
