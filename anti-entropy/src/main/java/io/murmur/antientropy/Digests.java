package io.murmur.antientropy;

import io.murmur.kernel.Storage.Entry;
import io.murmur.kernel.data.Digest;
import io.murmur.kernel.message.SyncReply.SlotDigest;

/**
 * Arithmetic of {@link SlotDigest}s. They are sums, so the order of the entries does not matter, the digest of two disjoint sets is the sum
 * of theirs, and a join that puts one cell in another's place takes away the one's and adds the other's: a {@link HashTree} can be kept up to date
 * without reading anew.
 */
final class Digests {

    private Digests() {}

    /** Of one entry alone: a tombstone and an expired cell count like any other, since a replica without them is behind. */
    static SlotDigest of(Entry entry) {
        return new SlotDigest(EntryHash.of(entry.key(), Digest.of(entry.cell())), 1, WireBytes.of(entry));
    }

    static SlotDigest plus(SlotDigest one, SlotDigest other) {
        return new SlotDigest(one.sum() + other.sum(), one.entries() + other.entries(), one.bytes() + other.bytes());
    }

    /** Whether both are digests of the same entries. How many bytes these take is weighed, not compared. */
    static boolean areOfTheSame(SlotDigest one, SlotDigest other) {
        return one.sum() == other.sum() && one.entries() == other.entries();
    }
}
