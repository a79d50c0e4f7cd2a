package io.murmur.antientropy;

import io.murmur.kernel.message.SyncReply.SlotDigest;
import io.murmur.kernel.ring.Slots;
import java.util.BitSet;
import java.util.List;

/**
 * The hash trees of all partitions of a shard, as far as they are kept: the digest of each slot.
 *
 * <pre>
 *   root of a partition        the sum of its slots                     compared for many partitions at once
 *     slot, 16 of 1024 partitions    kept here, by adding and subtracting     compared where roots differ
 *       leaf, a few dozen keys            summed up when slots differ              {@link Leaves}
 *         key and version                     read when leaves differ
 * </pre>
 *
 * <p>Sums in the place of hashes of hashes (Dynamo section 4.7 has those): a change to one key is a subtraction and an addition in one place,
 * whatever the size of the partition, and the order of changes does not matter.
 *
 * <p>A slot's digest is known, or it is not: at the start, and when a cell was overwritten that only the tables know. What is not known is
 * counted anew when it is asked for.
 *
 * <p>Each slot has a digest for each number of replicas a cache may have, since not all owners of a partition own the keys of all caches.
 * Pure, but for being mutable.
 */
final class HashTree {

    private static final int WIDTH = 4;
    private static final int ENTRIES = 1;
    private static final int BYTES = 2;

    private final List<Integer> replicas;
    private final BitSet known = new BitSet(Slots.COUNT);

    /** By place of the number of replicas: of each slot sum, entries and bytes, side by side, since a join changes all of them. */
    private final long[][] digests;

    HashTree(List<Integer> replicas) {
        this.replicas = replicas;
        this.digests = new long[replicas.size()][Slots.COUNT * WIDTH];
    }

    boolean isKnown(int slot) {
        return known.get(slot);
    }

    /** The first slot from one on that is known; -1 when there is none. */
    int nextKnown(int slot) {
        return known.nextSetBit(slot);
    }

    int knownSlots() {
        return known.cardinality();
    }

    void forget(int firstSlot, int lastSlot) {
        known.clear(firstSlot, lastSlot + 1);
    }

    /** A slot has been counted. */
    void know(int slot, SlotDigest[] byReplicas) {
        for (int place = 0; place < byReplicas.length; place++) {
            digests[place][slot * WIDTH] = byReplicas[place].sum();
            digests[place][slot * WIDTH + ENTRIES] = byReplicas[place].entries();
            digests[place][slot * WIDTH + BYTES] = byReplicas[place].bytes();
        }
        known.set(slot);
    }

    /** Adds to a slot that is known. */
    void add(int slot, int place, long sum, long moreEntries, long moreBytes) {
        long[] all = digests[place];
        all[slot * WIDTH] += sum;
        all[slot * WIDTH + ENTRIES] += moreEntries;
        all[slot * WIDTH + BYTES] += moreBytes;
    }

    /** Of the keys of caches with at least so many replicas. */
    SlotDigest digest(int slot, int leastReplicas) {
        long sum = 0;
        long count = 0;
        long weight = 0;
        for (int place = 0; place < replicas.size(); place++) {
            if (replicas.get(place) >= leastReplicas) {
                sum += digests[place][slot * WIDTH];
                count += digests[place][slot * WIDTH + ENTRIES];
                weight += digests[place][slot * WIDTH + BYTES];
            }
        }
        return new SlotDigest(sum, count, weight);
    }
}
