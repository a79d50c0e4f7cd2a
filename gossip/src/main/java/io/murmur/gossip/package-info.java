/**
 * Who is there and who is alive. One {@link io.murmur.gossip.Gossiper} for each node, on the control loop's thread.
 *
 * <p>In reading order; those marked pure have no seams:
 *
 * <ul>
 *   <li>{@link io.murmur.gossip.Gossiper}: the node's part in the gossip: rounds, messages, news. {@link io.murmur.gossip.GossipSeams}: all
 *       it may touch; {@link io.murmur.gossip.GossipSettings}, {@link io.murmur.gossip.DetectionSettings}: what it goes by; {@link
 *       io.murmur.gossip.GossipListener}: who wants to know.
 *   <li>{@code Hearsay} (pure): what is known of everyone, one {@code Endpoint} each, and what is not believed; {@code Quarantine} (pure): who
 *       was removed a short while ago; {@code Findings}: what it finds.
 *   <li>{@code Exchange} (pure): what goes into a SYN, an ACK and an ACK2 of bounded size, and what is made of them.
 *   <li>{@code Detection}: who lives: silence, questions to others, direct answers. {@code Errands}: pings on behalf of others.
 *   <li>{@code PhiAccrual} (pure): how suspicious a silence is; {@code ObserverTime} (pure): the own pauses discounted; {@code FlapDamping}
 *       (pure): how long one that comes back must prove that it lives.
 *   <li>{@code Rotation} (pure): whom to talk to next.
 *   <li>{@link io.murmur.gossip.EndpointView}, {@link io.murmur.gossip.Standing}: what people see.
 * </ul>
 */
@NullMarked
package io.murmur.gossip;

import org.jspecify.annotations.NullMarked;
