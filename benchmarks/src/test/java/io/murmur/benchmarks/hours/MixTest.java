package io.murmur.benchmarks.hours;

import static org.assertj.core.api.Assertions.assertThat;

import io.murmur.benchmarks.driver.Workload;
import io.murmur.benchmarks.driver.Workload.Distribution;
import io.murmur.benchmarks.driver.Workload.Operation;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MixTest {

    private static final int KEYS = 1000;
    private static final int CALLS = 10_000;

    private final Mix mix = new Mix(new Workload(KEYS, 24, 100, 0.5, Distribution.UNIFORM, 1));

    private List<Operation> calls() {
        List<Operation> calls = new ArrayList<>();
        for (int call = 0; call < CALLS; call++) {
            calls.add(Objects.requireNonNull(mix.get()));
        }
        return calls;
    }

    private static int number(Operation operation) {
        return CheckedCache.number(
                switch (operation) {
                    case Operation.Read read -> read.key();
                    case Operation.Write write -> write.key();
                });
    }

    @Test
    void noKeyIsHotAtFirst() {
        assertThat(calls()).noneMatch(mix::isHot).allMatch(call -> number(call) < KEYS);
    }

    @Test
    void aHotKeyHasHalfOfTheCallsReadsAndWrites() {
        mix.heat(true);

        List<Operation> hot = calls().stream().filter(mix::isHot).toList();

        assertThat(hot.size()).isBetween(CALLS * 4 / 10, CALLS * 6 / 10);
        assertThat(hot).extracting(MixTest::number).containsOnly(KEYS);
        assertThat(hot.stream().filter(Operation.Write.class::isInstance).count())
                .isBetween(hot.size() * 4L / 10, hot.size() * 6L / 10);
    }

    @Test
    void noKeyIsHotAfterIt() {
        mix.heat(true);
        mix.heat(false);

        assertThat(calls()).noneMatch(mix::isHot);
    }

    @Test
    void writesOfNewKeysAreAllDifferentAndNewAndReadsAreOfTheUsualKeys() {
        mix.spread();

        Set<Integer> written = new HashSet<>();
        for (Operation operation : calls()) {
            switch (operation) {
                case Operation.Read read -> assertThat(number(read)).isLessThan(KEYS);
                case Operation.Write write ->
                    assertThat(written.add(number(write))).isTrue();
            }
        }
        assertThat(written).isNotEmpty().allMatch(number -> number >= KEYS);
    }
}
