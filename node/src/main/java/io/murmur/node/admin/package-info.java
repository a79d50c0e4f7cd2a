/**
 * What an operator types: commands that ask a running node over HTTP and show what it says.
 *
 * <ul>
 *   <li>{@link io.murmur.node.admin.StatusCommand}, {@link io.murmur.node.admin.RingCommand}: who is there, and who owns what.
 *   <li>{@link io.murmur.node.admin.LeaveCommand} and its siblings: have the ring changed, and watch it.
 *   <li>{@link io.murmur.node.admin.ClusterPage}: what a node says of its cluster, as all of them read it.
 *   <li>{@link io.murmur.node.admin.NodeHttp}: the way there. {@link io.murmur.node.admin.ChangeWatch}: a bar that grows until a change is
 *       done.
 * </ul>
 */
@NullMarked
package io.murmur.node.admin;

import org.jspecify.annotations.NullMarked;
