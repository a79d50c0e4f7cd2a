/**
 * Parts on their own, by JMH.
 *
 * <ul>
 *   <li>{@link io.murmur.benchmarks.jmh.CodecBenchmark}: messages to bytes and back.
 *   <li>{@link io.murmur.benchmarks.jmh.JoinBenchmark}: joins until they are durable, through the commit log's group commit.
 *   <li>{@link io.murmur.benchmarks.jmh.ReadBenchmark}: reads of hot cells, of the memory table, and of the tables.
 *   <li>{@link io.murmur.benchmarks.jmh.OpenStore}: the store that both use.
 * </ul>
 *
 * <p>The memory table and the tables are not public, so their benchmarks are in {@code io.murmur.storage}.
 */
@NullMarked
package io.murmur.benchmarks.jmh;

import org.jspecify.annotations.NullMarked;
