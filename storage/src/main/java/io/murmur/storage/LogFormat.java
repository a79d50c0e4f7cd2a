package io.murmur.storage;

import io.murmur.kernel.Storage.Entry;
import io.murmur.kernel.data.Cell;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.wire.CellCodec;
import io.murmur.kernel.wire.MalformedException;
import io.murmur.kernel.wire.WireReader;
import io.murmur.kernel.wire.WireWriter;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A log segment in bytes. A segment is a header and then records; a record is a group of joins that became durable together:
 *
 * <pre>
 *   header: magic 8 | segment 8 | length of the valid part of the segment before, or -1 when there is none 8
 *           | greatest reading promised in all segments before 8 | CRC32C of these 4
 *   record: magic 4 | length of the joins 4 | segment 8 | synced length 8 | greatest reading promised with it, or 0 8
 *           | CRC32C of length, segment, synced length, reading and joins 4 | joins: (key, cell) ...
 * </pre>
 *
 * <p>What distinguishes a torn tail from damage? A tail that was never synced was never acknowledged, and may be cut; it may also have
 * reached the disk in any order, so that whole records follow a broken one. But each record tells how much of its segment had been synced
 * before it was written, and each segment how long the one before it was. A broken record before that mark had been synced, so it is
 * damage: acknowledged data is lost.
 *
 * <p>Of promises ({@link io.murmur.kernel.Storage#promise}) only the greatest reading counts, and it outlives the segment it is in: each
 * segment's header has the greatest of all before.
 */
final class LogFormat {

    static final int HEADER_BYTES = 36;
    static final int RECORD_HEADER_BYTES = 36;

    private static final long SEGMENT_MAGIC = 0x4D75_726D_4C6F_6732L;
    private static final int RECORD_MAGIC = 0x4D52_4543;

    private LogFormat() {}

    static ByteBuffer header(long segment, long lengthOfFormer, long promised) {
        ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
        header.putLong(SEGMENT_MAGIC).putLong(segment).putLong(lengthOfFormer).putLong(promised);
        header.putInt(checksum(header.array(), 0, 32));
        return header.flip();
    }

    /**
     * What a segment's header tells.
     *
     * @param lengthOfFormer of the segment before, or -1
     * @param promised the greatest reading promised in all segments before
     */
    record Header(long lengthOfFormer, long promised) {}

    /** The header of a segment, or null when it is broken. */
    static @Nullable Header headerOf(byte[] bytes, long segment) {
        if (bytes.length < HEADER_BYTES) {
            return null;
        }
        ByteBuffer header = ByteBuffer.wrap(bytes);
        boolean whole = header.getLong(0) == SEGMENT_MAGIC
                && header.getLong(8) == segment
                && header.getInt(32) == checksum(bytes, 0, 32);
        return whole ? new Header(header.getLong(16), header.getLong(24)) : null;
    }

    static void writeJoin(WireWriter out, Key key, Cell cell) {
        CellCodec.writeKey(out, key);
        CellCodec.writeCell(out, cell);
    }

    /** Puts a record's header in front of joins that begin at {@code from} in the buffer, behind room for the header. */
    static void writeRecordHeader(
            ByteBuffer buffer, int from, int length, long segment, long syncedLength, long promised) {
        buffer.putInt(from, RECORD_MAGIC);
        buffer.putInt(from + 4, length);
        buffer.putLong(from + 8, segment);
        buffer.putLong(from + 16, syncedLength);
        buffer.putLong(from + 24, promised);
        CRC32C crc = new CRC32C();
        crc.update(buffer.duplicate().position(from + 4).limit(from + 32));
        crc.update(buffer.duplicate().position(from + RECORD_HEADER_BYTES).limit(from + RECORD_HEADER_BYTES + length));
        buffer.putInt(from + 32, (int) crc.getValue());
    }

    /**
     * A record found whole.
     *
     * @param end where the next one begins
     * @param promised the greatest reading promised with it, or 0
     */
    record Found(int end, long syncedLength, long promised, List<Entry> joins) {}

    /** The record at this position, or null when there is no whole one. */
    static @Nullable Found recordAt(byte[] bytes, int at, long segment) {
        if (at > bytes.length - RECORD_HEADER_BYTES) {
            return null;
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        int length = buffer.getInt(at + 4);
        if (buffer.getInt(at) != RECORD_MAGIC
                || length < 0
                || length > bytes.length - RECORD_HEADER_BYTES - at
                || buffer.getLong(at + 8) != segment) {
            return null;
        }
        CRC32C crc = new CRC32C();
        crc.update(bytes, at + 4, 28);
        crc.update(bytes, at + RECORD_HEADER_BYTES, length);
        if ((int) crc.getValue() != buffer.getInt(at + 32)) {
            return null;
        }
        int end = at + RECORD_HEADER_BYTES + length;
        return new Found(
                end, buffer.getLong(at + 16), buffer.getLong(at + 24), joins(bytes, at + RECORD_HEADER_BYTES, end));
    }

    private static List<Entry> joins(byte[] bytes, int from, int to) {
        WireReader in = new WireReader(bytes, from, to);
        List<Entry> joins = new ArrayList<>();
        while (in.remaining() > 0) {
            Key key = CellCodec.readKey(in);
            joins.add(new Entry(key, CellCodec.readCell(in)));
        }
        return joins;
    }

    /** The greatest synced length that any whole record behind this position tells of, or 0. */
    static long syncedLengthToldBehind(byte[] bytes, int from, long segment) {
        long told = 0;
        for (int at = from; at <= bytes.length - RECORD_HEADER_BYTES; at++) {
            if (bytes[at] == (byte) (RECORD_MAGIC >>> 24)) {
                Found found = wholeRecordAt(bytes, at, segment);
                if (found != null) {
                    told = Math.max(told, found.syncedLength());
                    at = found.end() - 1;
                }
            }
        }
        return told;
    }

    private static @Nullable Found wholeRecordAt(byte[] bytes, int at, long segment) {
        try {
            return recordAt(bytes, at, segment);
        } catch (MalformedException e) {
            return null;
        }
    }

    private static int checksum(byte[] bytes, int from, int to) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, from, to - from);
        return (int) crc.getValue();
    }
}
