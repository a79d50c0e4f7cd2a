package io.murmur.benchmarks.driver;

import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/**
 * How one cache is asked, without blocking. Calls may come from any thread, many at once, and from within the completion of an earlier one.
 */
public interface Target extends AutoCloseable {

    /** Completes with whether the key was found (a value of the expected length is there); exceptionally when the call failed. */
    CompletionStage<Boolean> get(byte[] key);

    /** Completes when the cache has acknowledged the write, exceptionally when the call failed. Neither array is changed by anyone. */
    CompletionStage<?> put(byte[] key, byte[] value);

    /** How long the values of the calls from now on are; told before any of them. */
    default void expect(int valueBytes) {}

    /** Calls sent again by the client's library so far, where it tells. */
    default long retries() {
        return 0;
    }

    /** What a failure is counted under; one text for all failures of a kind is best. */
    default String kind(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return cause.toString();
    }

    @Override
    void close();
}
