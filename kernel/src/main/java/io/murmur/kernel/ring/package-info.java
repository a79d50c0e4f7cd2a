/**
 * Where keys live.
 *
 * <ul>
 *   <li>{@link io.murmur.kernel.ring.Slots}: from a key to one of 16384 slots, as Redis Cluster does it.
 *   <li>{@link io.murmur.kernel.ring.NodeId}, {@link io.murmur.kernel.ring.Member}: who takes part.
 *   <li>{@link io.murmur.kernel.ring.Ring}: from a slot to a partition and its owners, one immutable value per epoch.
 *   <li>{@link io.murmur.kernel.ring.RingPlanner}: from a ring and members to the next ring, in three steps over each
 *       {@link io.murmur.kernel.ring.Region}: {@link io.murmur.kernel.ring.Quotas}, how many partitions a node should own;
 *       {@link io.murmur.kernel.ring.Assignment}, which ones; {@link io.murmur.kernel.ring.Precedence}, in which order.
 *   <li>{@link io.murmur.kernel.ring.RingChange}: what may be asked of a ring; {@link io.murmur.kernel.ring.RingSteps}: from ring to ring
 *       while it is read and written, by way of a {@link io.murmur.kernel.ring.Transition}; {@link io.murmur.kernel.ring.Voters}: who
 *       decides.
 * </ul>
 */
@NullMarked
package io.murmur.kernel.ring;

import org.jspecify.annotations.NullMarked;
