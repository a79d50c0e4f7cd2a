package io.murmur.handoff;

import static org.assertj.core.api.Assertions.assertThat;

import io.murmur.kernel.data.Version;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RatesTest {

    private static final long SECOND = 1_000_000_000;

    private final SendRate rate = new SendRate(HintWorld.HANDOVER, 0);

    @Test
    void aQuarterOfASecondsWorthAnsweredQuicklyDoublesTheRateUpToItsCap() {
        rate.answered((1 << 18) - 1, 1_000);
        assertThat(rate.bytesPerSecond()).isEqualTo(1 << 20);
        rate.answered(1, 1_000);
        assertThat(rate.bytesPerSecond()).isEqualTo(2 << 20);
        for (int i = 0; i < 100; i++) {
            rate.answered(4 << 20, 1_000);
        }
        assertThat(rate.bytesPerSecond()).isEqualTo(8 << 20);
    }

    @Test
    void slowAnswersDoNotRaiseTheRate() {
        for (int i = 0; i < 100; i++) {
            rate.answered(1 << 17, 1_000);
            rate.answered(1 << 17, SendRate.QUICK_NANOS + 1);
        }
        assertThat(rate.bytesPerSecond()).isEqualTo(1 << 20);
    }

    @Test
    void tooMuchHalvesTheRateDownToItsLeast() {
        rate.wasTooMuch();
        assertThat(rate.bytesPerSecond()).isEqualTo(1 << 19);
        for (int i = 0; i < 100; i++) {
            rate.wasTooMuch();
        }
        assertThat(rate.bytesPerSecond()).isEqualTo(16 << 10);
    }

    @Test
    void whatIsSentKeepsToTheRateAndIdleTimesSaveNothingUp() {
        assertThat(rate.reserve(1 << 20, 10 * SECOND)).isZero();
        assertThat(rate.reserve(1 << 20, 10 * SECOND)).isEqualTo(Duration.ofSeconds(1));
        assertThat(rate.reserve(1 << 20, 100 * SECOND)).isZero();
        assertThat(rate.reserve(1, 100 * SECOND)).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void anAllowanceIsASecondsWorthAndIsEarnedAgain() {
        Allowance allowance = new Allowance(10, 1_000, 0);
        for (int i = 0; i < 10; i++) {
            assertThat(allowance.take(10, 0)).isTrue();
        }
        assertThat(allowance.take(10, 0)).isFalse();
        assertThat(allowance.take(10, SECOND / 10)).isTrue();
        assertThat(allowance.take(10, SECOND / 10)).isFalse();
        assertThat(allowance.take(2_500, 100 * SECOND)).isTrue();
        assertThat(allowance.take(1, 101 * SECOND)).isFalse();
        assertThat(allowance.take(1, 102 * SECOND)).isTrue();
    }

    @Test
    void backingOffDoublesUpToItsBound() {
        Backoff backoff = new Backoff(Duration.ofMillis(100), Duration.ofSeconds(5), new Random(1));

        for (int failures = 0; failures < 40; failures++) {
            Duration most = Duration.ofMillis(Math.min(5_000, 100L << Math.min(failures, 20)));
            assertThat(backoff.after(failures)).isBetween(most.dividedBy(2), most);
        }
    }

    @Test
    void theWindowIsJudgedByWhenTheCellArrives() {
        HintWindow window = new HintWindow(1_000);
        Version version = new Version(5_000L << 16, Rings.A);

        assertThat(window.admits(version, 5_999, 0)).isTrue();
        assertThat(window.admits(version, 6_000, 0)).isFalse();
        assertThat(window.admits(version, 5_900, 99)).isTrue();
        assertThat(window.admits(version, 5_900, 100)).isFalse();
        assertThat(window.isShorterThan(999_999_999)).isFalse();
        assertThat(window.isShorterThan(SECOND)).isTrue();
    }

    @Test
    void theDefaultsAreSharedAmongTheShards() {
        HintSettings one = HintSettings.of(0, 1);
        HintSettings quarter = HintSettings.of(3, 4);

        assertThat(one.bounds().bytesPerTarget()).isEqualTo(1L << 30);
        assertThat(quarter.bounds().bytesPerTarget()).isEqualTo(1L << 28);
        assertThat(one.handover().firstBytesPerSecond()).isEqualTo(1 << 20);
        assertThat(quarter.handover().firstBytesPerSecond()).isEqualTo(1 << 18);
        assertThat(one.window()).isEqualTo(Duration.ofHours(3));
    }
}
