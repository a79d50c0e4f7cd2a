/**
 * What an operator types: commands that ask a running node over HTTP and show what it says.
 *
 * <ul>
 *   <li>{@link io.murmur.node.admin.StatusCommand}, {@link io.murmur.node.admin.RingCommand}: who is there, and who owns what.
 *   <li>{@link io.murmur.node.admin.LeaveCommand} and its siblings: have the ring changed, and watch it. {@link
 *       io.murmur.node.admin.WatchCommand} watches what somebody else began.
 *   <li>{@link io.murmur.node.admin.RepairCommand}: have partitions compared among their owners at once; {@link
 *       io.murmur.node.admin.RepairRun}: who leads which, and how far they are.
 *   <li>{@link io.murmur.node.admin.ClusterPage}: what a node says of its cluster, as all of them read it.
 *   <li>{@link io.murmur.node.admin.NodeHttp}: the way there. {@link io.murmur.node.admin.ChangeWatch}: a bar that grows until a change is
 *       over; {@link io.murmur.node.admin.Pace}: how long that may take. {@link io.murmur.node.admin.Table}: columns.
 * </ul>
 */
@NullMarked
package io.murmur.node.admin;

import org.jspecify.annotations.NullMarked;
