/**
 * The ring, agreed without a leader, and changed while it is used. What a next ring may be is the kernel's ({@link
 * io.murmur.kernel.ring.RingSteps}); here is how nodes come to agree on it, and what they do while it changes. All of it is on the control
 * loop's thread.
 *
 * <p>In reading order:
 *
 * <ul>
 *   <li>{@link io.murmur.membership.RingKeeper}: the essay; a node's part in the agreement, and the newest ring. Inside it:
 *       <ul>
 *         <li>{@link io.murmur.membership.Voter}, around {@link io.murmur.membership.Vote}: promises and accepts, durably.
 *         <li>{@link io.murmur.membership.Proposer}, around {@link io.murmur.membership.Attempt}, one ballot, and {@link
 *             io.murmur.membership.Step}, what is wanted of the ring: proposes until the ring shows it. {@link
 *             io.murmur.membership.Answer}: what becomes of a change that was asked for.
 *         <li>{@link io.murmur.membership.RingAsks}: asks those who know a newer ring.
 *       </ul>
 *   <li>{@link io.murmur.membership.RingStore}, {@link io.murmur.membership.DiskRingStore}, {@link io.murmur.membership.RingFiles}: what
 *       must not be forgotten.
 *   <li>{@link io.murmur.membership.Genesis}: a cluster's first ring.
 *   <li>{@link io.murmur.membership.Admission}: a node's way into the ring.
 *   <li>{@link io.murmur.membership.CatchUp}: partitions that this node is to own, by way of {@link
 *       io.murmur.membership.PartitionSyncs}; {@link io.murmur.membership.CatchUpProgress}: how far it is.
 *   <li>{@link io.murmur.membership.MembershipSettings}, {@link io.murmur.membership.Backoff}: how long to wait.
 * </ul>
 */
@NullMarked
package io.murmur.membership;

import org.jspecify.annotations.NullMarked;
