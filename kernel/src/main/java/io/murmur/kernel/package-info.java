/**
 * The shared vocabulary of Murmur and the seams to the outside world. Nothing in here does input or output, reads a clock or starts a
 * thread; the shells ({@code node} in production, {@code simulation} in tests) bind the seams.
 *
 * <p>In reading order:
 *
 * <ul>
 *   <li>{@link io.murmur.kernel.Clock}, {@link io.murmur.kernel.Timers}: time, measured and named.
 *   <li>{@link io.murmur.kernel.Network}: messages to other nodes; promises almost nothing.
 *   <li>{@link io.murmur.kernel.Storage}: one replica's cells; promises durability.
 *   <li>{@link io.murmur.kernel.Promises}: what it has promised to atomic operations.
 *   <li>{@link io.murmur.kernel.Disk}: the files below a storage.
 *   <li>{@link io.murmur.kernel.Liveness}: who is believed to be alive; {@link io.murmur.kernel.RingSource}: who owns what.
 *   <li>{@link io.murmur.kernel.Level}, {@link io.murmur.kernel.CacheSettings}, {@link io.murmur.kernel.Limits}: what a call may ask for.
 *   <li>{@link io.murmur.kernel.data}: keys, versions, cells and their join.
 *   <li>{@link io.murmur.kernel.ring}: slots, partitions, members, the ring and its planner.
 *   <li>{@link io.murmur.kernel.message}: everything nodes and clients say to each other.
 *   <li>{@link io.murmur.kernel.wire}: how it is said in bytes.
 * </ul>
 */
@NullMarked
package io.murmur.kernel;

import org.jspecify.annotations.NullMarked;
