package io.murmur.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.murmur.client.MurmurClient;
import io.murmur.kernel.message.EndpointLoad;
import io.murmur.node.Latencies.Operation;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Requests a second and their 99th percentile, of what has come lately. */
class LoadMeterTest {

    private static final long SECOND = 1_000_000_000L;

    @TempDir
    private Path folder = Path.of(".");

    private final Latencies latencies = new Latencies();

    private void took(Operation operation, long micros, int times) {
        Latencies.Histogram histogram = Objects.requireNonNull(latencies.histograms.get(operation));
        int bucket = 0;
        while (bucket < Latencies.BOUNDS_MICROS.length && micros > Latencies.BOUNDS_MICROS[bucket]) {
            bucket++;
        }
        histogram.buckets[bucket] += times;
        histogram.count += times;
    }

    private static EndpointLoad load(Latencies lately, long nanos) {
        return LoadMeter.load(lately, nanos, 0, 0);
    }

    @Test
    void onlyWhatCameSinceCounts() {
        took(Operation.GET, 400_000, 1000);
        Latencies before = latencies.snapshot();
        took(Operation.GET, 700, 40);
        took(Operation.PUT, 700, 60);

        EndpointLoad load = load(latencies.since(before), 5 * SECOND);

        assertThat(load.requestsPerSecond()).isEqualTo(20);
        assertThat(load.p99Micros()).isBetween(501L, 1000L);
    }

    @Test
    void aSlowOneInAHundredIsTheNinetyNinthPercentileAndOneInAThousandIsNot() {
        took(Operation.PUT, 80, 980);
        took(Operation.PUT, 20_000, 20);
        assertThat(load(latencies, SECOND).p99Micros()).isBetween(10_001L, 25_000L);

        took(Operation.PUT, 80, 19_000);
        assertThat(load(latencies, SECOND).p99Micros()).isLessThanOrEqualTo(100);
    }

    @Test
    void aNodeIsMeasuredFromOneTimeToTheNext() throws Exception {
        try (TestCluster cluster = TestCluster.started(folder, "a");
                MurmurClient client = cluster.client()) {
            LoadMeter meter = cluster.node("a").loadMeter();
            for (int key = 0; key < 50; key++) {
                TestCluster.strings(client).put("key-" + key, "value");
            }

            EndpointLoad load = meter.measure().join();
            assertThat(load.requestsPerSecond()).isPositive();
            assertThat(load.p99Micros()).isPositive();
            assertThat(load.storedBytes()).isGreaterThan(50 * 5);
            assertThat(meter.measure().join().requestsPerSecond())
                    .as("nothing has come since")
                    .isZero();
        }
    }

    @Test
    void aRingAskedForIsNoRequest() {
        took(Operation.GET_RING, 900_000, 50);

        assertThat(load(latencies, SECOND)).isEqualTo(EndpointLoad.NONE);
    }

    @Test
    void beyondTheLastBoundIsAtLeastThat() {
        took(Operation.GET, 7_000_000, 3);

        assertThat(load(latencies, SECOND).p99Micros())
                .isEqualTo(Latencies.BOUNDS_MICROS[Latencies.BOUNDS_MICROS.length - 1]);
    }
}
