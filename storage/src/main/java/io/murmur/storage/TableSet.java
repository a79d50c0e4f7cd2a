package io.murmur.storage;

import io.murmur.kernel.Disk;
import io.murmur.kernel.Storage.Entry;
import io.murmur.kernel.data.Cell;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.ring.Slots;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which tables there are: an immutable list for readers, and the manifest on disk that says the same. A change is durable in the manifest
 * before it is seen, and files no manifest names are deleted.
 *
 * <p>Readers on any thread; changes by background threads, one at a time.
 */
final class TableSet {

    /** Checksums of so much are compared before the store serves; a node must be back in seconds. The scrub does the rest. */
    private static final long VERIFIED_AT_OPEN_BYTES = 512L << 20;

    private static final Logger LOG = LoggerFactory.getLogger(TableSet.class);

    private final Disk disk;
    private final Manifest manifest;
    private final StoreCounters counters;
    private volatile List<Table> tables;
    private long lastNumber;

    private TableSet(Disk disk, Manifest manifest, StoreCounters counters, List<Table> tables, long lastNumber) {
        this.disk = disk;
        this.manifest = manifest;
        this.counters = counters;
        this.tables = tables;
        this.lastNumber = lastNumber;
        count();
    }

    /**
     * Opens the tables that the manifest names. Damaged ones are set aside, after what they may have held is known durably to be lost: so
     * no crash on the way makes anybody forget it (invariant 8).
     */
    static TableSet open(Disk disk, Manifest manifest, StoreCounters counters, SlotLedger ledger) throws IOException {
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
                if (DamagedTableException.isOfTheMachine(e)) {
                    throw e;
                }
                damaged.add(number);
                lose(disk, ledger, number, "table " + number + " cannot be used: " + e.getMessage());
                counters.tableFaults.increment();
            }
        }
        if (!damaged.isEmpty()) {
            ledger.write();
            manifest.prepare(tables.stream().map(Table::number).toList());
            manifest.commit();
            damaged.forEach(number -> moveAside(disk, number));
        }
        deleteStrays(disk, new HashSet<>(numbers));
        return new TableSet(disk, manifest, counters, List.copyOf(tables), last);
    }

    private static void lose(Disk disk, SlotLedger ledger, long number, String what) {
        LOG.error("{}", what);
        try {
            Table.Facts facts = TableFacts.read(disk, Table.factsFileOf(number)).facts();
            ledger.lose(facts.firstSlot(), facts.lastSlot(), what);
        } catch (IOException e) {
            ledger.lose(0, Slots.COUNT - 1, what);
        }
    }

    private static void moveAside(Disk disk, long number) {
        SetAside.move(disk, Table.FOLDER, Table.fileOf(number));
        SetAside.move(disk, Table.FOLDER, Table.factsFileOf(number));
    }

    Disk disk() {
        return disk;
    }

    List<Table> tables() {
        return tables;
    }

    /** Tables that may hold a cell of this key with a reading of at least this. Does not block. */
    List<Table> suspects(Key key, long leastReading) {
        return suspects(key, leastReading, counters.bloomSkips::increment);
    }

    private List<Table> suspects(Key key, long leastReading, Runnable skipped) {
        List<Table> suspects = List.of();
        for (Table table : tables) {
            if (table.reaches(leastReading)) {
                if (table.mayHold(key)) {
                    suspects = suspects.isEmpty() ? new ArrayList<>() : suspects;
                    suspects.add(table);
                } else {
                    skipped.run();
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
            // Skips were counted when it was asked whether to come here.
            while (!acquireAll(suspects(key, leastReading, () -> {}), acquired)) {
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

    /**
     * Takes a table in, if there is one, and others out, durably. The merged ones' files go when the manifest no longer names them.
     *
     * @throws IOException when nothing has changed: it could not be written, or one of the merged has been set aside meanwhile
     */
    synchronized void replace(List<Table> merged, @Nullable Table fresh) throws IOException {
        List<Table> next = new ArrayList<>(tables);
        next.removeAll(merged);
        if (fresh != null) {
            next.add(fresh);
        }
        try {
            if (!tables.containsAll(merged)) {
                throw new IOException("one of the merged tables has turned out to be damaged");
            }
            manifest.prepare(next.stream().map(Table::number).toList());
        } catch (IOException e) {
            if (fresh != null) {
                fresh.release();
                Table.delete(disk, fresh.number());
            }
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

    /** Takes a damaged table out, durably; its files are kept for the operator. When it throws, nothing has changed. */
    synchronized void setAside(Table damaged) throws IOException {
        List<Table> next = new ArrayList<>(tables);
        if (!next.remove(damaged)) {
            return;
        }
        manifest.prepare(next.stream().map(Table::number).toList());
        manifest.commit();
        tables = List.copyOf(next);
        count();
        damaged.release();
        moveAside(disk, damaged.number());
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
