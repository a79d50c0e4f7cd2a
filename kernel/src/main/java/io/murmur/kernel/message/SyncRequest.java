package io.murmur.kernel.message;

import io.murmur.kernel.Storage.Entry;
import io.murmur.kernel.data.Key;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a node asks of an owner of a partition in order that both become equal. Served only by an owner that sees the partition as the asker
 * does ({@link #epoch}: since when it is as it is), and only once every join it had accepted before has been done.
 *
 * <p>{@code leastReplicas} leaves out the keys of caches with fewer replicas than that: not every owner of a partition is one for these.
 */
public sealed interface SyncRequest extends Message.Request {

    /** Partitions in one {@link Roots} or {@link Purge}. */
    int MOST_PARTITIONS = 256;

    /** Entries in one {@link Push}. */
    int MOST_PUSHED = 1 << 12;

    /** Keys in the answer to one {@link Heads}. */
    int MOST_HEADS = 1 << 12;

    /** A slot has no more leaves than two to this. */
    int MOST_LEAF_BITS = 12;

    int partition();

    /** The next entries of the slots {@code firstSlot..lastSlot} in key order, tombstones and expired ones included. */
    record Page(
            long id,
            long epoch,
            long deadlineNanos,
            int partition,
            int leastReplicas,
            int firstSlot,
            int lastSlot,
            @Nullable Key after,
            int maxBytes)
            implements SyncRequest {}

    /**
     * Compares the roots of the hash trees of many partitions. By the ring's own {@link #epoch}, since they have none in common otherwise.
     *
     * @param roots the asker's, at least one and at most {@link #MOST_PARTITIONS}; the first says whose request it is
     */
    record Roots(long id, long epoch, long deadlineNanos, int leastReplicas, List<Root> roots) implements SyncRequest {
        public Roots {
            checkCount(roots.size(), MOST_PARTITIONS);
        }

        @Override
        public int partition() {
            return roots.get(0).partition();
        }
    }

    /** The root of a partition's hash tree: the sum of its slots' digests. */
    record Root(int partition, long sum, long entries) {}

    /** A digest over all entries of each slot of the partition. */
    record SlotDigests(long id, long epoch, long deadlineNanos, int partition, int leastReplicas)
            implements SyncRequest {}

    /** A digest over the entries of each leaf of a slot, of which there are two to {@code leafBits}. */
    record LeafDigests(
            long id, long epoch, long deadlineNanos, int partition, int leastReplicas, int slot, int leafBits)
            implements SyncRequest {}

    /** The keys of some leaves of a slot behind one, with their cells' digests. */
    record SlotVersions(
            long id,
            long epoch,
            long deadlineNanos,
            int partition,
            int leastReplicas,
            int slot,
            int leafBits,
            List<Integer> leaves,
            @Nullable Key after)
            implements SyncRequest {}

    /** The cells of these keys, which are in key order. At most {@link ClientRequest#MAX_BATCH}. */
    record Cells(long id, long epoch, long deadlineNanos, int partition, List<Key> keys) implements SyncRequest {}

    /** Join these cells, and answer when they are durable. */
    record Push(long id, long epoch, long deadlineNanos, int partition, List<Entry> entries) implements SyncRequest {
        public Push {
            checkCount(entries.size(), MOST_PUSHED);
        }
    }

    /**
     * A round among all owners of these partitions has been completed: raise their purge horizons ({@link io.murmur.kernel.Horizons}), and
     * answer when they are durable. By the ring's own {@link #epoch}.
     *
     * @param horizonMillis the round had begun, and every hint for it been handed over or dropped, when this was past
     * @param partitions at least one and at most {@link #MOST_PARTITIONS}; the first says whose request it is
     */
    record Purge(long id, long epoch, long deadlineNanos, long horizonMillis, List<Integer> partitions)
            implements SyncRequest {
        public Purge {
            checkCount(partitions.size(), MOST_PARTITIONS);
        }

        @Override
        public int partition() {
            return partitions.get(0);
        }
    }

    /**
     * The next keys of a cache in the slots {@code firstSlot..lastSlot}, in key order, with what their cells are without their values;
     * tombstones and expired ones included. Asked by a coordinator that lists a cache's keys.
     *
     * @param most keys, at least one
     */
    record Heads(
            long id,
            long epoch,
            long deadlineNanos,
            int partition,
            String cache,
            int firstSlot,
            int lastSlot,
            @Nullable Key after,
            int most)
            implements SyncRequest {
        public Heads {
            checkCount(most, MOST_HEADS);
        }
    }

    private static void checkCount(int count, int most) {
        if (count < 1 || count > most) {
            throw new IllegalArgumentException("must be 1 to " + most + ": " + count);
        }
    }
}
