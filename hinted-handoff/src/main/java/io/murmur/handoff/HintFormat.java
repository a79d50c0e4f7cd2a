package io.murmur.handoff;

import io.murmur.kernel.data.Cell;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.wire.CellCodec;
import io.murmur.kernel.wire.MalformedException;
import io.murmur.kernel.wire.WireReader;
import io.murmur.kernel.wire.WireWriter;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A file of hints in bytes: a header and then records, one for each hint, and perhaps a seal behind them.
 *
 * <pre>
 *   header: magic 8 | number 8 | the node the hints are for 16 | CRC32C of these 4
 *   record: magic 4 | length of the hint 4 | number 8 | synced length 8 | CRC32C of length, number, synced length and hint 4
 *           | hint: redirected 1 | epoch varint | key | cell
 *   seal:   a record of a hint of no bytes
 * </pre>
 *
 * <p>As in the commit log, each record tells how much of its file had been synced before it was written, so that a tail torn by a crash,
 * which nobody was told of, is distinguished from damage to what had been acknowledged. The seal says so of the last records.
 */
final class HintFormat {

    static final String FOLDER = "hints";

    static final int HEADER_BYTES = 36;
    static final int RECORD_HEADER_BYTES = 28;

    private static final long FILE_MAGIC = 0x4D75_726D_4869_6E31L;
    private static final int RECORD_MAGIC = 0x4D48_4E54;

    private static final Pattern NAME = Pattern.compile(FOLDER + "/([0-9a-f-]{36})\\.(\\d{1,3})\\.(\\d{12})\\.log");

    private HintFormat() {}

    /**
     * What a file's name says.
     *
     * @param shard the index of the shard that made it, in a life in which there may have been another number of shards
     * @param number from 1, distinct among the files of one shard: it tells a file's records from what was at its place on the disk before
     */
    record Name(NodeId target, int shard, long number) {

        String text() {
            return String.format(Locale.ROOT, "%s/%s.%d.%012d.log", FOLDER, target, shard, number);
        }

        /** Null when it is not the name of a file of hints. */
        static @Nullable Name parse(String text) {
            Matcher matcher = NAME.matcher(text);
            if (!matcher.matches()) {
                return null;
            }
            try {
                Name name = new Name(
                        NodeId.parse(matcher.group(1)),
                        Integer.parseInt(matcher.group(2)),
                        Long.parseLong(matcher.group(3)));
                return name.text().equals(text) ? name : null;
            } catch (IllegalArgumentException e) {
                return null;
            }
        }
    }

    /**
     * A hint.
     *
     * @param epoch of this node's ring when it was made
     * @param isRedirected whether it came to its node from another's hints
     */
    record Kept(Key key, Cell cell, long epoch, boolean isRedirected) {

        byte[] toBytes() {
            WireWriter out = new WireWriter();
            out.writeByte(isRedirected ? 1 : 0);
            out.writeVarint(epoch);
            CellCodec.writeKey(out, key);
            CellCodec.writeCell(out, cell);
            return out.toByteArray();
        }
    }

    static ByteBuffer header(Name name) {
        ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
        header.putLong(FILE_MAGIC).putLong(name.number());
        header.putLong(name.target().high()).putLong(name.target().low());
        header.putInt(checksum(header.array(), 0, HEADER_BYTES - 4));
        return header.flip();
    }

    static boolean hasHeader(byte[] bytes, Name name) {
        return bytes.length >= HEADER_BYTES
                && ByteBuffer.wrap(bytes, 0, HEADER_BYTES).equals(header(name));
    }

    static int recordBytes(int hintBytes) {
        return RECORD_HEADER_BYTES + hintBytes;
    }

    /** Puts a record; of a hint of no bytes, the seal. */
    static void putRecord(ByteBuffer buffer, byte[] hint, long number, long syncedLength) {
        int from = buffer.position();
        buffer.putInt(RECORD_MAGIC).putInt(hint.length).putLong(number).putLong(syncedLength);
        CRC32C crc = new CRC32C();
        crc.update(buffer.duplicate().position(from + 4).limit(from + 24));
        crc.update(hint, 0, hint.length);
        buffer.putInt((int) crc.getValue()).put(hint);
    }

    static ByteBuffer seal(long number, long syncedLength) {
        ByteBuffer seal = ByteBuffer.allocate(RECORD_HEADER_BYTES);
        putRecord(seal, new byte[0], number, syncedLength);
        return seal.flip();
    }

    /**
     * A record found whole.
     *
     * @param end where the next one begins
     * @param kept null when it is the seal
     */
    record Found(
            int from, int end, long syncedLength, @Nullable Kept kept) {}

    /** The record at this position, or null when there is no whole one. */
    static @Nullable Found recordAt(byte[] bytes, int at, long number) {
        if (at > bytes.length - RECORD_HEADER_BYTES) {
            return null;
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        int length = buffer.getInt(at + 4);
        if (buffer.getInt(at) != RECORD_MAGIC
                || length < 0
                || length > bytes.length - RECORD_HEADER_BYTES - at
                || buffer.getLong(at + 8) != number) {
            return null;
        }
        CRC32C crc = new CRC32C();
        crc.update(bytes, at + 4, 20);
        crc.update(bytes, at + RECORD_HEADER_BYTES, length);
        if ((int) crc.getValue() != buffer.getInt(at + 24)) {
            return null;
        }
        int end = at + RECORD_HEADER_BYTES + length;
        try {
            return new Found(
                    at, end, buffer.getLong(at + 16), length == 0 ? null : kept(bytes, at + RECORD_HEADER_BYTES, end));
        } catch (MalformedException e) {
            // The checksum is right and the content is not: written by another version of this code. As good as
            // damaged.
            return null;
        }
    }

    private static Kept kept(byte[] bytes, int from, int to) {
        WireReader in = new WireReader(bytes, from, to);
        boolean isRedirected = in.readBoolean();
        long epoch = in.readVarint();
        Key key = CellCodec.readKey(in);
        Cell cell = CellCodec.readCell(in);
        in.expectEnd();
        return new Kept(key, cell, epoch, isRedirected);
    }

    private static int checksum(byte[] bytes, int from, int to) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, from, to - from);
        return (int) crc.getValue();
    }
}
