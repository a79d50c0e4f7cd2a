package io.murmur.kernel.data;

import io.murmur.kernel.CacheSettings;
import io.murmur.kernel.Limits;
import io.murmur.kernel.ring.Slots;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The name of a cell: a cache and up to 64 KiB of bytes. Ordered by (slot, cache, bytes unsigned), so that a partition is one
 * contiguous range. Immutable: the array handed in is not copied and must not be changed.
 */
public final class Key implements Comparable<Key> {

    private final String cache;
    private final byte[] bytes;
    private final int slot;
    private final int hash;

    public Key(String cache, byte[] bytes) {
        if (!CacheSettings.isValidName(cache)) {
            throw new IllegalArgumentException("not a cache's name: '" + cache + "'");
        }
        if (bytes.length > Limits.KEY_CEILING_BYTES) {
            throw new IllegalArgumentException(
                    "a key has at most " + Limits.KEY_CEILING_BYTES + " bytes, this one has " + bytes.length);
        }
        this.cache = cache;
        this.bytes = bytes;
        this.slot = Slots.of(bytes);
        this.hash = hash(cache, Arrays.hashCode(bytes));
    }

    public static Key of(String cache, String text) {
        return new Key(cache, text.getBytes(StandardCharsets.UTF_8));
    }

    public String cache() {
        return cache;
    }

    /** The {@link #hashCode} of a key whose bytes are a part of an array. */
    public static int hash(String cache, byte[] in, int from, int to) {
        int hash = 1;
        for (int i = from; i < to; i++) {
            hash = 31 * hash + in[i];
        }
        return hash(cache, hash);
    }

    private static int hash(String cache, int hashOfBytes) {
        return 31 * cache.hashCode() + hashOfBytes;
    }

    /** The key's bytes; not to be changed. */
    public byte[] bytes() {
        return bytes;
    }

    /** The slot, 0 to 16383, as Redis Cluster computes it. */
    public int slot() {
        return slot;
    }

    @Override
    public int compareTo(Key other) {
        if (slot != other.slot) {
            return Integer.compare(slot, other.slot);
        }
        // Equal names are one string nearly always, which equals sees at once and compareTo does not.
        return cache.equals(other.cache) ? Arrays.compareUnsigned(bytes, other.bytes) : cache.compareTo(other.cache);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Key that
                && hash == that.hash
                && cache.equals(that.cache)
                && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return hash;
    }

    @Override
    public String toString() {
        return cache + "/" + new String(bytes, StandardCharsets.UTF_8);
    }
}
