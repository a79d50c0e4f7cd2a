/**
 * Gossip alone at scale. The simulator of the whole cluster carries rings, disks and the full wire format, which is too much for a thousand
 * nodes and an hour; this one carries gossip only.
 *
 * <ul>
 *   <li>{@link io.murmur.gossip.scale.GossipScale}: the table, and how to print it.
 *   <li>{@code Crowd}, {@code CrowdConditions}: many gossipers on one queue of events under a seed, with loss, pauses, crashes and cuts.
 * </ul>
 */
@NullMarked
package io.murmur.gossip.scale;

import org.jspecify.annotations.NullMarked;
