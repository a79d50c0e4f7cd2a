/**
 * Finding and mending what replicas disagree on: rounds among the owners of a partition, and how a node catches up with a partition when it
 * joins, takes the place of another, stays among fewer, or has lost a file.
 *
 * <p>In reading order; the pure ones have no seams:
 *
 * <ul>
 *   <li>{@link io.murmur.antientropy.SyncShard}: both sides of a shard, put together; {@link io.murmur.antientropy.OwnReplica}, {@link
 *       io.murmur.antientropy.RoundListener}, {@link io.murmur.antientropy.RoundOutcome}: what it is given, and tells.
 *   <li>{@link io.murmur.antientropy.Rounds}, {@link io.murmur.antientropy.RoundSchedule} (pure): when a partition is compared, and by whom.
 *   <li>{@link io.murmur.antientropy.Round}: many partitions compared with all their owners, and what may be forgotten after.
 *   <li>{@link io.murmur.antientropy.PartitionSync}, {@link io.murmur.antientropy.CatchUp}: whom one who catches up reads, and when that is
 *       enough. {@link io.murmur.antientropy.Rebuilds}: the same for what is damaged.
 *   <li>{@link io.murmur.antientropy.Session}: what one other owner and this node differ in, mended.
 *   <li>{@link io.murmur.antientropy.Call}, {@link io.murmur.antientropy.Calls}: one question to another owner, asked until it is answered.
 *   <li>{@link io.murmur.antientropy.Intake}: joins what came.
 *   <li>{@link io.murmur.antientropy.SyncSource}, {@link io.murmur.antientropy.CellReads}: the other side, an owner that answers.
 *   <li>{@link io.murmur.antientropy.SlotSummaries}: what this replica holds of each slot, in sums. {@link
 *       io.murmur.antientropy.KeptSummaries} keeps them in a {@link io.murmur.antientropy.HashTree} (pure), {@link
 *       io.murmur.antientropy.ScannedSummaries} reads them anew.
 *   <li>{@link io.murmur.antientropy.SteppedScan}: reads of many entries in small steps. {@link io.murmur.antientropy.Countdown}.
 *   <li>{@link io.murmur.antientropy.SessionPlan}, {@link io.murmur.antientropy.Difference}, {@link io.murmur.antientropy.Leaves}, {@link
 *       io.murmur.antientropy.LeafSums}, {@link io.murmur.antientropy.Digests}, {@link io.murmur.antientropy.EntryHash}, {@link
 *       io.murmur.antientropy.CacheReplicas} (pure): what to move, and how it is found out without moving it.
 *   <li>{@link io.murmur.antientropy.Throttle}, {@link io.murmur.antientropy.Backoff}, {@link io.murmur.antientropy.WireBytes}, {@link
 *       io.murmur.antientropy.PageInTheMaking} (pure): how much, and when.
 * </ul>
 */
@NullMarked
package io.murmur.antientropy;

import org.jspecify.annotations.NullMarked;
