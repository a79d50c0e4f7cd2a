package io.murmur.storage;

import com.google.common.hash.BloomFilter;
import io.murmur.kernel.Disk;
import io.murmur.kernel.Storage.Entry;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.wire.CellCodec;
import io.murmur.kernel.wire.WireWriter;
import java.io.IOException;
import org.mapdb.DB;
import org.mapdb.DBException;
import org.mapdb.Serializer;

/**
 * Writes a table from entries in key order: both files under temporary names, synced, then renamed, then the folder synced. Whoever finds
 * a table's final name finds all of it. Used by one background thread at a time; may be handed from one to the next between calls.
 */
final class TableWriter {

    private static final double FALSE_POSITIVES = 0.01;

    /**
     * With a cell larger than this, cells are kept outside the tree's leaves: a leaf has up to 32 entries, and a read of one would load
     * them all.
     */
    private static final int LARGE_CELL_BYTES = 16 << 10;

    /**
     * What is to be written, as far as it is known before.
     *
     * @param entries what the Bloom filter is made for, at one false positive in a hundred
     * @param largestCellBytes no cell is larger
     */
    record Expected(long entries, long bytes, int largestCellBytes) {}

    private final Disk disk;
    private final long number;
    private final TableImage image;
    private final DB.TreeMapSink<byte[], byte[]> sink;
    private final BloomFilter<Key> filter;
    private final WireWriter cell = new WireWriter();
    private final Deaths.Census deaths = new Deaths.Census();
    private long entries;
    private int firstSlot = -1;
    private int lastSlot = -1;
    private long greatestReading;
    private int largestCellBytes;
    private boolean finished;

    /** Begins a table of this number, which no table may have had. */
    TableWriter(Disk disk, long number, Expected expected) throws IOException {
        this.disk = disk;
        this.number = number;
        this.filter = BloomFilter.create(Table.FUNNEL, Math.max(1, expected.entries()), FALSE_POSITIVES);
        this.image = TableImage.begin(disk, temporary(Table.fileOf(number)), expected.bytes());
        DB.TreeMapMaker<byte[], byte[]> maker =
                image.db().treeMap(Table.MAP, Serializer.BYTE_ARRAY, Serializer.BYTE_ARRAY);
        this.sink = (expected.largestCellBytes() > LARGE_CELL_BYTES ? maker.valuesOutsideNodesEnable() : maker)
                .createFromSink();
    }

    private static String temporary(String name) {
        return name + ".tmp";
    }

    /** Adds an entry whose key is greater than all before. */
    void add(Entry entry) throws IOException {
        cell.clear();
        CellCodec.writeCell(cell, entry.cell());
        try {
            sink.put(TableKey.of(entry.key()), cell.toByteArray());
        } catch (DBException e) {
            throw new IOException("a table could not be written: " + e.getMessage(), e);
        }
        filter.put(entry.key());
        entries++;
        firstSlot = firstSlot < 0 ? entry.key().slot() : firstSlot;
        lastSlot = entry.key().slot();
        greatestReading = Table.greater(greatestReading, entry.cell().version().reading());
        largestCellBytes = Math.max(largestCellBytes, entry.cell().weightBytes());
        deaths.add(entry.key().slot(), entry.cell());
    }

    /** How many have been added. */
    long entries() {
        return entries;
    }

    /** Completes the table and opens it; nobody refers to it yet. */
    Table finish() throws IOException {
        String file = Table.fileOf(number);
        String factsFile = Table.factsFileOf(number);
        try {
            sink.create();
            image.finish();
        } catch (DBException e) {
            throw new IOException("a table could not be written: " + e.getMessage(), e);
        }
        Table.FileSum sum = Table.FileSum.of(disk, temporary(file));
        Table.Facts facts = new Table.Facts(
                entries,
                firstSlot,
                lastSlot,
                greatestReading,
                largestCellBytes,
                sum.bytes(),
                sum.checksum(),
                deaths.deaths());
        TableFacts.write(disk, temporary(factsFile), facts, filter);
        disk.rename(temporary(file), file);
        disk.rename(temporary(factsFile), factsFile);
        disk.syncFolder(Table.FOLDER);
        Table table = Table.open(disk, number, Long.MAX_VALUE);
        finished = true;
        return table;
    }

    /**
     * Gives up an unfinished table; leaves nothing behind as far as the disk still does as it is told. What stays, goes at the next
     * start.
     */
    void abandon() {
        if (finished) {
            // The manifest may name it by now.
            return;
        }
        try {
            image.abandon();
            disk.delete(temporary(Table.factsFileOf(number)));
            Table.delete(disk, number);
        } catch (IOException | DBException ignored) {
            // The reason to give up has been reported already.
        }
    }
}
