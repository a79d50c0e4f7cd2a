package io.murmur.node;

import java.util.List;
import java.util.function.ToLongFunction;

/** What the parts of a whole have counted, as of the whole: mostly the shards, of their node. */
record Sums<T>(List<T> parts) {

    long of(ToLongFunction<T> count) {
        return parts.stream().mapToLong(count).sum();
    }
}
