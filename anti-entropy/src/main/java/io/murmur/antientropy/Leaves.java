package io.murmur.antientropy;

import io.murmur.kernel.data.Key;
import io.murmur.kernel.message.SyncRequest;

/**
 * How a slot is divided into the leaves of its partition's hash tree: by the first bits of a hash of the key, and into so many that each has
 * a few dozen keys, however large the partition grows. A small slot is one leaf. Pure.
 */
final class Leaves {

    /** A leaf's keys with their digests take about as many bytes as the digests of so many leaves. */
    private static final int ENTRIES_OF_A_LEAF = 32;

    private Leaves() {}

    /** The number of bits for a slot with so many entries. */
    static int bitsFor(long entries) {
        int bits = 0;
        while (bits < SyncRequest.MOST_LEAF_BITS && entries >> bits > 2 * ENTRIES_OF_A_LEAF) {
            bits++;
        }
        return bits;
    }

    /** Which leaf a key is in, from 0. */
    static int of(Key key, int bits) {
        return bits == 0 ? 0 : (int) (EntryHash.of(key) >>> (Long.SIZE - bits));
    }
}
