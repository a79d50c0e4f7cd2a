/**
 * Everything nodes and clients say to each other: records in sealed families, handled by exhaustive switches, so that a new message
 * breaks exactly the codec and its handler.
 *
 * <ul>
 *   <li>{@link io.murmur.kernel.message.Message}: the root, and how request and reply find each other.
 *   <li>{@link io.murmur.kernel.message.Handshake}: who is there, before anything else.
 *   <li>{@link io.murmur.kernel.message.ClientRequest}, {@link io.murmur.kernel.message.ClientReply}: a client and its coordinator.
 *   <li>{@link io.murmur.kernel.message.PeerRequest}, {@link io.murmur.kernel.message.PeerReply}: a coordinator and an owner.
 *   <li>{@link io.murmur.kernel.message.Failure}: why a call failed, and what is known of its effect.
 * </ul>
 */
@NullMarked
package io.murmur.kernel.message;

import org.jspecify.annotations.NullMarked;
