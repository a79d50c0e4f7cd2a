/**
 * The client's internals, of which the framing serves the node's servers as well. Not for use from outside.
 *
 * <ul>
 *   <li>{@link io.murmur.client.internal.FrameDecoder}: from bytes to messages.
 *   <li>{@link io.murmur.client.internal.Outbox}: from messages to bytes, many in one write.
 * </ul>
 */
@NullMarked
package io.murmur.client.internal;

import org.jspecify.annotations.NullMarked;
