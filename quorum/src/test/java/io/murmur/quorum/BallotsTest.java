package io.murmur.quorum;

import static io.murmur.quorum.Bench.KEY;
import static io.murmur.quorum.Bench.SECOND;
import static io.murmur.quorum.Bench.version;
import static org.assertj.core.api.Assertions.assertThat;

import io.murmur.kernel.Clock;
import io.murmur.kernel.data.HybridClock;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.data.Version;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What is remembered of promises, and what stands for those that are not. */
class BallotsTest {

    private static final Clock CLOCK = new Clock() {
        @Override
        public long monotonicNanos() {
            return 0;
        }

        @Override
        public long wallMillis() {
            return 1_000;
        }
    };

    private static Ballots ballots(long greatestPromise) {
        HybridClock clock = new HybridClock(Bench.SELF, CLOCK, Duration.ofMillis(500));
        return new Ballots(clock, new Bench.HandStorage(), greatestPromise);
    }

    @Test
    void thePromiseThatMakesRoomIsKeptByItsSlot() {
        Ballots ballots = ballots(0);
        Version first = version(1_000, SECOND);
        ballots.prepare(KEY, first, 1);
        for (int number = 0; number < Ballots.MOST_KEYS; number++) {
            ballots.prepare(Key.of("cache", "other" + number), version(900, SECOND), number);
        }

        assertThat(ballots.size()).isEqualTo(Ballots.MOST_KEYS);
        assertThat(ballots.prepare(KEY, first, 2)).isNotNull().isGreaterThanOrEqualTo(first);
        assertThat(ballots.prepare(KEY, version(1_001, SECOND), 3)).isNull();
        assertThat(ballots.reading()).isEqualTo(version(1_001, SECOND).reading());
    }

    @Test
    void ofLongKeysFewerAreRemembered() {
        Ballots ballots = ballots(0);
        int length = 1 << 15;
        int most = Ballots.MOST_BYTES / length;
        Version first = version(1_000, SECOND);
        ballots.prepare(KEY, first, 1);
        for (int number = 0; number < most * 2; number++) {
            byte[] bytes = new byte[length];
            bytes[0] = (byte) number;
            bytes[1] = (byte) (number >> 8);
            ballots.prepare(new Key("cache", bytes), version(900, SECOND), number);
        }

        assertThat(ballots.size()).isEqualTo(most);
        assertThat(ballots.prepare(KEY, first, 2)).isNotNull().isGreaterThanOrEqualTo(first);
        assertThat(ballots.prepare(Key.of("cache", "short"), first, 3)).isNull();
    }

    @Test
    void afterARestartAllIsPromisedUpToTheGreatestThatEverWas() {
        Ballots ballots = ballots(version(1_000, SECOND).reading());

        assertThat(ballots.prepare(KEY, version(1_000, SECOND), 1)).isNotNull();
        assertThat(ballots.outbidding(KEY, version(999, SECOND))).isNotNull();
        assertThat(ballots.outbidding(KEY, version(1_001, SECOND))).isNull();
        assertThat(ballots.reading()).isEqualTo(version(1_000, SECOND).reading());
    }

    @Test
    void aPromiseGoesWhenAsGreatACellIsHeld() {
        Ballots ballots = ballots(0);
        ballots.prepare(KEY, version(1_000, SECOND), 1);

        ballots.held(KEY, version(999, SECOND));
        assertThat(ballots.size()).isEqualTo(1);
        assertThat(ballots.mayHaveGone(KEY, version(1, SECOND))).isFalse();
        ballots.held(KEY, version(1_000, SECOND));
        assertThat(ballots.size()).isZero();
        assertThat(ballots.mayHaveGone(KEY, version(1_000, SECOND))).isTrue();
        assertThat(ballots.mayHaveGone(KEY, version(1_001, SECOND))).isFalse();
        assertThat(ballots.mayHaveGone(Key.of("cache", "other"), version(1, SECOND)))
                .isFalse();
    }
}
