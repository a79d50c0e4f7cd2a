package io.murmur.antientropy;

import io.murmur.kernel.data.Digest;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.message.SyncReply.KeyDigest;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * In what two replicas differ over a range of keys. Two cells of one version (of a node whose clock went back across a restart) cannot be
 * told by their fingerprints which is the greater: such a key is in both lists, and the join decides. Pure.
 *
 * @param lesserHere keys that are missing here or whose cell is lesser, in key order: to be pulled
 * @param lesserThere keys that are missing there or whose cell is lesser: to be pushed, by those who push. Whoever catches up does not: an
 *     owner needs nothing of one that is not yet
 * @param onlyHere those of them that are missing there, in key order
 */
record Difference(List<Key> lesserHere, List<Key> lesserThere, List<Key> onlyHere) {

    /**
     * @param theirs in key order
     * @param ours of the same range of keys
     */
    static Difference of(List<KeyDigest> theirs, SortedMap<Key, Digest> ours) {
        List<Key> lesserHere = new ArrayList<>();
        List<Key> lesserThere = new ArrayList<>();
        Set<Key> onlyHere = new LinkedHashSet<>(ours.keySet());
        for (KeyDigest their : theirs) {
            Key key = their.key();
            Digest own = ours.get(key);
            onlyHere.remove(key);
            if (mayBeLesser(own, their.digest())) {
                lesserHere.add(key);
            }
            if (own != null && mayBeLesser(their.digest(), own)) {
                lesserThere.add(key);
            }
        }
        lesserThere.addAll(onlyHere);
        lesserThere.sort(null);
        return new Difference(List.copyOf(lesserHere), List.copyOf(lesserThere), List.copyOf(onlyHere));
    }

    private static boolean mayBeLesser(@Nullable Digest one, Digest other) {
        return one == null || (!one.equals(other) && one.version().compareTo(other.version()) <= 0);
    }
}
