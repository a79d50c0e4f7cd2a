package io.murmur.benchmarks.hours;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class FiguresTest {

    private final Timeline timeline = new Timeline(0);

    /** A second of calls, each as slow. */
    private void second(int second, long latencyMillis) {
        long due = TimeUnit.SECONDS.toNanos(second);
        timeline.answered(due, due + TimeUnit.MILLISECONDS.toNanos(latencyMillis), false, false);
    }

    private double secondsUntilBack(double end) {
        return Figures.secondsUntilBack(timeline.intervals(10, 10), end, 5);
    }

    @Test
    void p99IsBackWhenItIsNearThatAtRestForThreeSecondsOnEnd() {
        int[] latencies = {5, 900, 800, 9, 9, 30, 9, 9, 9, 9};
        for (int second = 0; second < latencies.length; second++) {
            second(second, latencies[second]);
        }

        assertThat(secondsUntilBack(3)).isEqualTo(3.0);
        assertThat(secondsUntilBack(2.5)).isEqualTo(3.5);
    }

    @Test
    void p99WasNeverAwayWhenItIsNearFromTheEndOn() {
        for (int second = 0; second < 10; second++) {
            second(second, 5);
        }

        assertThat(secondsUntilBack(4)).isZero();
    }

    @Test
    void aTimeWithErrorsOrWithoutAnswersIsNotBack() {
        for (int second = 0; second < 10; second++) {
            if (second != 4) {
                second(second, 5);
            }
        }
        timeline.failed(TimeUnit.SECONDS.toNanos(7), "lost");

        assertThat(secondsUntilBack(3)).isNaN();
    }
}
