package io.murmur.gossip;

import io.murmur.kernel.Clock;
import io.murmur.kernel.Network;
import io.murmur.kernel.Timers;
import io.murmur.kernel.ring.NodeId;
import java.util.List;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * All that a {@link Gossiper} may touch.
 *
 * @param clock measures, and names the moment that generations are compared with
 * @param timers the control loop's
 * @param network the control loop's
 * @param random chooses whom to talk to
 * @param seeds the ids of the seeds that are known so far; they are talked to even when nothing was heard of them
 */
public record GossipSeams(
        Clock clock, Timers timers, Network network, RandomGenerator random, Supplier<List<NodeId>> seeds) {}
