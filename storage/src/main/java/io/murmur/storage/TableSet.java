package io.murmur.storage;

import io.murmur.kernel.Disk;
import io.murmur.kernel.Fatal;
import io.murmur.kernel.Storage.Entry;
import io.murmur.kernel.data.Cell;
import io.murmur.kernel.data.Key;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Which tables there are: an immutable list for readers, and the manifest on disk that says the same. A change is durable in the manifest
 * before it is seen, and files no manifest names are deleted.
 *
 * <p>Readers on any thread; changes by background threads, one at a time.
 */
final class TableSet {

    /** Checksums of so much are compared before the store serves; a node must be back in seconds. The scrub does the rest. */
    private static final long VERIFIED_AT_OPEN_BYTES = 512L << 20;

    private final Disk disk;
    private final Manifest manifest;
    private final StoreCounters counters;
    private volatile List<Table> tables;
    /** Damaged tables stay in the manifest, so that the damage is not forgotten at the next start. */
    private final List<Long> damaged;

    private long lastNumber;

    private TableSet(
            Disk disk,
            Manifest manifest,
            StoreCounters counters,
            List<Table> tables,
            List<Long> damaged,
            long lastNumber) {
        this.disk = disk;
        this.manifest = manifest;
        this.counters = counters;
        this.tables = tables;
        this.damaged = damaged;
        this.lastNumber = lastNumber;
        count();
    }

    /** Opens the tables that the manifest names. A damaged one is reported and left out. */
    static TableSet open(Disk disk, Fatal fatal, StoreCounters counters, Damage damage) throws IOException {
        Manifest manifest = new Manifest(disk, fatal);
        List<Long> numbers = manifest.readOrBegin();
        List<Table> tables = new ArrayList<>();
        List<Long> damaged = new ArrayList<>();
        long last = 0;
        long toVerify = VERIFIED_AT_OPEN_BYTES;
        for (long number : numbers) {
            last = Math.max(last, number);
            try {
                Table table = Table.open(disk, number, toVerify);
                toVerify -= table.isVerified() ? table.facts().fileBytes() : 0;
                tables.add(table);
            } catch (IOException e) {
                damaged.add(number);
                damage.found("table " + number + " cannot be used: " + e.getMessage());
                counters.tableFaults.increment();
            }
        }
        deleteStrays(disk, new HashSet<>(numbers));
        return new TableSet(disk, manifest, counters, List.copyOf(tables), damaged, last);
    }

    Disk disk() {
        return disk;
    }

    List<Table> tables() {
        return tables;
    }

    /** Tables that may hold a cell of this key with a reading of at least this. Does not block. */
    List<Table> suspects(Key key, long leastReading) {
        List<Table> suspects = List.of();
        for (Table table : tables) {
            if (Long.compareUnsigned(table.facts().greatestReading(), leastReading) >= 0) {
                if (table.mayHold(key)) {
                    suspects = suspects.isEmpty() ? new ArrayList<>() : suspects;
                    suspects.add(table);
                } else {
                    counters.bloomSkips.increment();
                }
            }
        }
        return suspects;
    }

    /** The join of what the tables hold for a key, but for cells with a smaller reading than this, which may be missed. Blocks. */
    @Nullable
    Cell get(Key key, long leastReading) throws IOException {
        List<Table> acquired = new ArrayList<>();
        try {
            while (!acquireAll(suspects(key, leastReading), acquired)) {
                release(acquired);
            }
            Cell found = null;
            for (Table table : acquired) {
                found = Cell.join(found, table.get(key));
            }
            return found;
        } finally {
            release(acquired);
        }
    }

    /**
     * The first entries of a range of slots, behind a key if there is one, each key once with the join of its cells. Blocks.
     *
     * @param wanted leaves out other slots of the range
     */
    List<Entry> scan(int firstSlot, int lastSlot, IntPredicate wanted, @Nullable Key after, int limit)
            throws IOException {
        byte[] from = after == null || after.slot() < firstSlot ? TableKey.startOf(firstSlot) : TableKey.of(after);
        List<Table> acquired = new ArrayList<>();
        try {
            while (!acquireAll(tables, acquired)) {
                release(acquired);
            }
            Iterator<Entry> merged = new Merge(acquired, from, false);
            List<Entry> found = new ArrayList<>();
            while (found.size() < limit && merged.hasNext()) {
                Entry entry = merged.next();
                if (entry.key().slot() > lastSlot) {
                    break;
                }
                if (wanted.test(entry.key().slot())) {
                    found.add(entry);
                }
            }
            return found;
        } finally {
            release(acquired);
        }
    }

    /** False when one of them has been merged into another since the list was made: then the next list is there already. */
    private static boolean acquireAll(List<Table> wanted, List<Table> acquired) {
        for (Table table : wanted) {
            if (!table.acquire()) {
                return false;
            }
            acquired.add(table);
        }
        return true;
    }

    private static void release(List<Table> acquired) {
        acquired.forEach(Table::release);
        acquired.clear();
    }

    /** A number for a table to be written. */
    synchronized long nextNumber() {
        return ++lastNumber;
    }

    /** Takes a table in and others out, durably. The merged ones' files go when the manifest no longer names them. */
    synchronized void replace(List<Table> merged, Table fresh) throws IOException {
        List<Table> next = new ArrayList<>(tables);
        next.removeAll(merged);
        next.add(fresh);
        List<Long> numbers = new ArrayList<>(damaged);
        next.forEach(table -> numbers.add(table.number()));
        try {
            manifest.prepare(numbers);
        } catch (IOException e) {
            fresh.release();
            Table.delete(disk, fresh.number());
            throw e;
        }
        manifest.commit();
        tables = List.copyOf(next);
        count();
        for (Table table : merged) {
            table.release();
            Table.delete(disk, table.number());
        }
    }

    private void count() {
        counters.tables.set(tables.size());
        counters.tableBytes.set(
                tables.stream().mapToLong(table -> table.facts().fileBytes()).sum());
    }

    synchronized void close() {
        tables.forEach(Table::release);
        tables = List.of();
    }

    private static void deleteStrays(Disk disk, Set<Long> numbers) throws IOException {
        Set<String> named = new HashSet<>();
        for (long number : numbers) {
            named.add(Table.fileOf(number));
            named.add(Table.factsFileOf(number));
        }
        for (String name : disk.list(Table.FOLDER)) {
            if (!named.contains(name)) {
                disk.delete(name);
            }
        }
    }
}
