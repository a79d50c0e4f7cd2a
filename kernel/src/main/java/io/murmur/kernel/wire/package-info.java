/**
 * How messages are said in bytes.
 *
 * <p>A frame is
 *
 * <pre>
 *   length   4 bytes, big-endian: how many bytes follow the checksum, 1 to the receiver's limit
 *   checksum 4 bytes: CRC32C of what follows
 *   type     1 byte, see MessageCodec
 *   id       8 bytes: joins a reply to its request
 *   epoch    varint, of requests and replies
 *   budget   varint, of requests: microseconds left until the deadline
 *   ...      the message's own fields
 * </pre>
 *
 * <ul>
 *   <li>{@link io.murmur.kernel.wire.WireWriter}, {@link io.murmur.kernel.wire.WireReader}: numbers, bytes and text.
 *   <li>{@link io.murmur.kernel.wire.CellCodec}: versions, keys and cells; the commit log and the tables use it as well.
 *   <li>{@link io.murmur.kernel.wire.RingCodec}: rings, their changes and ballots; on disk as well.
 *   <li>{@link io.murmur.kernel.wire.GossipCodec}: gossip, and how many bytes it takes.
 *   <li>{@link io.murmur.kernel.wire.MessageCodec}: frames; with {@link io.murmur.kernel.wire.RingMessageCodec} and {@link
 *       io.murmur.kernel.wire.SyncCodec} for two families of messages, {@link io.murmur.kernel.wire.OperationCodec} for atomic operations, and
 *       {@link io.murmur.kernel.wire.TraceCodec} for traces.
 *   <li>{@link io.murmur.kernel.wire.MalformedException}: what reading throws, and all that it throws.
 * </ul>
 */
@NullMarked
package io.murmur.kernel.wire;

import org.jspecify.annotations.NullMarked;
