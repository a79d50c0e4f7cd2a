package io.murmur.quorum;

import io.murmur.kernel.data.Cell;
import org.jspecify.annotations.Nullable;

/**
 * What an atomic operation makes of a key's value: a pure function, since it may be applied more than once before one of its
 * results is accepted.
 *
 * @param <R> what the caller is told
 */
@FunctionalInterface
public interface Change<R> {

    /**
     * @param current what the key holds, or null when there is nothing: never written, deleted, or expired
     * @param wallMillis now, in milliseconds since the Unix epoch: what times to live count from
     */
    Step<R> apply(Cell.@Nullable Live current, long wallMillis);

    /** What is to be done, and what the caller is told once it is. */
    sealed interface Step<R> {

        R answer();

        /** Nothing is to change. */
        record Keep<R>(R answer) implements Step<R> {}

        /**
         * The key is to hold this value.
         *
         * @param expiresAtMillis as of a {@link Cell.Live}; {@link Cell#NEVER} for no expiry
         */
        record Put<R>(byte[] value, long expiresAtMillis, R answer) implements Step<R> {}

        /** The key is to hold nothing. */
        record Remove<R>(R answer) implements Step<R> {}
    }
}
