package io.murmur.benchmarks.hours;

import static org.assertj.core.api.Assertions.assertThat;

import io.murmur.benchmarks.hours.Timeline.Interval;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class TimelineTest {

    private static final long START = -5_000_000_000L;

    private final Timeline timeline = new Timeline(START);

    private static long at(long millis) {
        return START + TimeUnit.MILLISECONDS.toNanos(millis);
    }

    @Test
    void aStallIsSeenWhereItsCallsWereDueAndTheirAnswersWhereTheyCame() {
        for (int millis = 0; millis < 1000; millis++) {
            timeline.answered(at(millis), at(2000), false, false);
        }

        List<Interval> seconds = timeline.intervals(10, 3);

        assertThat(seconds).extracting(Interval::answered).containsExactly(0L, 0L, 1000L);
        assertThat(seconds.get(0).micros().getTotalCount()).isEqualTo(1000);
        assertThat(Figures.millis(seconds.get(0).micros(), 100)).isBetween(1980.0, 2020.0);
        // The middle call waited for a second and a half, though it may have been sent at the end only.
        assertThat(Figures.millis(seconds.get(0).micros(), 50)).isBetween(1485.0, 1515.0);
        assertThat(Figures.millis(seconds.get(1).micros(), 99)).isNaN();
    }

    @Test
    void errorsAreCountedByKindWhereTheCallsWereDue() {
        timeline.failed(at(50), "lost");
        timeline.failed(at(150), "lost");
        timeline.failed(at(1150), "late");

        assertThat(timeline.between(0, 1).errors()).isEqualTo(Map.of("lost", 2L));
        assertThat(timeline.between(0, 2).errorCount()).isEqualTo(3);
        assertThat(timeline.between(0.1, 0.2).errorCount()).isEqualTo(1);
    }

    @Test
    void onlySlicesThatLieBetweenAreCounted() {
        timeline.answered(at(250), at(251), false, false);
        timeline.answered(at(350), at(351), false, false);
        timeline.answered(at(450), at(451), false, false);

        Interval interval = timeline.between(0.21, 0.49);

        assertThat(interval.answered()).isEqualTo(1);
        assertThat(interval.fromSecond()).isEqualTo(0.3);
        assertThat(interval.toSecond()).isEqualTo(0.4);
        assertThat(interval.answeredPerSecond()).isBetween(9.99, 10.01);
    }

    @Test
    void callsKeptApartAreAmongAll() {
        timeline.answered(at(0), at(1), true, false);
        timeline.answered(at(0), at(9), false, true);

        Interval interval = timeline.between(0, 1);

        assertThat(interval.apartMicros().getTotalCount()).isEqualTo(1);
        assertThat(interval.micros().getTotalCount()).isEqualTo(1);
        assertThat(interval.allMicros().getTotalCount()).isEqualTo(2);
        assertThat(interval.stale()).isEqualTo(1);
    }

    @Test
    void whatIsLeftOverIsNoInterval() {
        timeline.answered(at(2500), at(2501), false, false);

        assertThat(timeline.intervals(10, 2.9)).extracting(Interval::toSecond).containsExactly(1.0, 2.0);
    }

    @Test
    void aTimeInWhichNothingHappenedIsEmpty() {
        assertThat(timeline.between(7, 9).answered()).isZero();
        assertThat(timeline.between(7, 9).errors()).isEmpty();
    }
}
