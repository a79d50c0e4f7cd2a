package io.murmur.kernel;

import io.murmur.kernel.data.Key;
import io.murmur.kernel.data.Version;
import java.util.function.Consumer;

/**
 * What one shard of a replica has promised to those who change keys atomically, as far as whoever moves cells between replicas has to know:
 * which ballots it may have promised, and which cells came after a promise.
 *
 * <p>All calls and callbacks on the shard's thread.
 */
public interface Promises {

    /** No ballot promised so far has a greater reading. Grows, like a clock. */
    long reading();

    /**
     * Has the slots {@code firstSlot..lastSlot} taken for promised up to a reading, as other replicas may have promised that this one now
     * stands in for. Durable, and in force at once.
     *
     * @param then whether it is durable
     */
    void raiseFloor(int firstSlot, int lastSlot, long reading, Consumer<Boolean> then);

    /** A cell of this version is about to be joined into that key, other than by a coordinator's request. To be told before the join. */
    void joining(Key key, Version version);
}
