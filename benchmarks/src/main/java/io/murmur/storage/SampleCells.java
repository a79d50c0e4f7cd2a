package io.murmur.storage;

import io.murmur.kernel.Storage.Entry;
import io.murmur.kernel.data.Cell;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.data.Version;
import io.murmur.kernel.ring.NodeId;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.IntStream;

/** Cells with 24-byte keys, the same in each run. */
final class SampleCells {

    /** Prime to any round number of cells, so that each is met once in a round. */
    private static final long STRIDE = 618_033_989;

    private final List<Sample> sorted;

    /** A key and its cell. */
    record Sample(Key key, Cell cell) {}

    SampleCells(int count, int valueBytes) {
        Random random = new Random(1);
        sorted = IntStream.range(0, count)
                .mapToObj(number -> {
                    byte[] value = new byte[valueBytes];
                    random.nextBytes(value);
                    return new Sample(
                            Key.of("default", String.format(Locale.ROOT, "%024d", number)),
                            new Cell.Live(new Version(number + 1L, new NodeId(1, 1)), Cell.NEVER, value));
                })
                .sorted(Comparator.comparing(Sample::key))
                .toList();
    }

    /** All in key order. */
    Iterable<Entry> inOrder() {
        return () -> sorted.stream()
                .map(sample -> new Entry(sample.key(), sample.cell()))
                .iterator();
    }

    long weightBytes() {
        return sorted.stream()
                .mapToLong(sample -> sample.cell().weightBytes() + sample.key().bytes().length)
                .sum();
    }

    int largestCellBytes() {
        return sorted.stream()
                .mapToInt(sample -> sample.cell().weightBytes())
                .max()
                .orElse(0);
    }

    int size() {
        return sorted.size();
    }

    /** A cell for each number, around and around, in no order of keys. */
    Sample shuffled(int number) {
        return sorted.get((int) (Integer.toUnsignedLong(number) * STRIDE % sorted.size()));
    }
}
