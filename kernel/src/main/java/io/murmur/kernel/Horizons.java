package io.murmur.kernel;

import io.murmur.kernel.data.Cell;
import io.murmur.kernel.data.Version;

/**
 * Up to when this replica has forgotten the dead: each slot's purge horizon (invariant 5). A tombstone, or an expired value, that is past
 * its slot's horizon is held by nobody any more: no read, scan or join sees it, and its bytes go with the next compaction. A cell that is
 * older than the horizon and comes for a key that is not held is not taken: the deletion that it lost against may have been forgotten. Only
 * what a rebuilding takes from the other owners is not judged ({@link Rebuild#join}).
 *
 * <p>A horizon says: every owner holds all that was written before it. Who raises one answers for that.
 *
 * <p>One shard's view. All calls and callbacks on the shard's thread.
 */
public interface Horizons {

    /** Nothing has been forgotten. */
    long NONE = 0;

    /** A slot's horizon in wall-clock milliseconds since the Unix epoch, {@link #NONE} at first. It never goes back, but when the slot is rebuilt. */
    long of(int slot);

    /**
     * Raises the horizons of {@code firstSlot..lastSlot} to a moment; one that is later stays. They count once they are durable, and so is
     * by then all that was joined before, whatever its {@link Durability}.
     *
     * <p>Damaged slots ({@link Rebuild}) are left out, and {@code then} does not tell of which: they keep {@link #NONE}, for {@link #of} to
     * say, and are to be raised again when they are whole.
     *
     * @param then called once they are durable and count, unless the process ends first; what was joined before counts by the new horizon
     *     then, too
     */
    void raise(int firstSlot, int lastSlot, long wallMillis, Runnable then);

    /** Whether a cell is dead and as old as that: a tombstone written before the horizon, or a value written and expired before it. */
    static boolean isPast(Cell cell, long horizonMillis) {
        return isOlder(cell, horizonMillis)
                && switch (cell) {
                    case Cell.Tombstone ignored -> true;
                    case Cell.Live live -> live.expiresAtMillis() < horizonMillis;
                };
    }

    /** Whether a cell was written before the horizon: if nothing is held for its key, it comes too late. */
    static boolean isOlder(Cell cell, long horizonMillis) {
        return cell.version().wallMillis() < horizonMillis;
    }

    /** What stands for all that has been forgotten: greater than any cell that is older than the horizon, and lesser than any other. */
    static Cell tombstone(long horizonMillis) {
        return new Cell.Tombstone(Version.before(horizonMillis));
    }
}
