package io.murmur.storage;

import io.murmur.kernel.Disk;
import io.murmur.kernel.data.Key;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.zip.CRC32C;

/**
 * Which tables there are: an immutable list for readers, and the manifest on disk that says the same. A change is durable in the manifest
 * before it is seen, and files no manifest names are deleted.
 *
 * <p>Readers on any thread; changes by background threads, one at a time.
 */
final class TableSet {

    private static final String MANIFEST_FOLDER = "manifest";
    private static final String MANIFEST = MANIFEST_FOLDER + "/manifest";

    private final Disk disk;
    private final StoreCounters counters;
    private volatile List<Table> tables;
    /** Damaged tables stay in the manifest, so that the damage is not forgotten at the next start. */
    private final List<Long> damaged;

    private long lastNumber;

    private TableSet(Disk disk, StoreCounters counters, List<Table> tables, List<Long> damaged, long lastNumber) {
        this.disk = disk;
        this.counters = counters;
        this.tables = tables;
        this.damaged = damaged;
        this.lastNumber = lastNumber;
        count();
    }

    /**
     * Opens the tables that the manifest names.
     *
     * @param damage one line for each table that is damaged, and left out
     */
    static TableSet open(Disk disk, StoreCounters counters, List<String> damage) throws IOException {
        List<Long> numbers = readManifest(disk);
        List<Table> tables = new ArrayList<>();
        List<Long> damaged = new ArrayList<>();
        long last = 0;
        for (long number : numbers) {
            last = Math.max(last, number);
            try {
                tables.add(Table.open(disk, number));
            } catch (IOException e) {
                damaged.add(number);
                damage.add("table " + number + ": " + e.getMessage());
                counters.tableFaults.increment();
            }
        }
        deleteStrays(disk, new HashSet<>(numbers));
        return new TableSet(disk, counters, List.copyOf(tables), damaged, last);
    }

    Disk disk() {
        return disk;
    }

    List<Table> tables() {
        return tables;
    }

    /** Tables that may hold a cell of this key with a reading of at least this. */
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

    /** A number for a table to be written. */
    synchronized long nextNumber() {
        return ++lastNumber;
    }

    /** Takes a table in and others out, durably. The merged ones' files go when the manifest no longer names them. */
    synchronized void replace(List<Table> merged, Table fresh) throws IOException {
        List<Table> next = new ArrayList<>(tables);
        next.removeAll(merged);
        next.add(fresh);
        writeManifest(next);
        tables = List.copyOf(next);
        count();
        for (Table table : merged) {
            delete(disk, table.number());
            table.release();
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

    private void writeManifest(List<Table> named) throws IOException {
        int size = named.size() + damaged.size();
        ByteBuffer bytes = ByteBuffer.allocate(8 + 8 * size);
        bytes.position(4);
        bytes.putInt(size);
        named.forEach(table -> bytes.putLong(table.number()));
        damaged.forEach(bytes::putLong);
        CRC32C crc = new CRC32C();
        crc.update(bytes.array(), 4, bytes.capacity() - 4);
        bytes.putInt(0, (int) crc.getValue());
        disk.delete(MANIFEST + ".tmp");
        try (Disk.Appender file = disk.create(MANIFEST + ".tmp")) {
            file.append(bytes.flip());
            file.sync();
        }
        disk.rename(MANIFEST + ".tmp", MANIFEST);
        disk.syncFolder(MANIFEST_FOLDER);
    }

    private static List<Long> readManifest(Disk disk) throws IOException {
        if (!disk.list(MANIFEST_FOLDER).contains(MANIFEST)) {
            return List.of();
        }
        byte[] bytes = LogReplay.readAll(disk, MANIFEST);
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CRC32C crc = new CRC32C();
        if (bytes.length >= 8) {
            crc.update(bytes, 4, bytes.length - 4);
        }
        if (bytes.length < 8 || in.getInt() != (int) crc.getValue() || bytes.length != 8 + 8L * in.getInt()) {
            throw new IOException("the manifest is damaged, so it is not known which tables count; restore " + MANIFEST
                    + " from a copy, or start this node with an empty data folder");
        }
        List<Long> numbers = new ArrayList<>();
        while (in.hasRemaining()) {
            numbers.add(in.getLong());
        }
        return numbers;
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

    private static void delete(Disk disk, long number) throws IOException {
        disk.delete(Table.fileOf(number));
        disk.delete(Table.factsFileOf(number));
    }
}
