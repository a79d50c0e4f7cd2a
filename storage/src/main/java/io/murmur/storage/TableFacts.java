package io.murmur.storage;

import com.google.common.hash.BloomFilter;
import io.murmur.kernel.Disk;
import io.murmur.kernel.data.Key;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * The small file beside a table, with what must be known without looking into the table:
 *
 * <pre>
 *   magic 8 | CRC32C of all behind 4 | entries 8 | first slot 4 | last slot 4 | greatest reading 8 | largest cell 4
 *           | bytes of the table's file 8 | CRC32C of the table's file 4
 *           | deaths 8 | oldest death 8 | how many are sampled 4 | each: slot 2, moment 8 | Bloom filter
 * </pre>
 *
 * <p>Another magic has the files from before deaths were counted, in which nothing stands for them.
 */
record TableFacts(Table.Facts facts, BloomFilter<Key> filter) {

    private static final long MAGIC_WITHOUT_DEATHS = 0x4D75_726D_4661_6331L;
    private static final long MAGIC = 0x4D75_726D_4661_6332L;
    private static final int CHECKED_FROM = 12;
    private static final int DEATHS_FROM = 52;

    static void write(Disk disk, String name, Table.Facts facts, BloomFilter<Key> filter) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeLong(facts.entries());
        out.writeInt(facts.firstSlot());
        out.writeInt(facts.lastSlot());
        out.writeLong(facts.greatestReading());
        out.writeInt(facts.largestCellBytes());
        out.writeLong(facts.fileBytes());
        out.writeInt(facts.fileChecksum());
        write(out, facts.deaths());
        filter.writeTo(out);
        CRC32C crc = new CRC32C();
        crc.update(bytes.toByteArray());
        disk.delete(name);
        try (Disk.Appender file = disk.create(name)) {
            file.append(ByteBuffer.allocate(CHECKED_FROM)
                    .putLong(MAGIC)
                    .putInt((int) crc.getValue())
                    .flip());
            file.append(ByteBuffer.wrap(bytes.toByteArray()));
            file.sync();
        }
    }

    private static void write(DataOutputStream out, Deaths deaths) throws IOException {
        out.writeLong(deaths.count());
        out.writeLong(deaths.oldest());
        out.writeInt(deaths.slots().length);
        for (int i = 0; i < deaths.slots().length; i++) {
            out.writeShort(deaths.slots()[i]);
            out.writeLong(deaths.moments()[i]);
        }
    }

    private static Deaths readDeaths(ByteBuffer in) {
        long count = in.getLong();
        long oldest = in.getLong();
        short[] slots = new short[in.getInt()];
        long[] moments = new long[slots.length];
        for (int i = 0; i < slots.length; i++) {
            slots[i] = in.getShort();
            moments[i] = in.getLong();
        }
        return new Deaths(count, oldest, slots, moments);
    }

    static TableFacts read(Disk disk, String name) throws IOException {
        byte[] bytes = LogReplay.readAll(disk, name);
        if (bytes.length < DEATHS_FROM) {
            throw new IOException(name + " is damaged: cut short");
        }
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CRC32C crc = new CRC32C();
        crc.update(bytes, CHECKED_FROM, bytes.length - CHECKED_FROM);
        long magic = in.getLong();
        if ((magic != MAGIC && magic != MAGIC_WITHOUT_DEATHS) || in.getInt() != (int) crc.getValue()) {
            throw new IOException(name + " is damaged: wrong checksum");
        }
        Table.Facts facts = new Table.Facts(
                in.getLong(),
                in.getInt(),
                in.getInt(),
                in.getLong(),
                in.getInt(),
                in.getLong(),
                in.getInt(),
                magic == MAGIC ? readDeaths(in) : Deaths.UNKNOWN);
        ByteArrayInputStream filter = new ByteArrayInputStream(bytes, in.position(), in.remaining());
        return new TableFacts(facts, BloomFilter.readFrom(filter, Table.FUNNEL));
    }
}
