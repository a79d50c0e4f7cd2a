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

/**
 * Joins of one shard until they are acknowledged: commit log, group commit, memory table, flushes and compaction behind it. The more are
 * on their way, the more share one sync.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(value = 1, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
@Warmup(iterations = 3, time = 3)
@Measurement(iterations = 5, time = 3)
public class JoinBenchmark {

    private static final int BURST = 4096;
    private static final int KEYS = 1_000_000;

    @Param({"1", "64", "1024"})
    private int inFlight = 1;

    @Param({"FSYNC", "INTERVAL"})
    private Durability durability = Durability.FSYNC;

    private @Nullable OpenStore store;
    private int next;

    /** Begins with an empty store of the default settings. */
    @Setup
    public void open() throws IOException {
        store = new OpenStore(KEYS, 64L << 20, 256L << 20);
    }

    /** Deletes it. */
    @TearDown
    public void close() throws Exception {
        if (store != null) {
            store.close();
        }
    }

    /** So many joins, one after the other has been acknowledged. */
    @Benchmark
    @OperationsPerInvocation(BURST)
    public void join() {
        if (store != null) {
            store.join(next, BURST, inFlight, durability);
            next += BURST;
        }
    }
}
