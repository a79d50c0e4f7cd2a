package io.murmur.antientropy;

import io.murmur.kernel.data.Digest;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.data.Version;
import java.nio.ByteBuffer;

/**
 * 64 bits of a key and its cell's fingerprint, to be summed up. The mixing is that of MurmurHash3 (its x64 half, and its finalizer): every
 * bit of the input turns half of the result's, so that the sums of different sets of entries are equal by chance only, one time in 2^64.
 * Nothing is proof against one who chooses keys so that they collide; but what such keys could hide is that one node lacks the other's
 * version of them, until the next write.
 *
 * <p>Nodes compare what they computed: a change of this function is a change of the protocol.
 */
final class EntryHash {

    private EntryHash() {}

    static long of(Key key, Digest digest) {
        return of(of(key), digest);
    }

    /**
     * @param keyHash of the key alone, which need not be taken twice when a cell takes another's place
     */
    static long of(long keyHash, Digest digest) {
        Version version = digest.version();
        long hash = mix(keyHash, digest.checksum());
        hash = mix(hash, version.reading());
        hash = mix(hash, version.node().high());
        return finish(mix(hash, version.node().low()));
    }

    /** Of the key alone. */
    static long of(Key key) {
        // The hash of a string is the same on all machines, and kept in it.
        long hash = mix(key.bytes().length, key.cache().hashCode());
        ByteBuffer bytes = ByteBuffer.wrap(key.bytes());
        while (bytes.remaining() >= Long.BYTES) {
            hash = mix(hash, bytes.getLong());
        }
        long rest = 0;
        while (bytes.hasRemaining()) {
            rest = (rest << 8) | (bytes.get() & 0xFF);
        }
        return finish(mix(hash, rest));
    }

    private static long mix(long hash, long word) {
        long mixed = Long.rotateLeft(word * 0x87C37B91114253D5L, 31) * 0x4CF5AD432745937FL;
        return Long.rotateLeft(hash ^ mixed, 27) * 5 + 0x52DCE729;
    }

    private static long finish(long hash) {
        long h = (hash ^ (hash >>> 33)) * 0xFF51AFD7ED558CCDL;
        h = (h ^ (h >>> 33)) * 0xC4CEB9FE1A85EC53L;
        return h ^ (h >>> 33);
    }
}
