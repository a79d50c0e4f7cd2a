/**
 * What a cluster of any size costs its nodes, computed with the classes that ship and without starting one. In reading order:
 *
 * <ul>
 *   <li>{@link io.murmur.benchmarks.scale.ScaleCommand}: {@code ./murmur bench scale}.
 *   <li>{@code Costs}: all that is found for one size; {@code PaperCluster}: its members and its ring.
 *   <li>{@code Spread} (pure): who owns how much, and with whom. {@code RingWeight}: the ring in bytes and in heap.
 *   <li>{@code JoinCost}: what one more node moves, and what agreeing on it says. {@code GossipCost}: a round of gossip.
 *   <li>{@code CallCost}: the messages of one PUT and one GET. {@code Sockets} (pure): who is connected to whom; {@code ConnectionHeap}: what that takes.
 *   <li>{@code Frames}: messages in bytes; {@code LiveHeap}: objects in bytes; {@code Took}: work in time.
 * </ul>
 */
@NullMarked
package io.murmur.benchmarks.scale;

import org.jspecify.annotations.NullMarked;
