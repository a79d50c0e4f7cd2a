package io.murmur.kernel;

import io.murmur.kernel.Storage.JoinOutcome;
import io.murmur.kernel.data.Cell;
import io.murmur.kernel.data.Key;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The slots of which a damaged file has taken cells. Reads and joins of theirs are refused as {@link Storage.StorageFault#DAMAGED} until they
 * have been rebuilt from the other owners (invariant 8), which goes on over restarts: what is damaged is known durably.
 *
 * <p>One shard's view. All calls and callbacks on the shard's thread.
 */
public interface Rebuild {

    /** Whether the slot is damaged and not yet rebuilt. */
    boolean isDue(int slot);

    /** Is told whenever further slots are found damaged; at once if some are already. At most one. */
    void whenDue(Runnable then);

    /**
     * Joins a cell that another owner holds, durably, also into a damaged slot. It is taken however old it is, never for late: this
     * replica's horizon speaks of what it owned before, and the rebuilding raises it when all has been taken.
     */
    void join(Key key, Cell cell, Consumer<JoinOutcome> then);

    /** Scans like {@link Storage#scan}, also damaged slots: what is left there. */
    void scan(int firstSlot, int lastSlot, @Nullable Key after, int limit, Consumer<Storage.ScanOutcome> then);

    /**
     * The slots are whole again; calls back once that is durable, and reads and joins are served. Those of them that have been damaged since
     * the last call for them, or since the start, remain due, since what was rebuilt may have been lost again or never been missed; then
     * {@link #whenDue} is told once more after the callback. So damage found while the node runs is rebuilt twice, the second time with
     * little left to do. While a damaged file could not be set aside yet, this waits for it.
     */
    void done(int firstSlot, int lastSlot, Runnable then);
}
