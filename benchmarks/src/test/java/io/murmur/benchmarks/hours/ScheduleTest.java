package io.murmur.benchmarks.hours;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ScheduleTest {

    @Test
    void callsAreDueAtEqualDistancesFromTheStart() {
        Schedule schedule = new Schedule(1_000, 4);

        assertThat(schedule.dueNanos(0)).isEqualTo(1_000);
        assertThat(schedule.dueNanos(1)).isEqualTo(250_001_000);
        assertThat(schedule.dueNanos(8)).isEqualTo(2_000_001_000);
    }

    @Test
    void aRateThatDividesNoSecondDoesNotDrift() {
        Schedule schedule = new Schedule(0, 30_000.7);

        assertThat(schedule.dueNanos(300_007_000)).isEqualTo(10_000_000_000_000L);
    }

    @Test
    void aRateOfNothingIsRefused() {
        assertThatThrownBy(() -> new Schedule(0, 0)).hasMessageContaining("more than 0");
        assertThatThrownBy(() -> new Schedule(0, Double.NaN)).hasMessageContaining("more than 0");
    }
}
