/**
 * Which share of a real trace's requests a cache of so many bytes answers. In reading order:
 *
 * <ul>
 *   <li>{@link io.murmur.benchmarks.hits.HitRatio}: {@code ./murmur bench hits}.
 *   <li>{@link io.murmur.benchmarks.hits.Requests}: what is asked for, and how large it is.
 *   <li>{@link io.murmur.benchmarks.hits.BoundedCache}: who is asked: {@link io.murmur.benchmarks.hits.LeastRecentlyUsed}, {@link
 *       io.murmur.benchmarks.hits.WindowTinyLfu}, {@link io.murmur.benchmarks.hits.ReplicaMemory} (the memory of Murmur's own store), {@link
 *       io.murmur.benchmarks.hits.RedisCache}.
 *   <li>{@link io.murmur.benchmarks.hits.Optimum}: what none of them can exceed.
 * </ul>
 */
@NullMarked
package io.murmur.benchmarks.hits;

import org.jspecify.annotations.NullMarked;
