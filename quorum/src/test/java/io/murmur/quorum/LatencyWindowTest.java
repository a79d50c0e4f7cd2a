package io.murmur.quorum;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LatencyWindowTest {

    private final LatencyWindow window = new LatencyWindow();

    @Test
    void aPeerThatHasNotAnsweredIsTriedEarlyAndHedgedLate() {
        assertThat(window.meanNanos()).isZero();
        assertThat(window.p99Nanos()).isEqualTo(50_000_000);
    }

    @Test
    void the99thPercentileIsThatOfTheSamplesWithinAQuarter() {
        Random random = new Random(1);
        long[] samples = new long[896];
        for (int i = 0; i < samples.length; i++) {
            samples[i] = (long) (200_000 * Math.exp(random.nextGaussian()));
            window.record(samples[i]);
        }
        Arrays.sort(samples);

        long exact = samples[samples.length - 1 - samples.length / 100];
        assertThat(window.p99Nanos()).isBetween(exact, exact + exact / 4 + 1_000);
    }

    @Test
    void oldSamplesFade() {
        for (int i = 0; i < 2_000; i++) {
            window.record(80_000_000);
        }
        for (int i = 0; i < 20_000; i++) {
            window.record(1_000_000);
        }

        assertThat(window.p99Nanos()).isLessThan(2_000_000);
        assertThat(window.meanNanos()).isBetween(900_000L, 1_100_000L);
    }

    @Test
    void noSampleIsTooSmallOrTooLarge() {
        for (int i = 0; i < 64; i++) {
            window.record(-5);
        }
        assertThat(window.p99Nanos()).isEqualTo(1_000);

        for (int i = 0; i < 640; i++) {
            window.record(Long.MAX_VALUE / 4);
        }
        assertThat(window.p99Nanos()).isGreaterThan(10_000_000_000L);
    }
}
