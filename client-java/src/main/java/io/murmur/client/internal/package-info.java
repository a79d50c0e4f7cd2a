/**
 * The client's internals, of which the framing serves the node's servers as well. Not for use from outside.
 *
 * <ul>
 *   <li>{@link io.murmur.client.internal.FrameDecoder}: from bytes to messages.
 *   <li>{@link io.murmur.client.internal.Outbox}: from messages to bytes, many in one write.
 *   <li>{@link io.murmur.client.internal.Connection}: a connection that comes back; {@link io.murmur.client.internal.Opening}: what it is
 *       opened with.
 *   <li>{@link io.murmur.client.internal.Tls}: TLS as Murmur speaks it; {@link io.murmur.client.internal.Pem}: its files; {@link
 *       io.murmur.client.internal.TlsFailure}: what went wrong with it, for people.
 *   <li>{@link io.murmur.client.internal.Transport}, {@link io.murmur.client.internal.SystemClock}: what the platform has.
 * </ul>
 */
@NullMarked
package io.murmur.client.internal;

import org.jspecify.annotations.NullMarked;
