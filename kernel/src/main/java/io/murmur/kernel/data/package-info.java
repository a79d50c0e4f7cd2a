/**
 * What a replica holds.
 *
 * <ul>
 *   <li>{@link io.murmur.kernel.data.Key}: the name of a cell, and its slot.
 *   <li>{@link io.murmur.kernel.data.Version}: when and by whom a cell was written, a total order.
 *   <li>{@link io.murmur.kernel.data.HybridClock}: where versions come from.
 *   <li>{@link io.murmur.kernel.data.Cell}: a value or a tombstone, and the join that makes replicas equal.
 *   <li>{@link io.murmur.kernel.data.Digest}: a cell's fingerprint.
 * </ul>
 */
@NullMarked
package io.murmur.kernel.data;

import org.jspecify.annotations.NullMarked;
