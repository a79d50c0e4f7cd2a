package io.murmur.gossip;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class PhiAccrualTest {

    private static final int WINDOW = 100;

    private final PhiAccrual accrual = new PhiAccrual(WINDOW, 1000, 100, 0);
    private long now;

    @Test
    void phiIsTheNegativeLogarithmOfTheChanceOfSoLongAGap() {
        // Gaps of 900 and 1100: mean 1000, deviation 100.
        for (int i = 0; i < WINDOW; i++) {
            hearAfter(i % 2 == 0 ? 900 : 1100);
        }

        assertThat(accrual.phi(now + 1000)).isBetween(0.29, 0.31); // One half.
        assertThat(accrual.phi(now + 1233)).isBetween(1.95, 2.05); // 2.33 deviations: one in a hundred.
        assertThat(accrual.phi(now + 1561)).isBetween(7.9, 8.1); // 5.61 deviations: one in 10^8.
    }

    @Property(seed = "1", tries = 300)
    void aLongerSilenceIsNoLessSuspicious(
            @ForAll long seed,
            @ForAll @IntRange(max = 100_000) int silence,
            @ForAll @IntRange(max = 100_000) int more) {
        Random random = new Random(seed);
        PhiAccrual any = new PhiAccrual(WINDOW, 1000, 100, 0);
        long at = 0;
        for (int i = random.nextInt(300); i > 0; i--) {
            at += random.nextInt(5000);
            any.heard(at);
        }

        assertThat(any.phi(at + silence + more)).isGreaterThanOrEqualTo(any.phi(at + silence));
    }

    @Test
    void anEndlessSilenceIsSuspiciousBeyondAllBoundsAndStillANumber() {
        hearAfter(1000);

        assertThat(accrual.phi(now + 1_000_000_000L)).isGreaterThan(1e6).isFinite();
    }

    @Test
    void irregularGapsMakePatient() {
        for (int i = 0; i < WINDOW; i++) {
            hearAfter(1000);
        }
        double regular = accrual.phi(now + 3000);
        for (int i = 0; i < WINDOW; i++) {
            hearAfter(i % 2 == 0 ? 100 : 1900);
        }

        assertThat(accrual.phi(now + 3000)).isLessThan(regular / 10);
    }

    @Test
    void onlyTheWindowCounts() {
        for (int i = 0; i < WINDOW; i++) {
            hearAfter(60_000);
        }
        for (int i = 0; i < WINDOW; i++) {
            hearAfter(1000);
        }

        assertThat(accrual.meanMillis()).isEqualTo(1000);
        assertThat(accrual.phi(now + 5000)).isGreaterThan(8);
    }

    @Test
    void anAbsenceIsNoGap() {
        for (int i = 0; i < WINDOW; i++) {
            hearAfter(1000);
        }
        now += 3_600_000;
        accrual.returned(now);

        assertThat(accrual.meanMillis()).isEqualTo(1000);
        assertThat(accrual.silenceMillis(now + 10)).isEqualTo(10);
    }

    private void hearAfter(long millis) {
        now += millis;
        accrual.heard(now);
    }
}
