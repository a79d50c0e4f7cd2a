package io.murmur.storage;

import io.murmur.kernel.data.Key;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A key as a table has it: slot (2 bytes), the cache's name, a zero byte, the key's bytes. Compared as unsigned bytes it has the order of
 * {@link Key}, since no cache's name has a zero byte or any but ASCII characters.
 */
final class TableKey {

    private TableKey() {}

    static byte[] of(Key key) {
        byte[] cache = key.cache().getBytes(StandardCharsets.US_ASCII);
        byte[] bytes = key.bytes();
        byte[] table = new byte[2 + cache.length + 1 + bytes.length];
        table[0] = (byte) (key.slot() >>> 8);
        table[1] = (byte) key.slot();
        System.arraycopy(cache, 0, table, 2, cache.length);
        System.arraycopy(bytes, 0, table, 2 + cache.length + 1, bytes.length);
        return table;
    }

    /** Smaller than every key of the slot, and greater than every key of the slots before it. */
    static byte[] startOf(int slot) {
        return new byte[] {(byte) (slot >>> 8), (byte) slot};
    }

    static int slotOf(byte[] table) {
        return (table[0] & 0xFF) << 8 | (table[1] & 0xFF);
    }

    static Key keyOf(byte[] table) {
        int zero = 2;
        while (table[zero] != 0) {
            zero++;
        }
        String cache = new String(table, 2, zero - 2, StandardCharsets.US_ASCII);
        return new Key(cache, Arrays.copyOfRange(table, zero + 1, table.length));
    }
}
