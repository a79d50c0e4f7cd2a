/**
 * The client against fake nodes on loopback.
 *
 * <ul>
 *   <li>{@link io.murmur.client.FakeNode}, {@link io.murmur.client.FakeCluster}: nodes that do what a test tells them to.
 *   <li>{@link io.murmur.client.CallsTest}, {@link io.murmur.client.BatchTest}: what calls answer.
 *   <li>{@link io.murmur.client.RoutingTest}: who is asked.
 *   <li>{@link io.murmur.client.OutcomesTest}: done, not done, unknown, and what is sent again.
 *   <li>{@link io.murmur.client.LifecycleTest}: connecting, coming back, closing.
 *   <li>{@link io.murmur.client.PublicApiTest}, {@link io.murmur.client.ExampleTest}: what users see and read.
 * </ul>
 */
@NullMarked
package io.murmur.client;

import org.jspecify.annotations.NullMarked;
