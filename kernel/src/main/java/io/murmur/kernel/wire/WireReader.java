package io.murmur.kernel.wire;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads numbers, bytes and text from an array. Anything that would reach beyond the end, or claims a length that is not there, throws
 * {@link MalformedException} before it allocates. Reusable through {@link #reset}; not for use by several threads.
 */
public final class WireReader {

    private byte[] bytes;
    private int position;
    private int end;

    public WireReader(byte[] bytes) {
        this(bytes, 0, bytes.length);
    }

    public WireReader(byte[] bytes, int from, int to) {
        this.bytes = bytes;
        this.position = from;
        this.end = to;
    }

    /** Begins anew on another stretch of bytes. */
    public void reset(byte[] newBytes, int from, int to) {
        bytes = newBytes;
        position = from;
        end = to;
    }

    public int position() {
        return position;
    }

    public int remaining() {
        return end - position;
    }

    public byte readByte() {
        require(1);
        return bytes[position++];
    }

    public boolean readBoolean() {
        byte value = readByte();
        return switch (value) {
            case 0 -> false;
            case 1 -> true;
            default -> throw new MalformedException("not a boolean: " + value);
        };
    }

    public int readInt() {
        require(4);
        int value = ((bytes[position] & 0xFF) << 24)
                | ((bytes[position + 1] & 0xFF) << 16)
                | ((bytes[position + 2] & 0xFF) << 8)
                | (bytes[position + 3] & 0xFF);
        position += 4;
        return value;
    }

    public long readLong() {
        return ((long) readInt() << 32) | (readInt() & 0xFFFFFFFFL);
    }

    public long readVarint() {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            byte next = readByte();
            value |= (next & 0x7FL) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw new MalformedException("a varint of more than ten bytes");
    }

    /** A varint that must be between 0 and this bound. */
    public int readCount(int most) {
        long value = readVarint();
        if (value < 0 || value > most) {
            throw new MalformedException("a count of " + value + " where at most " + most + " is allowed");
        }
        return (int) value;
    }

    public byte[] readBytes(int most) {
        int length = readCount(most);
        require(length);
        byte[] value = Arrays.copyOfRange(bytes, position, position + length);
        position += length;
        return value;
    }

    public String readText(int mostBytes) {
        int length = readCount(mostBytes);
        require(length);
        for (int i = position; i < position + length; i++) {
            if (bytes[i] < 0) {
                return readUtf8(length);
            }
        }
        String text = new String(bytes, position, length, StandardCharsets.ISO_8859_1);
        position += length;
        return text;
    }

    private String readUtf8(int length) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes, position, length))
                    .toString();
            position += length;
            return text;
        } catch (CharacterCodingException e) {
            throw new MalformedException("text that is not UTF-8");
        }
    }

    /** Throws unless everything has been read. */
    public void expectEnd() {
        if (position != end) {
            throw new MalformedException((end - position) + " bytes too many");
        }
    }

    private void require(int length) {
        if (end - position < length) {
            throw new MalformedException("cut short: " + length + " bytes wanted, " + (end - position) + " left");
        }
    }
}
