package io.murmur.antientropy;

import io.murmur.kernel.Storage.Entry;
import io.murmur.kernel.message.SyncReply.SlotDigest;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/** The digests of a slot's leaves, summed up. */
final class LeafSums {

    private final int bits;
    private final SlotDigest[] sums;

    LeafSums(int bits) {
        this.bits = bits;
        this.sums = new SlotDigest[1 << bits];
        Arrays.fill(sums, SlotDigest.EMPTY);
    }

    void add(Entry entry) {
        int leaf = Leaves.of(entry.key(), bits);
        sums[leaf] = Digests.plus(sums[leaf], Digests.of(entry));
    }

    List<SlotDigest> sums() {
        return List.of(sums);
    }

    /** The leaves that are not what they are elsewhere. */
    BitSet differentFrom(List<SlotDigest> theirs) {
        BitSet different = new BitSet();
        for (int leaf = 0; leaf < sums.length; leaf++) {
            if (!Digests.areOfTheSame(sums[leaf], theirs.get(leaf))) {
                different.set(leaf);
            }
        }
        return different;
    }
}
