/**
 * {@code ./murmur demo}: three nodes, a real access trace, a kill -9, and a count of what was lost.
 *
 * <ul>
 *   <li>{@link io.murmur.node.demo.DemoCommand}: the command.
 *   <li>{@link io.murmur.node.demo.LocalCluster}: node processes on this machine.
 *   <li>{@link io.murmur.node.demo.Trace}: which objects are asked for, from a file or by Zipf's law.
 *   <li>{@link io.murmur.node.demo.Objects}: an object's value, derived from its id.
 *   <li>{@link io.murmur.node.demo.Replay}: the trace as cache-aside, and the ledger of what was acknowledged.
 *   <li>{@link io.murmur.node.demo.Outage}: the kill and the return.
 *   <li>{@link io.murmur.node.demo.Upkeep}: what the nodes did for the one that was away.
 *   <li>{@link io.murmur.node.demo.Audit}: whether all of the ledger is there.
 *   <li>{@link io.murmur.node.demo.Progress}, {@link io.murmur.node.demo.Report}: what happens and happened, for people.
 * </ul>
 */
@NullMarked
package io.murmur.node.demo;

import org.jspecify.annotations.NullMarked;
