/**
 * The load of a comparison: the same loop, keys and clock for every cache, each in a client process of its own. It depends on no cache, so
 * that a client library brings its own dependencies and nobody else's. In reading order:
 *
 * <ul>
 *   <li>{@link io.murmur.benchmarks.driver.Target}: how one cache is asked; {@link io.murmur.benchmarks.driver.TargetFactory} connects to it.
 *   <li>{@link io.murmur.benchmarks.driver.DriverProcess}: the main loop of a client process, told by lines on its standard input.
 *   <li>{@link io.murmur.benchmarks.driver.Workload}: which calls are made; {@link io.murmur.benchmarks.driver.Zipf}: some keys more often.
 *   <li>{@link io.murmur.benchmarks.driver.ClosedLoop}: so many calls in flight; {@link io.murmur.benchmarks.driver.LoadStatistics}: how
 *       long they took.
 *   <li>{@link io.murmur.benchmarks.driver.JsonLine}: how all that is told.
 * </ul>
 */
@NullMarked
package io.murmur.benchmarks.driver;

import org.jspecify.annotations.NullMarked;
