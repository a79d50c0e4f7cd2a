package io.murmur.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.murmur.simulation.ToyRegister.Bug;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SeedsTest {

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);

    private String printed() {
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private static List<String> transcript(long seed) {
        List<String> lines = new ArrayList<>();
        ClusterScenario.run(seed, ToyRegister.factory(Bug.NONE), Transcript.to(lines::add));
        return lines;
    }

    @Test
    void aSeedHasOneTranscriptAndAnotherSeedAnother() {
        assertThat(transcript(3)).hasSizeGreaterThan(1_000).isEqualTo(transcript(3));
        assertThat(transcript(4)).isNotEqualTo(transcript(3));
    }

    @Test
    void aProcessThatDependsOnMoreThanTheSeedIsFound() {
        AtomicInteger starts = new AtomicInteger();
        ProcessFactory toy = ToyRegister.factory(Bug.NONE);
        ProcessFactory forgetful = seams -> {
            seams.timers().after(Duration.ofNanos(starts.incrementAndGet()), () -> {});
            return toy.start(seams);
        };

        int failed = Seeds.of("toy", forgetful, out).run(1, 2);

        assertThat(failed).isEqualTo(2);
        assertThat(printed()).contains("seed 1 FAILED", "two runs differ", "replay it: toy replay 1");
    }

    @Test
    void aProcessThatThrowsIsFoundAndItsSeedCanBeReplayed() {
        ProcessFactory broken = seams -> (from, message) -> {
            throw new IllegalStateException("cannot");
        };
        Seeds seeds = Seeds.of("toy", broken, out);

        assertThat(seeds.execute("1")).isOne();
        assertThat(printed()).contains("nothing is thrown", "cannot", "replay it: toy replay 1");

        bytes.reset();
        assertThat(seeds.execute("replay", "1")).isOne();
        assertThat(printed()).contains("client-1 -> ", "VIOLATION");
    }

    @Test
    void argumentsThatMeanNothingAreAnsweredWithTheUsage() {
        Seeds seeds = Seeds.of("toy", ToyRegister.factory(Bug.NONE), out);

        assertThat(seeds.execute("many")).isOne();
        assertThat(seeds.execute()).isOne();

        assertThat(printed()).contains("usage: toy LAST | FIRST LAST | replay SEED");
    }

    @Test
    void scenariosExerciseAllThatTheyClaim() {
        List<Outcome> outcomes = new ArrayList<>();
        for (int seed = 1; seed <= 100; seed++) {
            outcomes.add(ClusterScenario.run(seed, ToyRegister.factory(Bug.NONE), Transcript.NONE));
        }

        for (FaultSchedule.Kind kind : EnumSet.complementOf(EnumSet.of(FaultSchedule.Kind.DEAF_TO_RINGS))) {
            assertThat(outcomes).anyMatch(outcome -> outcome.count("fault " + kind) > 0);
        }
        for (String what : List.of("kills", "stops", "stalls", "messages repeated", "crashes inside a disk call")) {
            assertThat(outcomes).anyMatch(outcome -> outcome.count(what) > 0);
        }
        int done = outcomes.stream()
                .mapToInt(outcome -> outcome.count("reads done") + outcome.count("writes done"))
                .sum();
        assertThat(done).isGreaterThan(100 * 300);
        assertThat(outcomes).allSatisfy(outcome -> {
            assertThat(outcome.count("reads done")).isPositive();
            assertThat(outcome.count("writes done")).isPositive();
        });
    }
}
