package io.murmur.kernel.data;

import static org.assertj.core.api.Assertions.assertThat;

import io.murmur.kernel.SettableClock;
import io.murmur.kernel.ring.NodeId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HybridClockTest {

    private static final long NOW_MILLIS = 1_800_000_000_000L;
    private static final NodeId SELF = new NodeId(1, 1);
    private static final NodeId OTHER = new NodeId(2, 2);

    private final SettableClock wall = new SettableClock(0, NOW_MILLIS);
    private final HybridClock clock = new HybridClock(SELF, wall, Duration.ofMillis(500));

    @Test
    void aStampSaysWhenAndByWhom() {
        Version stamp = clock.stamp();

        assertThat(stamp.wallMillis()).isEqualTo(NOW_MILLIS);
        assertThat(stamp.node()).isEqualTo(SELF);
    }

    @Test
    void stampsRiseWhileTheWallClockStandsStill() {
        Version last = clock.stamp();
        for (int i = 0; i < 200_000; i++) { // More than the counter's 16 bits hold: it then runs into the milliseconds.
            Version next = clock.stamp();
            assertThat(next.isAfter(last)).isTrue();
            last = next;
        }
        assertThat(last.wallMillis()).isEqualTo(NOW_MILLIS + 3);
    }

    @Test
    void stampsRiseWhenTheWallClockGoesBack() {
        Version before = clock.stamp();
        wall.setWallMillis(NOW_MILLIS - Duration.ofDays(1).toMillis());

        Version after = clock.stamp();

        assertThat(after.isAfter(before)).isTrue();
        assertThat(after.wallMillis()).isEqualTo(NOW_MILLIS);
    }

    @Test
    void stampsFollowTheWallClockForward() {
        clock.stamp();
        wall.setWallMillis(NOW_MILLIS + 10);

        assertThat(clock.stamp()).isEqualTo(new Version((NOW_MILLIS + 10) << 16, SELF));
    }

    @Test
    void aStampIsGreaterThanAnyVersionObserved() {
        Version ahead = new Version(((NOW_MILLIS + 400) << 16) + 7, OTHER);

        clock.observe(ahead);

        assertThat(clock.stamp().isAfter(ahead)).isTrue();
    }

    @Test
    void observingAnOldVersionChangesNothing() {
        Version before = clock.stamp();

        clock.observe(new Version(5, OTHER));

        assertThat(clock.stamp()).isEqualTo(new Version(before.reading() + 1, SELF));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void stampsRiseUnderAnyMixOfJumpsAndObservations(long seed) {
        Random random = new Random(seed);
        List<Version> seen = new ArrayList<>();
        seen.add(clock.stamp());
        for (int i = 0; i < 5_000; i++) {
            wall.setWallMillis(NOW_MILLIS + random.nextLong(-10_000, 10_000));
            if (random.nextBoolean()) {
                Version foreign = new Version(
                        ((wall.wallMillis() + random.nextLong(-1000, 1000)) << 16) | random.nextInt(1 << 16), OTHER);
                if (clock.millisTooFarAhead(foreign) <= 0) {
                    clock.observe(foreign);
                    seen.add(foreign);
                }
            }
            Version stamp = clock.stamp();
            assertThat(seen).allSatisfy(version -> assertThat(stamp.isAfter(version)).isTrue());
            seen.clear();
            seen.add(stamp);
        }
    }

    @Test
    void aVersionIsTooFarAheadBeyondTheDriftBoundOnly() {
        assertThat(clock.millisTooFarAhead(new Version((NOW_MILLIS + 500) << 16 | 0xFFFF, OTHER))).isZero();
        assertThat(clock.millisTooFarAhead(new Version((NOW_MILLIS + 501) << 16, OTHER))).isEqualTo(1);
        assertThat(clock.millisTooFarAhead(new Version(0, OTHER))).isNegative();
    }

    @Test
    void aVersionOfTheLastMillisecondThereIsIsTooFarAhead() {
        assertThat(clock.millisTooFarAhead(new Version(-1, OTHER))).isPositive();
    }
}
