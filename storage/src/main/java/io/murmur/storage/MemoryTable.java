package io.murmur.storage;

import io.murmur.kernel.Storage.Entry;
import io.murmur.kernel.data.Cell;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.ring.Slots;
import java.util.Iterator;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a shard joined since its last flush, in key order. Changed by the shard's thread alone; once frozen it is not changed any more and
 * may be read by others.
 *
 * <p>One tree for each slot: a look-up compares few keys, of which each comparison is a miss of the processor's cache.
 */
final class MemoryTable {

    private static final int ENTRY_OVERHEAD_BYTES = 120;

    private final @Nullable TreeMap<Key, Cell>[] trees = newTrees();
    private int size;
    private long bytes;
    private int largestCellBytes;
    private long oldestSegment = Long.MAX_VALUE;
    private long oldestDeath = Deaths.NEVER;

    /** What was held for the key that is being joined into. */
    private @Nullable Cell former;

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static @Nullable TreeMap<Key, Cell>[] newTrees() {
        return new TreeMap[Slots.COUNT];
    }

    @Nullable
    Cell get(Key key) {
        TreeMap<Key, Cell> tree = trees[key.slot()];
        return tree == null ? null : tree.get(key);
    }

    /** Joins a cell into a key and returns what is held now. One look-up: each is a dozen misses of the processor's cache. */
    Cell join(Key key, Cell cell, long segment) {
        TreeMap<Key, Cell> tree = trees[key.slot()];
        if (tree == null) {
            tree = new TreeMap<>();
            trees[key.slot()] = tree;
        }
        former = null;
        Cell joined = tree.merge(key, cell, this::greater);
        Cell before = former;
        if (before == null) {
            bytes += ENTRY_OVERHEAD_BYTES + key.bytes().length;
            size++;
        } else if (joined.equals(before)) {
            return before;
        } else {
            bytes -= before.weightBytes();
        }
        bytes += cell.weightBytes();
        largestCellBytes = Math.max(largestCellBytes, cell.weightBytes());
        oldestSegment = Math.min(oldestSegment, segment);
        oldestDeath = Math.min(oldestDeath, Deaths.momentOf(cell));
        return cell;
    }

    private Cell greater(Cell held, Cell cell) {
        former = held;
        return Cell.joinPresent(held, cell);
    }

    int size() {
        return size;
    }

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
        return Stream.of(trees)
                .filter(tree -> tree != null && !tree.isEmpty())
                .flatMap(tree -> tree.entrySet().stream())
                .map(entry -> new Entry(entry.getKey(), entry.getValue()))
                .iterator();
    }

    /** Joins the first entries of a range of slots, behind a key if there is one, into a page: at most so many. */
    void joinFirst(SortedMap<Key, Cell> page, int firstSlot, int lastSlot, @Nullable Key after, int limit) {
        int first = after == null ? firstSlot : Math.max(firstSlot, after.slot());
        int taken = 0;
        for (int slot = first; slot <= lastSlot; slot++) {
            TreeMap<Key, Cell> tree = trees[slot];
            if (tree == null) {
                continue;
            }
            SortedMap<Key, Cell> rest = after == null ? tree : tree.tailMap(after, false);
            for (Map.Entry<Key, Cell> entry : rest.entrySet()) {
                if (taken == limit) {
                    return;
                }
                page.merge(entry.getKey(), entry.getValue(), Cell::joinPresent);
                taken++;
            }
        }
    }
}
