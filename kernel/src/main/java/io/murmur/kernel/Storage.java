package io.murmur.kernel;

import io.murmur.kernel.data.Cell;
import io.murmur.kernel.data.Key;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One shard's view of a replica's cells. Every change is a {@link #join}; there is no overwrite and no removal.
 *
 * <p><b>Visible means durable.</b> A cell joined with {@link Durability#FSYNC} is seen by reads only once it would survive a crash;
 * otherwise a quorum read could return a cell that the crash of one replica takes back (invariant 3).
 *
 * <p>All calls and all callbacks are on the owning shard's thread; a callback may come before the call returns. Nothing blocks.
 * Each callback is called exactly once, unless the process ends first.
 */
public interface Storage {

    /**
     * Reads the cell of a key, be it a tombstone or expired; judging that is the reader's business. Only what is past the slot's purge
     * horizon ({@link Horizons}) is not held any more, here, in scans and in what a join answers.
     */
    void read(Key key, Consumer<ReadOutcome> then);

    /**
     * What {@link #read} would find, where that is known without a look into any table; null where it is not. A reader that has its answer at
     * once needs to keep no books about it.
     */
    default ReadOutcome.@Nullable Found readAtOnce(Key key) {
        return null;
    }

    /**
     * These keys are about to be read, one after another. Whoever holds cells in memory may touch them now, all of them in one short loop, so
     * that their misses of the processor's cache overlap. Without any other effect.
     */
    default void expect(List<Key> keys) {}

    /** Joins a cell into a key; answers when the change is durable by the given measure. */
    void join(Key key, Cell cell, Durability durability, Consumer<JoinOutcome> then);

    /**
     * Runs this once every join called before has taken its effect: it is seen by reads and scans, or has been refused. Whoever reads
     * then knows all that may be acknowledged of those joins.
     */
    void settled(Runnable then);

    /**
     * Notes durably that a ballot of this reading has been promised, of whatever key: the storage knows the greatest such reading after a
     * restart. When this calls back, every join called before has taken its effect, as of {@link #settled}.
     */
    void promise(long reading, Consumer<PromiseOutcome> then);

    /**
     * Reads entries of the slots {@code firstSlot..lastSlot} in key order, each key once, tombstones and expired cells included.
     *
     * @param after start behind this key, or null to start at the first
     * @param limit at most so many entries
     */
    void scan(int firstSlot, int lastSlot, @Nullable Key after, int limit, Consumer<ScanOutcome> then);

    /** What a read found. */
    sealed interface ReadOutcome {
        /** The cell held, or null when this replica has none. */
        record Found(@Nullable Cell cell) implements ReadOutcome {
            public static final Found NOTHING = new Found(null);
        }

        record Refused(StorageFault fault, String detail) implements ReadOutcome {}
    }

    /** What became of a join. */
    sealed interface JoinOutcome {
        /**
         * The join is durable, and this cell is what the replica holds for the key now: the one written, or a greater one.
         *
         * @param mayBeLater whether the greater one may have come after the one written had become visible
         */
        record Held(Cell cell, boolean mayBeLater) implements JoinOutcome {
            public Held(Cell cell) {
                this(cell, false);
            }
        }

        /** Nothing was changed, or it is unknown whether it was: never an acknowledgement. */
        record Refused(StorageFault fault, String detail) implements JoinOutcome {}
    }

    /** What became of a promise. */
    sealed interface PromiseOutcome {
        /** It is durable. */
        record Kept() implements PromiseOutcome {}

        /** It is not, or it is unknown whether it is. */
        record Refused(StorageFault fault, String detail) implements PromiseOutcome {}
    }

    /** A page of a scan. */
    sealed interface ScanOutcome {
        /** Entries in key order; {@code more} when the range may hold further ones behind the last. */
        record Page(List<Entry> entries, boolean more) implements ScanOutcome {}

        record Refused(StorageFault fault, String detail) implements ScanOutcome {}
    }

    /** A key and its cell. */
    record Entry(Key key, Cell cell) {}

    /** Why a storage refused. */
    enum StorageFault {
        /** Less free disk than the floor; reads go on. */
        DISK_FULL,
        /** The slot's files are damaged and not yet rebuilt from the other owners. */
        DAMAGED,
        /** Too much is waiting already, or the machine has no file handle or memory to spare; later it may. */
        OVERLOADED,
        /** The storage has been closed or has stopped after a failed fsync. */
        STOPPED
    }
}
