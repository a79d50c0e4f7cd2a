package io.murmur.simulation.register;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** {@link LinearizabilityCheck} against {@link EveryOrder}. */
class EveryOrderTest {

    private static final int HISTORIES = 10_000;

    @Test
    void theSearchFindsWhatTryingEveryOrderFinds() {
        int linearizable = 0;
        for (int seed = 0; seed < HISTORIES; seed++) {
            List<RegisterOperation> history = RandomHistory.small(new SplittableRandom(seed)).stream()
                    .map(EveryOrderTest::inMillis)
                    .toList();
            Verdict verdict = new LinearizabilityCheck(Duration.ofMillis(1)).check(history);
            boolean expected = EveryOrder.isLinearizable(history, 1_000_000);
            assertThat(verdict instanceof Verdict.Linearizable)
                    .as("seed %s: %s", seed, history)
                    .isEqualTo(expected);
            linearizable += expected ? 1 : 0;
        }

        assertThat(linearizable).as("of %s", HISTORIES).isBetween(HISTORIES / 4, HISTORIES * 3 / 4);
    }

    @Test
    void whatHappenedInSomeOrderIsLinearizable() {
        for (int seed = 0; seed < 500; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            List<RegisterOperation> history = new RandomHistory(random, 4, 80, 0.1).linearizable();

            assertThat(new LinearizabilityCheck(Duration.ZERO).check(history))
                    .as("seed %s", seed)
                    .isEqualTo(new Verdict.Linearizable());
        }
    }

    private static RegisterOperation inMillis(RegisterOperation drawn) {
        return new RegisterOperation(
                drawn.client(),
                drawn.action(),
                drawn.invokedNanos() * 1_000_000,
                drawn.completedNanos() * 1_000_000,
                drawn.result());
    }
}
