package io.murmur.antientropy;

import io.murmur.kernel.CellObserver;
import io.murmur.kernel.Durability;
import io.murmur.kernel.Horizons;
import io.murmur.kernel.Promises;
import io.murmur.kernel.Rebuild;
import io.murmur.kernel.Storage;
import io.murmur.kernel.data.Cell;
import io.murmur.kernel.data.Key;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A shard's own replica, as its sync sees it.
 *
 * @param promises what it has promised to atomic operations: is told of each join, since it comes by no coordinator's request
 * @param observation takes whoever is to be told of each change; called once, before anything else
 */
public record OwnReplica(
        Storage storage, Horizons horizons, Rebuild rebuild, Promises promises, Consumer<CellObserver> observation) {

    /** Joins durably, whatever the cache's durability: others let go of what this node says it holds. */
    void join(Key key, Cell cell, Consumer<Storage.JoinOutcome> then) {
        promises.joining(key, cell.version());
        storage.join(key, cell, Durability.FSYNC, then);
    }

    /**
     * Joins what one who catches up has from an owner: also into what is damaged, and however old it is. This node's horizon speaks of the
     * caches that it owned; of others it may be about to become an owner.
     */
    void joinAnyAge(Key key, Cell cell, Consumer<Storage.JoinOutcome> then) {
        promises.joining(key, cell.version());
        rebuild.join(key, cell, then);
    }

    /** Scans also what is damaged, as far as it is there. */
    void scan(int firstSlot, int lastSlot, @Nullable Key after, int limit, Consumer<Storage.ScanOutcome> then) {
        if (isDamaged(firstSlot, lastSlot)) {
            rebuild.scan(firstSlot, lastSlot, after, limit, then);
        } else {
            storage.scan(firstSlot, lastSlot, after, limit, then);
        }
    }

    boolean isDamaged(int firstSlot, int lastSlot) {
        for (int slot = firstSlot; slot <= lastSlot; slot++) {
            if (rebuild.isDue(slot)) {
                return true;
            }
        }
        return false;
    }

    /** The least of some slots: as of which all of them have forgotten. */
    long horizon(int firstSlot, int lastSlot) {
        long least = Long.MAX_VALUE;
        for (int slot = firstSlot; slot <= lastSlot; slot++) {
            least = Math.min(least, horizons.of(slot));
        }
        return least;
    }
}
