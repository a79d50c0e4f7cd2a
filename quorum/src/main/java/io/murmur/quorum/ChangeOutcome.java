package io.murmur.quorum;

import io.murmur.kernel.data.Version;
import io.murmur.kernel.message.Failure;
import org.jspecify.annotations.Nullable;

/**
 * What became of an atomic operation: done, not done, or unknown, as {@link Failure#effect} says.
 *
 * @param <R> what the {@link Change} answers
 */
public sealed interface ChangeOutcome<R> {

    /**
     * It is done: the answer is that of the one application that counts.
     *
     * @param version of the cell that it has left, or found; null when there was none and nothing was changed
     * @param holders how many owners are known to hold just that
     */
    record Done<R>(R answer, @Nullable Version version, int holders) implements ChangeOutcome<R> {}

    /** It failed, in a named way. */
    record Failed<R>(Failure failure) implements ChangeOutcome<R> {}
}
