package io.murmur.storage;

import com.google.common.hash.BloomFilter;
import com.google.common.hash.Funnel;
import io.murmur.kernel.Disk;
import io.murmur.kernel.Storage.Entry;
import io.murmur.kernel.data.Cell;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.wire.CellCodec;
import io.murmur.kernel.wire.MalformedException;
import io.murmur.kernel.wire.WireReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.mapdb.BTreeMap;
import org.mapdb.DB;
import org.mapdb.Serializer;

/**
 * A write-once MapDB file, and beside it a small file of what must be known without looking into it: bounds, Bloom filter, checksum.
 * Readable by several threads; closed when it has been replaced and the last reader is done.
 */
final class Table {

    static final String FOLDER = "tables";
    static final String MAP = "cells";
    static final Funnel<Key> FUNNEL = (key, into) -> into.putString(key.cache(), StandardCharsets.US_ASCII)
            .putByte((byte) 0)
            .putBytes(key.bytes());

    private final long number;
    private final Facts facts;
    private final DB db;
    private final BTreeMap<byte[], byte[]> cells;
    private final BloomFilter<Key> filter;
    private final AtomicInteger readers = new AtomicInteger(1);

    private Table(long number, Facts facts, DB db, BTreeMap<byte[], byte[]> cells, BloomFilter<Key> filter) {
        this.number = number;
        this.facts = facts;
        this.db = db;
        this.cells = cells;
        this.filter = filter;
    }

    /**
     * What is known of a table without opening it.
     *
     * @param fileChecksum CRC32C over the whole MapDB file
     * @param greatestReading of all versions in it: a newer cell than that needs no look into it
     */
    record Facts(long entries, int firstSlot, int lastSlot, long greatestReading, long fileBytes, int fileChecksum) {}

    static String fileOf(long number) {
        return String.format(Locale.ROOT, "%s/%012d.mapdb", FOLDER, number);
    }

    static String factsFileOf(long number) {
        return String.format(Locale.ROOT, "%s/%012d.facts", FOLDER, number);
    }

    /**
     * Opens a table after its checksums have been compared: that MapDB can open a file proves nothing.
     *
     * @throws IOException when it is damaged or missing
     */
    static Table open(Disk disk, long number) throws IOException {
        byte[] bytes = LogReplay.readAll(disk, factsFileOf(number));
        if (bytes.length < 44) {
            throw new IOException(factsFileOf(number) + " is cut short");
        }
        ByteBuffer in = ByteBuffer.wrap(bytes);
        int checksum = in.getInt();
        CRC32C crc = new CRC32C();
        crc.update(bytes, 4, bytes.length - 4);
        if ((int) crc.getValue() != checksum) {
            throw new IOException(factsFileOf(number) + " is damaged: wrong checksum");
        }
        Facts facts = new Facts(in.getLong(), in.getInt(), in.getInt(), in.getLong(), in.getLong(), in.getInt());
        verify(disk, number, facts);
        BloomFilter<Key> filter = BloomFilter.readFrom(
                new ByteArrayInputStream(bytes, in.position(), bytes.length - in.position()), FUNNEL);
        DB db = TableImage.open(disk, fileOf(number));
        BTreeMap<byte[], byte[]> cells =
                db.treeMap(MAP, Serializer.BYTE_ARRAY, Serializer.BYTE_ARRAY).open();
        return new Table(number, facts, db, cells, filter);
    }

    /** Compares the file with its checksum. */
    static void verify(Disk disk, long number, Facts facts) throws IOException {
        String name = fileOf(number);
        FileSum sum = FileSum.of(disk, name);
        if (sum.bytes() != facts.fileBytes() || sum.checksum() != facts.fileChecksum()) {
            throw new IOException(name + " is damaged: wrong checksum or length");
        }
    }

    /** A file's length and the CRC32C over it. */
    record FileSum(long bytes, int checksum) {
        static FileSum of(Disk disk, String name) throws IOException {
            CRC32C crc = new CRC32C();
            long bytes = 0;
            try (Disk.Source source = disk.open(name)) {
                ByteBuffer chunk = ByteBuffer.allocate(1 << 18);
                for (int read = source.read(0, chunk); read > 0; read = source.read(bytes, chunk)) {
                    bytes += read;
                    crc.update(chunk.flip());
                    chunk.clear();
                }
            }
            return new FileSum(bytes, (int) crc.getValue());
        }
    }

    long number() {
        return number;
    }

    Facts facts() {
        return facts;
    }

    /** False means surely not in here. */
    boolean mayHold(Key key) {
        return key.slot() >= facts.firstSlot() && key.slot() <= facts.lastSlot() && filter.mightContain(key);
    }

    @Nullable
    Cell get(Key key) throws IOException {
        byte[] cell = cells.get(TableKey.of(key));
        return cell == null ? null : cell(cell);
    }

    /** Entries from this table key on, in order. */
    Iterator<Map.Entry<byte[], byte[]>> from(byte[] tableKey, boolean inclusive) {
        return cells.tailMap(tableKey, inclusive).entrySet().iterator();
    }

    static Entry entry(Map.Entry<byte[], byte[]> raw) throws IOException {
        return new Entry(TableKey.keyOf(raw.getKey()), cell(raw.getValue()));
    }

    static Cell cell(byte[] bytes) throws IOException {
        try {
            return CellCodec.readCell(new WireReader(bytes));
        } catch (MalformedException e) {
            throw new IOException("a table's cell is damaged: " + e.getMessage(), e);
        }
    }

    /** Keeps the table open until {@link #release}; false when it has been closed already. */
    boolean acquire() {
        return readers.getAndUpdate(n -> n == 0 ? 0 : n + 1) != 0;
    }

    /** To be called once for each {@link #acquire}, and once for all by whoever opened it. */
    void release() {
        if (readers.decrementAndGet() == 0) {
            db.close();
        }
    }
}
