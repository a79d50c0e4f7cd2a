package io.murmur.storage;

import io.murmur.kernel.data.Cell;
import io.murmur.kernel.data.Key;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/** A shard's memory tables: the active one, which is joined into, and the frozen ones, which wait to become tables. On its thread. */
final class MemoryTables {

    private final Records records;
    private MemoryTable active;
    private final Deque<MemoryTable> frozen = new ArrayDeque<>();
    private long drops;

    MemoryTables(Records records) {
        this.records = records;
        this.active = new MemoryTable(records);
    }

    /** The join of what they hold for a key. */
    @Nullable
    Cell get(Key key) {
        Cell cell = active.get(key);
        for (MemoryTable table : frozen) {
            cell = Cell.join(cell, table.get(key));
        }
        return cell;
    }

    /** Joins a cell into the active one, and returns its join with what all hold. */
    Cell join(Key key, Cell cell, long segment) {
        Cell joined = active.join(key, cell, segment);
        for (MemoryTable table : frozen) {
            Cell older = table.get(key);
            joined = older == null ? joined : Cell.joinPresent(joined, older);
        }
        return joined;
    }

    /** The first entries of a range are enough: a page takes no more than its limit from any source. */
    void joinFirst(SortedMap<Key, Cell> page, int firstSlot, int lastSlot, @Nullable Key after, int limit) {
        active.joinFirst(page, firstSlot, lastSlot, after, limit);
        frozen.forEach(table -> table.joinFirst(page, firstSlot, lastSlot, after, limit));
    }

    long activeBytes() {
        return active.bytes();
    }

    /** Whether the active one holds a join from a log segment older than this. */
    boolean activeIsOlderThan(long segment) {
        return active.oldestSegment() < segment;
    }

    void freeze() {
        frozen.addLast(active);
        active = new MemoryTable(records);
    }

    int frozen() {
        return frozen.size();
    }

    @Nullable
    MemoryTable oldestFrozen() {
        return frozen.peekFirst();
    }

    /** Lets go of a frozen one that has become a table. */
    void drop(MemoryTable table) {
        frozen.remove(table);
        drops++;
    }

    /** Grows when a memory table has become a table: whoever looked into the tables before has to look again. */
    long drops() {
        return drops;
    }

    /** The oldest log segment that holds a join that is in no table yet; greater than any when there is none. */
    long oldestSegment() {
        long oldest = active.oldestSegment();
        for (MemoryTable table : frozen) {
            oldest = Math.min(oldest, table.oldestSegment());
        }
        return oldest;
    }

    /** No cell is past a horizon that is not greater. */
    long oldestDeath() {
        long oldest = active.oldestDeath();
        for (MemoryTable table : frozen) {
            oldest = Math.min(oldest, table.oldestDeath());
        }
        return oldest;
    }

    long bytes() {
        long bytes = active.bytes();
        for (MemoryTable table : frozen) {
            bytes += table.bytes();
        }
        return bytes;
    }
}
