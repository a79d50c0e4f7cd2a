/**
 * Reading and writing N replicas. One instance of everything per shard, on the shard's thread alone.
 *
 * <p>In reading order; the pure ones have no seams:
 *
 * <ul>
 *   <li>{@link io.murmur.quorum.QuorumShard}: a shard's replica and its coordinators, put together.
 *   <li>{@link io.murmur.quorum.Replica}: joins and reads on behalf of coordinators; {@link io.murmur.quorum.Ballots}: what it has promised
 *       to atomic operations.
 *   <li>{@link io.murmur.quorum.Parked}: requests that wait for the ring they were routed by.
 *   <li>{@link io.murmur.quorum.Coordinator}: checks a client's call and starts it.
 *   <li>{@link io.murmur.quorum.ClientChange} (pure): what a client's atomic operation makes of a value.
 *   <li>{@link io.murmur.quorum.Track}: one key's call, who waits for it, and who was asked what and answered what when; {@link
 *       io.murmur.quorum.SlowCalls} keeps those that took long.
 *   <li>{@link io.murmur.quorum.PendingWrite}: one put or delete on its way.
 *   <li>{@link io.murmur.quorum.LateAcknowledgements}: the owners an answered write still waits for, before it leaves them hints.
 *   <li>{@link io.murmur.quorum.PendingRead}: one get on its way: data, digests, hedging.
 *   <li>{@link io.murmur.quorum.BlockingRepair}: what follows when the owners disagreed ({@link io.murmur.quorum.Disagreement}); {@link
 *       io.murmur.quorum.Repairs}: how reads of one key share it.
 *   <li>{@link io.murmur.quorum.LateAnswers}: what a hedged or a sampled read learns after it has answered.
 *   <li>{@link io.murmur.quorum.PendingChange}: the atomic operations of one key; {@link io.murmur.quorum.Change}: what one is; {@link
 *       io.murmur.quorum.ChangeCall}: one that waits; {@link io.murmur.quorum.Lease}: the first phase, done with the change before; {@link
 *       io.murmur.quorum.Writing}: puts and deletes among them.
 *   <li>{@link io.murmur.quorum.KeyLists}: which keys a cache has; {@link io.murmur.quorum.HeadJoin} (pure): what several owners say of
 *       that, joined.
 *   <li>{@link io.murmur.quorum.Placement}, {@link io.murmur.quorum.Requirement}, {@link io.murmur.quorum.Tally} (pure): who owns a key,
 *       what a level asks of them, and whether it is met.
 *   <li>{@link io.murmur.quorum.StandIns} (pure): who stands in for whom in a sloppy quorum.
 *   <li>{@link io.murmur.quorum.LatencyWindow}, {@link io.murmur.quorum.HedgeBudget} (pure): when to ask another owner, and how often.
 * </ul>
 *
 * <p><b>While the ring changes</b> a partition goes through phases: owners; owners and next owners; the next owners as owners. The kernel's
 * {@link io.murmur.kernel.ring.RingSteps} says why operations of neighbouring phases meet and when the next phase may come. What it asks of
 * this package is kept in three places. A {@code Requirement} is met in both lists of a {@code Placement}, by reads, writes and repairs
 * alike. A {@code Replica} serves only requests of the phase it knows: older ones it refuses, newer ones are parked until it has the ring.
 * And what counts for a call are answers to one round of requests, all of one phase: when the phase changes under a call, it begins
 * another round, with the same cell or from the first read on, until its deadline. So a client sees no error of a change.
 */
@NullMarked
package io.murmur.quorum;

import org.jspecify.annotations.NullMarked;
