package io.murmur.kernel;

import io.murmur.kernel.data.Cell;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.ring.NodeId;
import java.util.function.Consumer;

/**
 * Keeps cells for owners that are away, and hands them over when they are back (Dynamo, section 4.6). One shard's view: all calls and
 * callbacks on the shard's thread; nothing blocks.
 */
@FunctionalInterface
public interface Hints {

    /** Keeps nothing; what an owner misses is left to anti-entropy. */
    Hints NONE = (target, key, cell, then) -> then.accept(false);

    /**
     * Keeps a cell for an owner.
     *
     * @param then called once, unless the process ends first: true once the hint is durable here, false when it is not kept (a bound, a
     *     full disk); then the key's partition is owed to anti-entropy, and the keeper has seen to that
     */
    void keep(NodeId target, Key key, Cell cell, Consumer<Boolean> then);
}
