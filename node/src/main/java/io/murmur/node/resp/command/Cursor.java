package io.murmur.node.resp.command;

import io.murmur.kernel.data.Key;
import io.murmur.kernel.ring.Slots;
import io.murmur.node.resp.Refusal;
import java.nio.charset.StandardCharsets;

/**
 * How far a SCAN has come, as any node understands it: a slot, and within it behind which key, by a hash of that key. A number below 2^53,
 * since some clients have no greater whole ones.
 *
 * @param hash of a key; 0 at the beginning of the slot
 */
record Cursor(int slot, long hash) {

    private static final int HASH_BITS = 39;
    private static final long MASK = (1L << HASH_BITS) - 1;
    private static final long FNV_OFFSET = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;

    /** The first, and what is answered behind the last. */
    static final Cursor ZERO = new Cursor(0, 0);

    /**
     * @throws Refusal when these bytes are none
     */
    static Cursor parse(byte[] word) {
        String text = new String(word, StandardCharsets.ISO_8859_1);
        if (text.isEmpty() || text.length() > 16 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw invalid();
        }
        long number = Long.parseLong(text);
        if (number >>> HASH_BITS >= Slots.COUNT) {
            throw invalid();
        }
        return new Cursor((int) (number >>> HASH_BITS), number & MASK);
    }

    private static Refusal invalid() {
        return new Refusal("ERR invalid cursor");
    }

    static Cursor behind(Key key) {
        return new Cursor(key.slot(), hash(key));
    }

    /** Of this slot's first key; zero when there is no such slot. */
    static Cursor at(int slot) {
        return slot < Slots.COUNT ? new Cursor(slot, 0) : ZERO;
    }

    boolean isBehind(Key key) {
        return key.slot() == slot && hash(key) == hash;
    }

    /** FNV-1a, its highest bits the most mixed. Never 0. */
    private static long hash(Key key) {
        long hash = FNV_OFFSET;
        for (byte one : key.bytes()) {
            hash = (hash ^ (one & 0xFF)) * FNV_PRIME;
        }
        return Math.max(1, hash >>> (Long.SIZE - HASH_BITS));
    }

    long number() {
        return ((long) slot << HASH_BITS) | hash;
    }
}
