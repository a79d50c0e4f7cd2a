package io.murmur.storage;

import io.murmur.kernel.Storage.Entry;
import io.murmur.kernel.data.Cell;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.ring.Slots;
import java.util.Iterator;
import java.util.SortedMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a shard joined since its last flush, in key order. Changed by the shard's thread alone; once frozen it is not changed any more and
 * its entries may be read by others.
 *
 * <p>Records sorted for each slot: a look-up compares few keys, of which each comparison is a miss of the processor's cache; and what has
 * been written since the last collection, which has to copy it, is one object for each cell.
 */
final class MemoryTable {

    /** Of a record's place, about. */
    private static final int OVERHEAD_BYTES = 8;

    private final Records records;
    private final @Nullable SortedRecords[] slots = new SortedRecords[Slots.COUNT];
    private int size;
    private long bytes;
    private int largestCellBytes;
    private long oldestSegment = Long.MAX_VALUE;
    private long oldestDeath = Deaths.NEVER;

    MemoryTable(Records records) {
        this.records = records;
    }

    @Nullable
    Cell get(Key key) {
        SortedRecords slot = slots[key.slot()];
        Object record = slot == null ? null : slot.seek(key);
        return record == null ? null : records.cell(record);
    }

    /** Joins a cell into a key and returns what is held now. */
    Cell join(Key key, Cell cell, long segment) {
        SortedRecords slot = slots[key.slot()];
        if (slot == null) {
            slot = new SortedRecords(records);
            slots[key.slot()] = slot;
        }
        Object held = slot.seek(key);
        if (held == null) {
            Object record = records.of(key, cell);
            slot.insert(record);
            size++;
            bytes += weight(record);
        } else if (records.compare(held, cell) >= 0) {
            return records.cell(held);
        } else if (!records.overwrite(held, key, cell)) {
            Object record = records.of(key, cell);
            slot.replace(record);
            bytes += weight(record) - weight(held);
        }
        largestCellBytes = Math.max(largestCellBytes, cell.weightBytes());
        oldestSegment = Math.min(oldestSegment, segment);
        oldestDeath = Math.min(oldestDeath, Deaths.momentOf(cell));
        return cell;
    }

    private static long weight(Object record) {
        return (long) OVERHEAD_BYTES + Records.weightBytes(record);
    }

    int size() {
        return size;
    }

    /** Of memory, about. */
    long bytes() {
        return bytes;
    }

    /** No cell in here is larger. */
    int largestCellBytes() {
        return largestCellBytes;
    }

    /** The oldest log segment that holds a join that is in here; greater than any when empty. */
    long oldestSegment() {
        return oldestSegment;
    }

    /** No cell in here is past a horizon that is not greater. */
    long oldestDeath() {
        return oldestDeath;
    }

    /** All entries in key order. */
    Iterator<Entry> entries() {
        return Stream.of(slots)
                .flatMap(slot -> slot == null ? Stream.empty() : slot.stream())
                .map(record -> new Entry(records.key(record), records.cell(record)))
                .iterator();
    }

    /** Joins the first entries of a range of slots, behind a key if there is one, into a page: at most so many. */
    void joinFirst(SortedMap<Key, Cell> page, int firstSlot, int lastSlot, @Nullable Key after, int limit) {
        int first = after == null ? firstSlot : Math.max(firstSlot, after.slot());
        int taken = 0;
        for (int number = first; number <= lastSlot; number++) {
            SortedRecords slot = slots[number];
            if (slot == null) {
                continue;
            }
            Iterator<Object> rest = after == null || after.slot() < number ? slot.all() : slot.behind(after);
            while (rest.hasNext()) {
                if (taken == limit) {
                    return;
                }
                Object record = rest.next();
                page.merge(records.key(record), records.cell(record), Cell::joinPresent);
                taken++;
            }
        }
    }
}
