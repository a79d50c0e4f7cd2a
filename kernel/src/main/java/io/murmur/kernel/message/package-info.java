/**
 * Everything nodes and clients say to each other: records in sealed families, handled by exhaustive switches, so that a new message
 * breaks exactly the codec and its handler.
 *
 * <ul>
 *   <li>{@link io.murmur.kernel.message.Message}: the root, and how request and reply find each other.
 *   <li>{@link io.murmur.kernel.message.Handshake}: who is there, before anything else; {@link io.murmur.kernel.message.Credentials}: on what
 *       grounds a client is let in.
 *   <li>{@link io.murmur.kernel.message.ClientRequest}, {@link io.murmur.kernel.message.ClientReply}: a client and its coordinator.
 *   <li>{@link io.murmur.kernel.message.PeerRequest}, {@link io.murmur.kernel.message.PeerReply}: a coordinator and an owner.
 *   <li>{@link io.murmur.kernel.message.SyncRequest}, {@link io.murmur.kernel.message.SyncReply}: a node that catches up with an owner.
 *   <li>{@link io.murmur.kernel.message.RingMessage}, {@link io.murmur.kernel.message.Ballot}: how nodes agree on rings.
 *   <li>{@link io.murmur.kernel.message.GossipMessage}: what nodes tell each other of everyone: {@link
 *       io.murmur.kernel.message.EndpointDigest}s, and {@link io.murmur.kernel.message.EndpointState}s with {@link
 *       io.murmur.kernel.message.EndpointAttributes} and {@link io.murmur.kernel.message.EndpointStatus}.
 *   <li>{@link io.murmur.kernel.message.Failure}: why a call failed, and what is known of its effect.
 *   <li>{@link io.murmur.kernel.message.Trace}: what a call did at its coordinator, step by step.
 * </ul>
 */
@NullMarked
package io.murmur.kernel.message;

import org.jspecify.annotations.NullMarked;
