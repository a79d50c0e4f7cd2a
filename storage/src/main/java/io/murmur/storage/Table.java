package io.murmur.storage;

import com.google.common.hash.BloomFilter;
import com.google.common.hash.Funnel;
import io.murmur.kernel.Disk;
import io.murmur.kernel.Storage.Entry;
import io.murmur.kernel.data.Cell;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.wire.CellCodec;
import io.murmur.kernel.wire.WireReader;
import java.io.IOException;
import java.io.UncheckedIOException;
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
import org.mapdb.DBException;
import org.mapdb.Serializer;

/**
 * A write-once MapDB file, and beside it a {@link TableFacts small file} of what must be known without looking into it. Readable by
 * several threads; closed when it has been replaced and the last reader is done.
 */
final class Table {

    static final String FOLDER = "tables";
    static final String MAP = "cells";
    static final Funnel<Key> FUNNEL = (key, into) -> into.putString(key.cache(), StandardCharsets.US_ASCII)
            .putByte((byte) 0)
            .putBytes(key.bytes());

    private final long number;
    private final Facts facts;
    private final boolean verified;
    private final DB db;
    private final BTreeMap<byte[], byte[]> cells;
    private final BloomFilter<Key> filter;
    private final AtomicInteger readers = new AtomicInteger(1);

    private Table(
            long number,
            Facts facts,
            boolean verified,
            DB db,
            BTreeMap<byte[], byte[]> cells,
            BloomFilter<Key> filter) {
        this.number = number;
        this.facts = facts;
        this.verified = verified;
        this.db = db;
        this.cells = cells;
        this.filter = filter;
    }

    /**
     * What is known of a table without opening it.
     *
     * @param greatestReading of all versions in it: a newer cell than that needs no look into it
     * @param largestCellBytes no cell in it is larger
     * @param fileChecksum CRC32C over the whole MapDB file
     */
    record Facts(
            long entries,
            int firstSlot,
            int lastSlot,
            long greatestReading,
            int largestCellBytes,
            long fileBytes,
            int fileChecksum,
            Deaths deaths) {}

    static String fileOf(long number) {
        return String.format(Locale.ROOT, "%s/%012d.mapdb", FOLDER, number);
    }

    static String factsFileOf(long number) {
        return String.format(Locale.ROOT, "%s/%012d.facts", FOLDER, number);
    }

    static void delete(Disk disk, long number) throws IOException {
        disk.delete(fileOf(number));
        disk.delete(factsFileOf(number));
    }

    /** The greater of two version readings, which are unsigned. */
    static long greater(long a, long b) {
        return Long.compareUnsigned(a, b) >= 0 ? a : b;
    }

    /**
     * Opens a table after its checksum has been compared: that MapDB can open a file proves nothing.
     *
     * @param mostBytesToVerify a larger file is left to the scrub
     * @throws IOException when it is damaged or missing
     */
    static Table open(Disk disk, long number, long mostBytesToVerify) throws IOException {
        TableFacts read = TableFacts.read(disk, factsFileOf(number));
        Facts facts = read.facts();
        boolean verify = facts.fileBytes() <= mostBytesToVerify;
        if (verify && !FileSum.of(disk, fileOf(number)).matches(facts)) {
            throw new IOException(fileOf(number) + " is damaged: wrong checksum or length");
        }
        try {
            DB db = TableImage.open(disk, fileOf(number));
            BTreeMap<byte[], byte[]> cells = db.treeMap(MAP, Serializer.BYTE_ARRAY, Serializer.BYTE_ARRAY)
                    .open();
            return new Table(number, facts, verify, db, cells, read.filter());
        } catch (RuntimeException e) {
            throw broken(number, e);
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

        boolean matches(Facts facts) {
            return bytes == facts.fileBytes() && checksum == facts.fileChecksum();
        }
    }

    long number() {
        return number;
    }

    Facts facts() {
        return facts;
    }

    /** Whether the checksum was compared when it was opened. */
    boolean isVerified() {
        return verified;
    }

    /** Whether a cell in here may have a reading of at least this. */
    boolean reaches(long reading) {
        return Long.compareUnsigned(facts.greatestReading(), reading) >= 0;
    }

    /** False means surely not in here. */
    boolean mayHold(Key key) {
        return key.slot() >= facts.firstSlot() && key.slot() <= facts.lastSlot() && filter.mightContain(key);
    }

    /** The cell held for a key; throws when the file is broken, which MapDB tells by any exception whatever. */
    @Nullable
    Cell get(Key key) throws IOException {
        try {
            byte[] cell = cells.get(TableKey.of(key));
            return cell == null ? null : cell(cell);
        } catch (RuntimeException e) {
            throw broken(number, e);
        }
    }

    /** Entries from this table key on, in order; throws {@link UncheckedIOException} on the way when the file is broken. */
    Iterator<Entry> from(byte[] tableKey, boolean inclusive) {
        Iterator<Map.Entry<byte[], byte[]>> raw;
        try {
            raw = cells.tailMap(tableKey, inclusive).entrySet().iterator();
        } catch (RuntimeException e) {
            throw new UncheckedIOException(broken(number, e));
        }
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return raw.hasNext();
            }

            @Override
            public Entry next() {
                try {
                    Map.Entry<byte[], byte[]> entry = raw.next();
                    return new Entry(TableKey.keyOf(entry.getKey()), cell(entry.getValue()));
                } catch (RuntimeException e) {
                    throw new UncheckedIOException(broken(number, e));
                }
            }
        };
    }

    private static Cell cell(byte[] bytes) {
        return CellCodec.readCell(new WireReader(bytes));
    }

    static IOException broken(long number, RuntimeException e) {
        if (e instanceof DBException.OutOfMemory && e.getCause() instanceof Error error) {
            // The file is as good as it was, and the replica in it need not be rebuilt.
            throw error;
        }
        if (DamagedTableException.isOfTheMachine(e)) {
            return new IOException(fileOf(number) + " cannot be read: " + e, e);
        }
        return new DamagedTableException(number, fileOf(number) + " is damaged: " + e, e);
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
