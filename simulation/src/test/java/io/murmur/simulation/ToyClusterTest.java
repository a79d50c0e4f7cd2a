package io.murmur.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.murmur.simulation.ToyRegister.Bug;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ToyClusterTest {

    private static final int SEEDS = 200;

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);

    @Test
    void aRightProtocolPassesEverySeedWithEqualDigests() {
        Seeds seeds = Seeds.of("toy", ToyRegister.factory(Bug.NONE), out);

        int failed = seeds.run(1, SEEDS);

        assertThat(failed).as(printed.toString(StandardCharsets.UTF_8)).isZero();
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void aPlantedBugIsCaught(Bug bug) {
        int seed = 1;
        while (seed <= SEEDS && outcome(seed, bug).violations().isEmpty()) {
            seed++;
        }

        assertThat(seed).as("the first seed that catches it").isLessThanOrEqualTo(SEEDS);
    }

    private static Outcome outcome(long seed, Bug bug) {
        return ClusterScenario.run(seed, ToyRegister.factory(bug), Transcript.NONE);
    }
}
