/**
 * The client's internals, of which the framing serves the node's servers as well. Not for use from outside.
 *
 * <ul>
 *   <li>{@link io.murmur.client.internal.FrameDecoder}: from bytes to messages.
 *   <li>{@link io.murmur.client.internal.Outbox}: from messages to bytes, many in one write.
 *   <li>{@link io.murmur.client.internal.Connection}: a connection that comes back.
 *   <li>{@link io.murmur.client.internal.Transport}, {@link io.murmur.client.internal.SystemClock}: what the platform has.
 * </ul>
 */
@NullMarked
package io.murmur.client.internal;

import org.jspecify.annotations.NullMarked;
