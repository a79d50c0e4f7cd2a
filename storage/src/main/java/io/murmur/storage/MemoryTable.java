package io.murmur.storage;

import io.murmur.kernel.data.Cell;
import io.murmur.kernel.data.Key;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a shard joined since its last flush, in key order. Changed by the shard's thread alone; once frozen it is not changed any more and
 * may be read by others.
 */
final class MemoryTable {

    private static final int ENTRY_OVERHEAD_BYTES = 120;

    private final TreeMap<Key, Cell> cells = new TreeMap<>();
    private long bytes;
    private long oldestSegment = Long.MAX_VALUE;
    private long greatestReading;

    @Nullable
    Cell get(Key key) {
        return cells.get(key);
    }

    /** Keeps a cell that is already the join with what was there. */
    void put(Key key, Cell cell, long segment) {
        Cell former = cells.put(key, cell);
        bytes += cell.weightBytes();
        bytes += former == null ? ENTRY_OVERHEAD_BYTES + key.bytes().length : -former.weightBytes();
        oldestSegment = Math.min(oldestSegment, segment);
        greatestReading = Math.max(greatestReading, cell.version().reading());
    }

    boolean isEmpty() {
        return cells.isEmpty();
    }

    int size() {
        return cells.size();
    }

    long bytes() {
        return bytes;
    }

    /** The oldest log segment that holds a join that is in here; greater than any when empty. */
    long oldestSegment() {
        return oldestSegment;
    }

    long greatestReading() {
        return greatestReading;
    }

    NavigableMap<Key, Cell> cells() {
        return cells;
    }
}
