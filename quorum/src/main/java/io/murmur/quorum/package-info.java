/**
 * Reading and writing N replicas. One instance of everything per shard, on the shard's thread alone.
 *
 * <p>In reading order; the pure ones have no seams:
 *
 * <ul>
 *   <li>{@link io.murmur.quorum.QuorumShard}: a shard's replica and its coordinators, put together.
 *   <li>{@link io.murmur.quorum.Replica}: joins and reads on behalf of coordinators.
 *   <li>{@link io.murmur.quorum.Coordinator}: checks a client's call and starts it.
 *   <li>{@link io.murmur.quorum.PendingWrite}: one put or delete on its way.
 *   <li>{@link io.murmur.quorum.PendingRead}: one get on its way: data, digests, hedging.
 *   <li>{@link io.murmur.quorum.BlockingRepair}: what follows when the owners disagreed.
 *   <li>{@link io.murmur.quorum.LateAnswers}: what a hedged read learns after it has answered.
 *   <li>{@link io.murmur.quorum.Placement}, {@link io.murmur.quorum.Requirement}, {@link io.murmur.quorum.Tally} (pure): who owns a key,
 *       what a level asks of them, and whether it is met.
 *   <li>{@link io.murmur.quorum.LatencyWindow}, {@link io.murmur.quorum.HedgeBudget} (pure): when to ask another owner, and how often.
 * </ul>
 */
@NullMarked
package io.murmur.quorum;

import org.jspecify.annotations.NullMarked;
