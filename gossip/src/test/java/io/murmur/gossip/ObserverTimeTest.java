package io.murmur.gossip;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ObserverTimeTest {

    private static final long SECOND = 1_000_000_000L;

    private final ObserverTime time = new ObserverTime(2 * SECOND, 100 * SECOND);

    @Test
    void roundsThatComeInTimeCountInFull() {
        assertThat(time.round(101 * SECOND)).isFalse();
        assertThat(time.round(103 * SECOND)).isFalse();

        assertThat(time.millis(103 * SECOND + SECOND / 2)).isEqualTo(3500);
    }

    @Test
    void aPauseCountsAsOneRound() {
        assertThat(time.round(160 * SECOND)).isTrue();

        assertThat(time.millis(160 * SECOND)).isEqualTo(2000);
    }

    @Test
    void aPauseIsDiscountedBeforeTheRoundThatEndsIt() {
        time.round(101 * SECOND);

        assertThat(time.millis(161 * SECOND)).isEqualTo(3000);
        assertThat(time.round(161 * SECOND)).isTrue();
        assertThat(time.millis(161 * SECOND)).isEqualTo(3000);
    }
}
