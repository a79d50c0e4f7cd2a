package io.murmur.antientropy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Which partition has waited longest. When they are due is seen in {@link RoundTest}. */
class RoundScheduleTest {

    private final RoundSchedule schedule = new RoundSchedule(1000, 100, new Random(1));

    @Test
    void whoOwnsNothingHasNothingUnsynced() {
        assertThat(schedule.longestUnsynced(5)).isEqualTo(OptionalInt.empty());
        assertThat(schedule.longestUnsyncedNanos(5)).isZero();
    }

    @Test
    void whatWasNeverCompletedWaitsSinceItIsOwned() {
        schedule.owns(List.of(1, 2), 0);
        schedule.completed(1, 10);
        schedule.completed(2, 20);
        schedule.owns(List.of(1, 2, 3), 30);

        assertThat(schedule.longestUnsynced(40)).isEqualTo(OptionalInt.of(1));
        schedule.completed(1, 50);
        schedule.completed(2, 60);
        assertThat(schedule.longestUnsynced(70)).isEqualTo(OptionalInt.of(3));
        assertThat(schedule.longestUnsyncedNanos(70)).isEqualTo(40);
    }
}
