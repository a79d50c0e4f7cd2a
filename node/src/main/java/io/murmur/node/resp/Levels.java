package io.murmur.node.resp;

import io.murmur.kernel.Level;
import org.jspecify.annotations.Nullable;

/**
 * At which levels keys are read and written.
 *
 * @param read null for the cache's own
 * @param write null for the cache's own
 */
public record Levels(@Nullable Level read, @Nullable Level write) {

    /** As the cache says. */
    public static final Levels OF_CACHE = new Levels(null, null);
}
