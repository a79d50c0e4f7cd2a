/**
 * The process: what binds the protocol to sockets, threads, files and the system's clocks.
 *
 * <p>In reading order:
 *
 * <ul>
 *   <li>{@link io.murmur.node.Main}: the command line; {@link io.murmur.node.NodeCommand} and its siblings: the commands.
 *   <li>{@link io.murmur.node.Node}: a running node, put together and taken apart.
 *   <li>{@link io.murmur.node.Shard}: an event loop and what it owns; {@link io.murmur.node.LoopTimers}: its timers.
 *   <li>{@link io.murmur.node.Dispatcher}: which shard a request belongs to.
 *   <li>{@link io.murmur.node.Server}, {@link io.murmur.node.ServerConnection}: the port for nodes and clients.
 *   <li>{@link io.murmur.node.PeerLinks}: connections to the other nodes, and who is believed to be alive.
 *   <li>{@link io.murmur.node.Control}: the control loop; {@link io.murmur.node.Membership}: what runs on it, put together: gossip, the ring
 *       and its changes; {@link io.murmur.node.Identity}: who this node is.
 *   <li>{@link io.murmur.node.NodePages}: what operators see over HTTP ({@link io.murmur.node.http}): {@link io.murmur.node.HealthPages},
 *       {@link io.murmur.node.ClusterPages} (their content: {@link io.murmur.node.ClusterJson}), {@link io.murmur.node.UpkeepPages} ({@link
 *       io.murmur.node.UpkeepJson}), {@link io.murmur.node.MetricsPages} ({@link io.murmur.node.Metrics}), {@link
 *       io.murmur.node.ConfigPages}, {@link io.murmur.node.ConnectionPages}, {@link io.murmur.node.ProcessPages}; {@link
 *       io.murmur.node.ChangeRequest}, {@link io.murmur.node.RepairRequest}: what they may ask for.
 *   <li>{@link io.murmur.node.Repairs}: partitions compared because an operator asked; {@link io.murmur.node.KeyCopies}: what each owner of a
 *       key holds.
 * </ul>
 */
@NullMarked
package io.murmur.node;

import org.jspecify.annotations.NullMarked;
