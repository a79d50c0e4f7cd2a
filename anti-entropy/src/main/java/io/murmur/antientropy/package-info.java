/**
 * Finding and mending what replicas disagree on. So far: how a node catches up with a partition from its owners, when it joins, takes the
 * place of another, or stays among fewer. Repair between owners will be built of the same parts.
 *
 * <p>In reading order; the pure ones have no seams:
 *
 * <ul>
 *   <li>{@link io.murmur.antientropy.SyncShard}: both sides of a shard, put together. {@link io.murmur.antientropy.CatchUp}: one catching
 *       up, as whoever began it sees it.
 *   <li>{@link io.murmur.antientropy.PartitionSync}: whom a partition is read from, and when that is enough.
 *   <li>{@link io.murmur.antientropy.Pull}: everything one source has that this node has not: whole runs of slots where this node has next
 *       to nothing, single cells where it has most.
 *   <li>{@link io.murmur.antientropy.Call}, {@link io.murmur.antientropy.Calls}: one question to a source, asked until it is answered.
 *   <li>{@link io.murmur.antientropy.Intake}: joins what came.
 *   <li>{@link io.murmur.antientropy.SyncSource}, {@link io.murmur.antientropy.CellReads}: the other side, an owner that answers.
 *   <li>{@link io.murmur.antientropy.SlotSummaries}: what this replica holds of each slot, in sums; hash trees will take the place of
 *       {@link io.murmur.antientropy.ScannedSummaries}.
 *   <li>{@link io.murmur.antientropy.SteppedScan}: reads of many entries in small steps.
 *   <li>{@link io.murmur.antientropy.PullPlan}, {@link io.murmur.antientropy.Difference}, {@link io.murmur.antientropy.Digests}, {@link
 *       io.murmur.antientropy.EntryHash} (pure): what to pull, and how it is found out without moving it.
 *   <li>{@link io.murmur.antientropy.Throttle}, {@link io.murmur.antientropy.Backoff}, {@link io.murmur.antientropy.WireBytes}, {@link
 *       io.murmur.antientropy.PageInTheMaking} (pure): how much, and when.
 * </ul>
 */
@NullMarked
package io.murmur.antientropy;

import org.jspecify.annotations.NullMarked;
