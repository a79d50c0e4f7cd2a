package io.murmur.kernel.wire;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Writes numbers, bytes and text to an array that grows. Whatever {@link WireReader} reads up to a bound is written with the same bound,
 * and what lies beyond it throws {@link IllegalArgumentException} here, where the mistake is, and not at the reader's. Reusable through
 * {@link #clear()}; not for use by several threads.
 */
public final class WireWriter {

    /** A buffer that has grown beyond this for one large value is let go by {@link #clear()}. */
    private static final int KEPT_BYTES = 1 << 20;

    private byte[] bytes = new byte[512];
    private int size;

    /** Forgets what was written. */
    public void clear() {
        size = 0;
        if (bytes.length > KEPT_BYTES) {
            bytes = new byte[512];
        }
    }

    public int size() {
        return size;
    }

    /** The array written to, of which the first {@link #size()} bytes count. Valid until the next write. */
    public byte[] array() {
        return bytes;
    }

    public byte[] toByteArray() {
        return Arrays.copyOf(bytes, size);
    }

    public void writeByte(int value) {
        ensure(1);
        bytes[size++] = (byte) value;
    }

    public void writeInt(int value) {
        ensure(4);
        putInt(size, value);
        size += 4;
    }

    /** Forgets what was written after so many bytes. */
    void truncate(int newSize) {
        size = newSize;
    }

    /** Overwrites four bytes written before. */
    void putInt(int at, int value) {
        bytes[at] = (byte) (value >>> 24);
        bytes[at + 1] = (byte) (value >>> 16);
        bytes[at + 2] = (byte) (value >>> 8);
        bytes[at + 3] = (byte) value;
    }

    public void writeLong(long value) {
        writeInt((int) (value >>> 32));
        writeInt((int) value);
    }

    /** Seven bits a byte, the lowest first; negative numbers take ten bytes. */
    public void writeVarint(long value) {
        ensure(10);
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            bytes[size++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        bytes[size++] = (byte) rest;
    }

    /** A varint that must be between 0 and this bound. */
    public void writeCount(long value, int most) {
        if (value < 0 || value > most) {
            throw new IllegalArgumentException("a count of " + value + " where at most " + most + " is allowed");
        }
        writeVarint(value);
    }

    /** The length as a varint, and the bytes. */
    public void writeBytes(byte[] value, int most) {
        writeCount(value.length, most);
        ensure(value.length);
        System.arraycopy(value, 0, bytes, size, value.length);
        size += value.length;
    }

    /** The length in bytes as a varint, and UTF-8. For names: one that is too long is refused, since a part of it is another name. */
    public void writeText(String text, int mostBytes) {
        int length = text.length();
        if (length < 128 && length <= mostBytes && isAscii(text)) {
            ensure(length + 1);
            bytes[size++] = (byte) length;
            for (int i = 0; i < length; i++) {
                bytes[size++] = (byte) text.charAt(i);
            }
            return;
        }
        writeBytes(text.getBytes(StandardCharsets.UTF_8), mostBytes);
    }

    /** As {@link #writeText}, but for people: what is too long is cut behind its last whole character. */
    public void writeProse(String text, int mostBytes) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        int end = Math.min(utf8.length, mostBytes);
        while (end < utf8.length && end > 0 && isContinuation(utf8[end])) {
            end--;
        }
        writeBytes(end == utf8.length ? utf8 : Arrays.copyOf(utf8, end), mostBytes);
    }

    /** Whether a byte of UTF-8 belongs to the character that began before it. */
    private static boolean isContinuation(byte utf8) {
        return (utf8 & 0xC0) == 0x80;
    }

    private static boolean isAscii(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) >= 128) {
                return false;
            }
        }
        return true;
    }

    private void ensure(int more) {
        if (bytes.length - size < more) {
            bytes = Arrays.copyOf(bytes, Math.max(Math.addExact(size, more), bytes.length * 2));
        }
    }
}
