package io.murmur.client.internal;

import io.murmur.kernel.Clock;
import io.murmur.kernel.message.Handshake;
import io.murmur.kernel.wire.WireWriter;
import io.netty.bootstrap.Bootstrap;
import org.jspecify.annotations.Nullable;

/**
 * What every connection of an event loop is opened with.
 *
 * @param hello said first
 * @param tls null where the port speaks plain text
 * @param scratch space shared by all connections of the loop
 */
public record Opening(
        Handshake.Hello hello,
        Bootstrap bootstrap,
        @Nullable TlsDialling tls,
        Clock clock,
        WireWriter scratch) {}
