package io.murmur.kernel.message;

import io.murmur.kernel.Storage.Entry;
import io.murmur.kernel.data.Cell;
import io.murmur.kernel.data.Digest;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.data.Version;
import java.util.List;

/** What an owner answers to a {@link SyncRequest}. */
public sealed interface SyncReply extends Message.Reply {

    /** To Page and Cells, in key order. {@code more}: there may be further entries behind the last, of which there is one then. */
    record Entries(long id, long epoch, List<Entry> entries, boolean more) implements SyncReply {}

    /**
     * To SlotDigests: one for each slot of the partition, in order.
     *
     * @param horizonMillis the least purge horizon of these slots
     * @param reading no ballot promised here so far has a greater reading ({@link io.murmur.kernel.Promises})
     */
    record SlotDigestsAre(long id, long epoch, long horizonMillis, long reading, List<SlotDigest> digests)
            implements SyncReply {}

    /** To LeafDigests: one for each leaf of the slot, in order. */
    record LeafDigestsAre(long id, long epoch, List<SlotDigest> digests) implements SyncReply {}

    /**
     * To Roots: the partitions that have the same root here, and those that have another. What is in neither is another shard's here, and to
     * be asked again without the others.
     */
    record RootsAre(long id, long epoch, List<Integer> equal, List<Integer> different) implements SyncReply {}

    /** To Push: all are held durably, or greater ones. */
    record Taken(long id, long epoch) implements SyncReply {}

    /** To Purge: of which partitions it was heard. What is missing is another shard's here, and to be told again without the others. */
    record Purged(long id, long epoch, List<Integer> partitions) implements SyncReply {}

    /** To SlotVersions, in key order; {@code more} as in {@link Entries}. */
    record SlotVersionsAre(long id, long epoch, List<KeyDigest> keys, boolean more) implements SyncReply {}

    /** To Heads, in key order; {@code more} as in {@link Entries}. */
    record HeadsAre(long id, long epoch, List<Head> heads, boolean more) implements SyncReply {}

    /** Not now, or not by this owner. */
    record Refused(long id, long epoch, Failure failure) implements SyncReply {}

    /**
     * What a slot or a leaf holds, in three sums over its entries, so that the digest of a union, or of what is there after a join, comes by
     * adding and subtracting.
     *
     * @param sum of a 64-bit hash of each key and its cell's fingerprint; it wraps around
     * @param entries how many there are, tombstones and expired ones included
     * @param bytes about what it takes to send them all: for weighing, not for comparing
     */
    record SlotDigest(long sum, long entries, long bytes) {
        public static final SlotDigest EMPTY = new SlotDigest(0, 0, 0);
    }

    /**
     * A key, and its cell without its value.
     *
     * @param liveUntilMillis when a value {@linkplain io.murmur.kernel.data.Cell.Live#expiresAtMillis expires}; 0 of a tombstone
     */
    record Head(Key key, Version version, long liveUntilMillis) {

        public static Head of(Entry entry) {
            return new Head(
                    entry.key(),
                    entry.cell().version(),
                    entry.cell() instanceof Cell.Live live ? live.expiresAtMillis() : 0);
        }
    }

    /** A key and its cell's fingerprint. */
    record KeyDigest(Key key, Digest digest) {}
}
