package io.murmur.storage;

import io.murmur.kernel.Storage.Entry;
import io.murmur.kernel.data.Cell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Iterator;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
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
 * A write-once MapDB table of 100,000 cells with 24-byte keys, by itself: building it (written, synced, summed and opened), reading one
 * cell, and reading all in order. Its pages are in the operating system's memory.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 1, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class TableBenchmark {

    private static final int CELLS = 100_000;
    private static final long READ_NUMBER = 1;

    @Param({"100", "1024"})
    private int valueBytes = 100;

    private @Nullable Opened opened;

    /** Builds the table that is read. */
    @Setup
    public void open() throws IOException {
        opened = new Opened(new SampleCells(CELLS, valueBytes));
    }

    /** Deletes the files. */
    @TearDown
    public void close() throws IOException {
        if (opened != null) {
            opened.close();
        }
    }

    private Opened opened() {
        if (opened == null) {
            throw new IllegalStateException("not opened");
        }
        return opened;
    }

    /** The time for each cell. */
    @Benchmark
    @OperationsPerInvocation(CELLS)
    public long build() throws IOException {
        return opened().buildOneMore();
    }

    /** A cell that is there. */
    @Benchmark
    public @Nullable Cell get() throws IOException {
        Opened now = opened();
        return now.table.get(now.cells.shuffled(now.next++).key());
    }

    /** The time for each cell. */
    @Benchmark
    @OperationsPerInvocation(CELLS)
    public int scan() {
        Iterator<Entry> entries = opened().table.from(TableKey.startOf(0), true);
        int count = 0;
        while (entries.hasNext()) {
            entries.next();
            count++;
        }
        return count;
    }

    /** A disk in a temporary folder with one table on it. */
    private static final class Opened {
        private final SampleCells cells;
        private final Path folder;
        private final FileDisk disk;
        private final Table table;
        private int next;
        private long lastNumber = READ_NUMBER;

        Opened(SampleCells cells) throws IOException {
            this.cells = cells;
            this.folder = Files.createTempDirectory("murmur-benchmark");
            this.disk = FileDisk.open(folder);
            this.table = build(READ_NUMBER);
        }

        private Table build(long number) throws IOException {
            TableWriter writer = new TableWriter(
                    disk,
                    number,
                    new TableWriter.Expected(cells.size(), cells.weightBytes(), cells.largestCellBytes()));
            for (Entry entry : cells.inOrder()) {
                writer.add(entry);
            }
            return writer.finish();
        }

        long buildOneMore() throws IOException {
            Table built = build(++lastNumber);
            long entries = built.facts().entries();
            built.release();
            Table.delete(disk, lastNumber);
            return entries;
        }

        void close() throws IOException {
            table.release();
            disk.close();
            try (Stream<Path> tree = Files.walk(folder)) {
                for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(path);
                }
            }
        }
    }
}
