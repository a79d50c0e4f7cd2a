package io.murmur.client;

import io.murmur.kernel.data.Version;
import io.murmur.kernel.message.Trace;
import java.time.Instant;
import java.util.Optional;

/**
 * What a read found.
 *
 * @param value the value; empty when it was never written, was deleted, or has expired
 * @param version the version that this answer rests on: that of the value, or of the deletion; empty when no owner asked held anything
 * @param expiresAt when the value expires; empty when it does not
 * @param trace how it came about, when that {@linkplain CallOptions#withTrace was asked for}
 */
public record Read<V>(
        Optional<V> value, Optional<Version> version, Optional<Instant> expiresAt, Optional<Trace> trace) {}
