package io.murmur.benchmarks.hours;

import static org.assertj.core.api.Assertions.assertThat;

import io.murmur.benchmarks.driver.Target;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ReadBackTest {

    /** Asked for the keys 0 to 9, three at a time; what each answers the first time, the second time, ... */
    private static ReadBack readBack(
            IntFunction<CompletionStage<Boolean>> first, IntFunction<CompletionStage<Boolean>> later) {
        Map<Integer, Integer> asked = new HashMap<>();
        Target target = new Target() {
            @Override
            public CompletionStage<Boolean> get(byte[] key) {
                return (asked.merge((int) key[0], 1, Integer::sum) == 1 ? first : later).apply(key[0]);
            }

            @Override
            public CompletionStage<?> put(byte[] key, byte[] value) {
                throw new AssertionError("nothing is to be written");
            }

            @Override
            public void close() {}
        };
        List<byte[]> keys =
                IntStream.range(0, 10).mapToObj(key -> new byte[] {(byte) key}).toList();
        return ReadBack.of(target, keys, 3);
    }

    private static CompletionStage<Boolean> found(boolean yes) {
        return CompletableFuture.completedStage(yes);
    }

    private static CompletionStage<Boolean> failed() {
        return CompletableFuture.failedStage(new IllegalStateException("late"));
    }

    @Test
    void whatDoesNotHoldWhatWasAcknowledgedIsLost() {
        assertThat(readBack(key -> found(key != 4 && key != 9), key -> found(true)))
                .isEqualTo(new ReadBack(10, 2, 0));
    }

    @Test
    void aReadThatFailsIsTriedAgain() {
        assertThat(readBack(key -> key == 5 || key == 6 ? failed() : found(true), key -> found(key != 6)))
                .isEqualTo(new ReadBack(10, 1, 0));
    }

    @Test
    void aReadThatFailsAgainAndAgainIsUnreadable() {
        assertThat(readBack(key -> key == 0 ? failed() : found(true), key -> failed()))
                .isEqualTo(new ReadBack(10, 0, 1));
    }
}
