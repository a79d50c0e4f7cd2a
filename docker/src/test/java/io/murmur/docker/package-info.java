/**
 * A cluster of six nodes in three zones on real networks, and what can happen to those.
 *
 * <ul>
 *   <li>{@link io.murmur.docker.ZonesTest}: the tests, each of which shows that its fault was there.
 *   <li>{@link io.murmur.docker.ComposeTest}: the cluster of {@code compose.yaml}, started, scaled and stopped.
 *   <li>{@link io.murmur.docker.ZoneCluster}: networks and nodes, and when all is well with them.
 *   <li>{@link io.murmur.docker.NodeContainer}: one node in its container, its addresses and pages.
 *   <li>{@link io.murmur.docker.LinkFaults}: packets that are lost or late between nodes.
 *   <li>{@link io.murmur.docker.Load}: a client's calls at a rate, with every acknowledged write kept and looked for again.
 *   <li>{@link io.murmur.docker.Hosts}: the containers' names for the client on this machine.
 *   <li>{@link io.murmur.docker.Shell}: commands of this machine.
 *   <li>{@link io.murmur.docker.Await}: waits on conditions.
 * </ul>
 */
@NullMarked
package io.murmur.docker;

import org.jspecify.annotations.NullMarked;
