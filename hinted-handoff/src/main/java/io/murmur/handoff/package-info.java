/**
 * Keeping a write for a replica that is away, and handing it over when it is back (Dynamo, section 4.6).
 *
 * <p>In reading order; the pure ones have no seams:
 *
 * <ul>
 *   <li>{@link io.murmur.handoff.HintShard}: a shard's hints; what the others see. {@link io.murmur.handoff.HintSeams}, {@link
 *       io.murmur.handoff.HintSettings}, {@link io.murmur.handoff.HintBounds}, {@link io.murmur.handoff.HandoverSettings}: what it is made of
 *       and goes by. {@link io.murmur.handoff.HintParts}: what the hints for all nodes have in common.
 *   <li>{@link io.murmur.handoff.Absentee}: one node, and whether a hint for it is kept.
 *   <li>{@link io.murmur.handoff.HintQueue}, {@link io.murmur.handoff.Hint}: the hints for a node, the newest of each key, in memory but for
 *       their cells.
 *   <li>{@link io.murmur.handoff.HintLog}, {@link io.murmur.handoff.Segment}: its files, as the shard's thread sees them; {@link
 *       io.murmur.handoff.SegmentWriter}: as they are written; {@link io.murmur.handoff.HintReplay}: as they are read back at start; {@link
 *       io.murmur.handoff.HintFormat}: in bytes.
 *   <li>{@link io.murmur.handoff.Handover}: gives a node its hints, or those who own the keys by now. {@link io.murmur.handoff.Requests}: what
 *       waits for an answer.
 *   <li>{@link io.murmur.handoff.HandoffSchedule} (pure): what to do with a hint, and what to make of an answer.
 *   <li>{@link io.murmur.handoff.HintWindow}, {@link io.murmur.handoff.SendRate}, {@link io.murmur.handoff.Allowance}, {@link
 *       io.murmur.handoff.Backoff}, {@link io.murmur.handoff.Usage} (pure): how old, how fast, how many, when again, how much.
 *   <li>{@link io.murmur.handoff.Owed}: the partitions that are left to anti-entropy; {@link io.murmur.handoff.Loss}: why.
 *   <li>{@link io.murmur.handoff.HintStatistics}, {@link io.murmur.handoff.HintedNode}, {@link io.murmur.handoff.HintCounters}: for operators.
 * </ul>
 */
@NullMarked
package io.murmur.handoff;

import org.jspecify.annotations.NullMarked;
