package io.murmur.kernel.ring;

/**
 * A key's slot: CRC16 (XMODEM: polynomial 0x1021, initial value 0) of its hash tag, modulo 16384, exactly as the Redis Cluster
 * specification has it, so that partition-aware Redis clients find a replica by themselves.
 *
 * <p>The hash tag is what stands between the first <code>{</code> and the first <code>}</code> after it, when that is not empty;
 * otherwise the whole key.
 */
public final class Slots {

    /** How many slots there are. */
    public static final int COUNT = 16384;

    private static final char[] CRC16 = crc16Table();

    private Slots() {}

    public static int of(byte[] key) {
        // Most have no tag: looking for one and summing up is one pass.
        int crc = 0;
        for (int i = 0; i < key.length; i++) {
            byte next = key[i];
            if (next == '{') {
                return ofTagged(key, i);
            }
            crc = with(crc, next);
        }
        return crc % COUNT;
    }

    private static int ofTagged(byte[] key, int open) {
        int close = indexOf(key, '}', open + 1);
        int crc = close > open + 1 ? crc16(key, open + 1, close) : crc16(key, 0, key.length);
        return crc % COUNT;
    }

    static int crc16(byte[] bytes, int from, int to) {
        int crc = 0;
        for (int i = from; i < to; i++) {
            crc = with(crc, bytes[i]);
        }
        return crc;
    }

    private static int with(int crc, byte next) {
        return ((crc << 8) & 0xFFFF) ^ CRC16[((crc >>> 8) ^ next) & 0xFF];
    }

    private static int indexOf(byte[] bytes, char wanted, int from) {
        for (int i = from; i < bytes.length; i++) {
            if (bytes[i] == wanted) {
                return i;
            }
        }
        return -1;
    }

    private static char[] crc16Table() {
        char[] table = new char[256];
        for (int high = 0; high < 256; high++) {
            int crc = high << 8;
            for (int bit = 0; bit < 8; bit++) {
                crc = (crc & 0x8000) != 0 ? (crc << 1) ^ 0x1021 : crc << 1;
            }
            table[high] = (char) (crc & 0xFFFF);
        }
        return table;
    }
}
