package io.murmur.client;

import io.murmur.kernel.data.Version;
import io.murmur.kernel.message.Trace;
import java.util.Optional;

/**
 * What became of a change under a condition: both are outcomes of a call that is done. One that failed is a {@link MurmurException}.
 *
 * @param applied whether the condition held, and so the change was made
 * @param found what the key holds, when that is why the change was not made; empty when it holds nothing, or the change was made
 * @param version of the value that the call has left or found, or of the deletion; empty when the key was never written
 * @param trace how it came about, when it was {@linkplain CallOptions#withTrace asked for} and any owner was turned to
 */
public record Change<V>(boolean applied, Optional<V> found, Optional<Version> version, Optional<Trace> trace) {}
