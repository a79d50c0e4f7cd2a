package io.murmur.quorum;

import io.murmur.kernel.data.Cell;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.data.Version;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A key that this shard has changed atomically just before.
 *
 * @param cell what a majority has accepted
 * @param next the ballot that the same majority has promised with it; null for the first of several changes, after which nobody knows whether
 *     there will be a second
 * @param epoch since when the owners have been as they were then
 */
record Lease(Cell cell, @Nullable Version next, long epoch) {

    /** For how long the next ballot is worth a try. */
    static final long LONGEST_MILLIS = 10_000;

    /** Larger cells are not kept. */
    static final int MOST_BYTES = 16 << 10;

    /** The keys changed last. Bounded; the one that has been kept longest makes room. */
    static final class Kept {

        static final int MOST = 1 << 10;

        private final Map<Key, Lease> leases = new LinkedHashMap<>();

        /** Whoever takes it is the one to use it: a ballot is for one proposal. */
        @Nullable
        Lease take(Key key, long epoch) {
            Lease lease = leases.remove(key);
            return lease == null || lease.epoch != epoch ? null : lease;
        }

        /** The key has been written otherwise. */
        void drop(Key key) {
            if (!leases.isEmpty()) {
                leases.remove(key);
            }
        }

        void keep(Key key, Lease lease) {
            if (lease.cell.weightBytes() > MOST_BYTES) {
                return;
            }
            leases.put(key, lease);
            if (leases.size() > MOST) {
                Iterator<Key> oldest = leases.keySet().iterator();
                oldest.next();
                oldest.remove();
            }
        }
    }
}
