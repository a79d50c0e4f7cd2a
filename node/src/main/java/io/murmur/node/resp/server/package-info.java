/**
 * Commands about the connection, the node and the cluster: all that are not about keys.
 *
 * <ul>
 *   <li>{@link io.murmur.node.resp.server.ConnectionCommands}, {@link io.murmur.node.resp.server.ClientCommands}: who somebody is, and how
 *       they want to be spoken to; {@link io.murmur.node.resp.server.Login}: a user's name with levels.
 *   <li>{@link io.murmur.node.resp.server.ServerCommands} ({@link io.murmur.node.resp.server.CommandPages}, {@link
 *       io.murmur.node.resp.server.InfoPage}, {@link io.murmur.node.resp.server.ConfigTable}): what the node is and does.
 *   <li>{@link io.murmur.node.resp.server.ClusterCommands} ({@link io.murmur.node.resp.server.Topology}, {@link
 *       io.murmur.node.resp.server.SlotMap}): who owns what.
 *   <li>{@link io.murmur.node.resp.server.MurmurCommands}: levels and caches; {@link io.murmur.node.resp.server.WaitCommand}: who holds what
 *       was written.
 * </ul>
 */
@NullMarked
package io.murmur.node.resp.server;

import org.jspecify.annotations.NullMarked;
