package io.murmur.benchmarks.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.murmur.benchmarks.driver.Workload.Distribution;
import io.murmur.benchmarks.driver.Workload.Operation;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class WorkloadTest {

    private static Workload workload(double reads, Distribution distribution, long seed) {
        return new Workload(100, 24, 10, reads, distribution, seed);
    }

    private static List<Operation> take(int count, Supplier<@Nullable Operation> source) {
        return Stream.generate(source).limit(count).map(Objects::requireNonNull).toList();
    }

    private static String key(Operation operation) {
        return new String(
                switch (operation) {
                    case Operation.Read read -> read.key();
                    case Operation.Write write -> write.key();
                },
                StandardCharsets.US_ASCII);
    }

    @Test
    void preloadWritesEachKeyOnce() {
        Supplier<@Nullable Operation> preload =
                workload(1, Distribution.ZIPF, 1).preload();

        List<Operation> all = take(100, preload);

        assertThat(preload.get()).isNull();
        assertThat(all).hasOnlyElementsOfType(Operation.Write.class);
        assertThat(all.stream().map(WorkloadTest::key).distinct()).hasSize(100);
        assertThat(key(all.get(42))).isEqualTo("000000000000000000000042");
    }

    @Test
    void theShareOfReadsIsTheOneAskedFor() {
        for (double share : new double[] {0, 0.5, 0.95, 1}) {
            List<Operation> operations =
                    take(100_000, workload(share, Distribution.UNIFORM, 1).mix(0));

            double reads =
                    operations.stream().filter(Operation.Read.class::isInstance).count() / 100_000.0;
            assertThat(reads).isCloseTo(share, within(share == 0 || share == 1 ? 0 : 0.01));
        }
    }

    /** Pearson's test with 99 degrees of freedom: above 149 in one seed of a thousand. */
    @Test
    void uniformKeysAreAllEqual() {
        int[] counts = new int[100];
        take(100_000, workload(0.5, Distribution.UNIFORM, 1).mix(0))
                .forEach(operation -> counts[Integer.parseInt(key(operation))]++);

        double chiSquared = Arrays.stream(counts)
                .mapToDouble(count -> Math.pow(count - 1000, 2) / 1000)
                .sum();
        assertThat(chiSquared).isBetween(50.0, 149.0);
    }

    @Test
    void aSeedMakesTheSameCallsAndAnotherSeedOthers() {
        for (Distribution distribution : Distribution.values()) {
            List<String> first = keys(workload(0.5, distribution, 1).mix(0));

            assertThat(keys(workload(0.5, distribution, 1).mix(0))).isEqualTo(first);
            assertThat(keys(workload(0.5, distribution, 2).mix(0))).isNotEqualTo(first);
            assertThat(keys(workload(0.5, distribution, 1).mix(1))).isNotEqualTo(first);
        }
    }

    private static List<String> keys(Supplier<@Nullable Operation> source) {
        return take(100, source).stream().map(WorkloadTest::key).toList();
    }

    @Test
    void valuesDifferFromOneAnother() {
        List<Operation> writes = take(50, workload(0, Distribution.UNIFORM, 1).preload());

        assertThat(writes.stream().map(write -> Arrays.toString(((Operation.Write) write).value())))
                .doesNotHaveDuplicates();
        assertThat(writes)
                .allSatisfy(
                        write -> assertThat(((Operation.Write) write).value()).hasSize(10));
    }

    @Test
    void keysTooManyForTheirLengthAreRefused() {
        assertThatThrownBy(() -> new Workload(1_000_000_000, 8, 1, 0, Distribution.UNIFORM, 1))
                .hasMessageContaining("as many as it takes to number them");
    }
}
