package io.murmur.kernel;

import io.murmur.kernel.data.Cell;
import io.murmur.kernel.data.Key;
import org.jspecify.annotations.Nullable;

/**
 * Is told of each change to what a shard's storage holds, at the moment from which on scans see it: so that sums over the cells can be kept
 * without reading them. Cells past their slot's purge horizon ({@link Horizons}) are not held. On the shard's thread; must not call the
 * storage.
 */
public interface CellObserver {

    /** A key's cell is another. */
    void changed(Key key, @Nullable Cell former, Cell now);

    /** A key's cell is another, or the same as before; what it was, only the tables know, and they were not asked. */
    void overwritten(Key key);

    /** What the slots {@code firstSlot..lastSlot} hold is not what it was: dead cells have been forgotten, or a damaged file was lost. */
    void changed(int firstSlot, int lastSlot);
}
