package io.murmur.node.resp.command;

import io.murmur.kernel.CacheSettings;
import io.murmur.kernel.data.Cell;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** When a value that is written expires. */
sealed interface Lifetime {

    /**
     * @param current what the key holds
     * @param nowMillis since the Unix epoch
     * @return as of a {@link Cell.Live}
     */
    long expiresAtMillis(Cell.@Nullable Live current, long nowMillis);

    /** As the cache says: of what is written without a word on it. */
    static Lifetime of(CacheSettings cache) {
        Duration timeToLive = cache.timeToLive();
        return timeToLive == null ? new At(Cell.NEVER) : new In(timeToLive.toMillis());
    }

    /** At this time, whenever it is written; {@link Cell#NEVER} for never. */
    record At(long millis) implements Lifetime {
        @Override
        public long expiresAtMillis(Cell.@Nullable Live current, long nowMillis) {
            return millis;
        }
    }

    /** So long after it is written. */
    record In(long millis) implements Lifetime {
        @Override
        public long expiresAtMillis(Cell.@Nullable Live current, long nowMillis) {
            return millis > Cell.NEVER - nowMillis ? Cell.NEVER : nowMillis + millis;
        }
    }

    /** When what it takes the place of would have; where there is nothing, otherwise. */
    record Kept(Lifetime otherwise) implements Lifetime {
        @Override
        public long expiresAtMillis(Cell.@Nullable Live current, long nowMillis) {
            return current == null ? otherwise.expiresAtMillis(null, nowMillis) : current.expiresAtMillis();
        }
    }
}
