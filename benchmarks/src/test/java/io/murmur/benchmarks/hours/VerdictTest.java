package io.murmur.benchmarks.hours;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class VerdictTest {

    @Test
    void aBarIsHeldUpToItself() {
        assertThat(Verdict.atMost("times", 2, 2, "twice").held()).isTrue();
        assertThat(Verdict.atMost("times", 2.01, 2, "more").held()).isFalse();
        assertThat(Verdict.atLeast("share", 0.8, 0.8, "enough").held()).isTrue();
        assertThat(Verdict.atLeast("share", 0.79, 0.8, "less").held()).isFalse();
    }

    @Test
    void whatCouldNotBeMeasuredIsMissed() {
        assertThat(Verdict.atMost("times", Double.NaN, 2, "unknown").isMissed()).isTrue();
        assertThat(Verdict.atLeast("share", Double.NaN, 0.8, "unknown").isMissed())
                .isTrue();
    }

    @Test
    void aFigureWithoutABarIsNeither() {
        Verdict figure = Verdict.figure("errors", 7, "7 calls failed");

        assertThat(figure.isMissed()).isFalse();
        assertThat(figure.toString()).isEqualTo("       7 calls failed");
    }

    @Test
    void theBarIsSaid() {
        assertThat(Verdict.atMost("times", 3, 1.1, "3 times").toString())
                .isEqualTo("MISSED 3 times (should be at most 1.1)");
        assertThat(Verdict.atMost("times", 3, 2, "3 times")).hasToString("MISSED 3 times (should be at most 2)");
    }

    @Test
    void ofWhatThereShouldBeNoneOneIsTooMany() {
        assertThat(Verdict.none("lost", 0, "lost")).hasToString("held   0 lost");
        assertThat(Verdict.none("lost", 1, "lost")).hasToString("MISSED 1 lost");
    }
}
