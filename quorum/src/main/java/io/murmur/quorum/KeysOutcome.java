package io.murmur.quorum;

import io.murmur.kernel.data.Key;
import io.murmur.kernel.message.Failure;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What became of listing a cache's keys. */
public sealed interface KeysOutcome {

    /**
     * Some keys.
     *
     * @param live those that hold a value, in key order; may be none although there are more
     * @param last so far has been looked, to go on behind; null when there is nothing behind
     */
    record Page(List<Key> live, @Nullable Key last) implements KeysOutcome {}

    record Failed(Failure failure) implements KeysOutcome {}
}
