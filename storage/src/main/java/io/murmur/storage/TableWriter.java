package io.murmur.storage;

import com.google.common.hash.BloomFilter;
import io.murmur.kernel.Disk;
import io.murmur.kernel.Storage.Entry;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.wire.CellCodec;
import io.murmur.kernel.wire.WireWriter;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.zip.CRC32C;
import org.mapdb.DB;
import org.mapdb.Serializer;

/**
 * Writes a table from entries in key order: both files under temporary names, synced, then renamed, then the folder synced. Whoever finds
 * a table's final name finds all of it.
 */
final class TableWriter {

    private static final double FALSE_POSITIVES = 0.01;

    /** Cells larger than this are kept outside the tree's nodes, where one read of a neighbour would have to load them as well. */
    private static final int LARGE_CELL_BYTES = 4 << 10;

    private final Disk disk;
    private final long number;
    private final BloomFilter<Key> filter;
    private final long expectedBytes;
    private final boolean largeCells;
    private long entries;
    private int firstSlot = -1;
    private int lastSlot = -1;
    private long greatestReading;

    /**
     * @param expectedEntries what the Bloom filter is made for, at one false positive in a hundred
     */
    TableWriter(Disk disk, long number, long expectedEntries, long expectedBytes) {
        this.disk = disk;
        this.number = number;
        this.expectedBytes = expectedBytes;
        this.filter = BloomFilter.create(Table.FUNNEL, Math.max(1, expectedEntries), FALSE_POSITIVES);
        this.largeCells = expectedBytes / Math.max(1, expectedEntries) > LARGE_CELL_BYTES;
    }

    /** Writes the table and opens it; nobody refers to it yet. */
    Table write(Iterator<Entry> sorted) throws IOException {
        String file = Table.fileOf(number);
        String factsFile = Table.factsFileOf(number);
        TableImage.make(disk, file + ".tmp", expectedBytes, db -> fill(db, sorted));
        writeFacts(factsFile + ".tmp", file + ".tmp");
        disk.rename(file + ".tmp", file);
        disk.rename(factsFile + ".tmp", factsFile);
        disk.syncFolder(Table.FOLDER);
        return Table.open(disk, number);
    }

    private void fill(DB db, Iterator<Entry> sorted) {
        DB.TreeMapMaker<byte[], byte[]> maker = db.treeMap(Table.MAP, Serializer.BYTE_ARRAY, Serializer.BYTE_ARRAY);
        DB.TreeMapSink<byte[], byte[]> sink = (largeCells ? maker.valuesOutsideNodesEnable() : maker).createFromSink();
        WireWriter cell = new WireWriter();
        while (sorted.hasNext()) {
            Entry entry = sorted.next();
            cell.clear();
            CellCodec.writeCell(cell, entry.cell());
            sink.put(TableKey.of(entry.key()), cell.toByteArray());
            note(entry);
        }
        sink.create();
    }

    private void note(Entry entry) {
        filter.put(entry.key());
        entries++;
        firstSlot = firstSlot < 0 ? entry.key().slot() : firstSlot;
        lastSlot = entry.key().slot();
        greatestReading = Math.max(greatestReading, entry.cell().version().reading());
    }

    private void writeFacts(String name, String tableFile) throws IOException {
        Table.FileSum sum = Table.FileSum.of(disk, tableFile);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeLong(entries);
        out.writeInt(firstSlot);
        out.writeInt(lastSlot);
        out.writeLong(greatestReading);
        out.writeLong(sum.bytes());
        out.writeInt(sum.checksum());
        filter.writeTo(out);
        CRC32C crc = new CRC32C();
        crc.update(bytes.toByteArray());
        disk.delete(name);
        try (Disk.Appender file = disk.create(name)) {
            file.append(ByteBuffer.allocate(4).putInt((int) crc.getValue()).flip());
            file.append(ByteBuffer.wrap(bytes.toByteArray()));
            file.sync();
        }
    }
}
