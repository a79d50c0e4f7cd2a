package io.murmur.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class DurationsTest {

    @Test
    void eachIsCountedAtTheFirstBoundItDoesNotExceed() {
        Durations durations = new Durations();
        durations.note(1);
        durations.note(100_000);
        durations.note(100_001);
        durations.note(60_000_000_000L);

        long[] buckets = durations.buckets();
        assertThat(buckets).hasSize(Durations.boundsMicros().length + 1);
        assertThat(buckets[0]).isEqualTo(2);
        assertThat(buckets[1]).isEqualTo(1);
        assertThat(buckets[buckets.length - 1]).isEqualTo(1);
        assertThat(Arrays.stream(buckets).sum()).isEqualTo(durations.count()).isEqualTo(4);
        assertThat(durations.sumNanos()).isEqualTo(60_000_200_002L);
    }
}
