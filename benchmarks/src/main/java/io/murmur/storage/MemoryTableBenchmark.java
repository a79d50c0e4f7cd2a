package io.murmur.storage;

import io.murmur.kernel.data.Cell;
import io.murmur.kernel.data.Key;
import io.murmur.storage.SampleCells.Sample;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The memory table alone, holding 200,000 cells: 24-byte keys, 100-byte values. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class MemoryTableBenchmark {

    private static final int CELLS = 200_000;

    private final SampleCells cells = new SampleCells(CELLS, 100);
    private final MemoryTable table = new MemoryTable(new Records());
    private int next;

    /** Fills the table. */
    @Setup
    public void fill() {
        for (int i = 0; i < CELLS; i++) {
            Sample sample = cells.shuffled(i);
            table.join(sample.key(), sample.cell(), 1);
        }
    }

    /** Of a key that is there. */
    @Benchmark
    public @Nullable Cell get() {
        return table.get(cells.shuffled(next++).key());
    }

    /** In place of a cell that is there. */
    @Benchmark
    public Key put() {
        Sample sample = cells.shuffled(next++);
        table.join(sample.key(), sample.cell(), 1);
        return sample.key();
    }
}
