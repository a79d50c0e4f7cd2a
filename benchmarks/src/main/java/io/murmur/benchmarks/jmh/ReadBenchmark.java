package io.murmur.benchmarks.jmh;

import io.murmur.kernel.Durability;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Reads of one shard, by where the cell is. The pages of the tables are in the operating system's memory. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 1, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class ReadBenchmark {

    private static final int BURST = 4096;
    private static final int KEYS = 200_000;
    private static final int IN_FLIGHT = 64;

    /** Where the cells are. */
    public enum Place {
        HOT,
        MEMORY_TABLE,
        TABLES
    }

    @Param
    private Place place = Place.HOT;

    private @Nullable OpenStore store;
    private int next;

    /** Fills a store so that the cells are in that place. */
    @Setup
    public void open() throws IOException {
        store = switch (place) {
            case HOT -> new OpenStore(KEYS, 1L << 30, 1L << 30);
            case MEMORY_TABLE -> new OpenStore(KEYS, 1L << 30, 0);
            case TABLES -> new OpenStore(KEYS, 4L << 20, 0);
        };
        store.join(0, KEYS, IN_FLIGHT, Durability.FSYNC);
    }

    /** Deletes it. */
    @TearDown
    public void close() throws Exception {
        if (store != null) {
            store.close();
        }
    }

    /** So many reads, each of another key. */
    @Benchmark
    @OperationsPerInvocation(BURST)
    public void read() {
        if (store != null) {
            store.read(next, BURST, IN_FLIGHT);
            next += BURST;
        }
    }
}
