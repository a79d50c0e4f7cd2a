package io.murmur.simulation;

import io.murmur.kernel.ring.NodeId;
import java.util.Set;

/**
 * Messages from these to those nodes vanish; the other direction takes a cut of its own.
 *
 * @param sinceNanos in simulated time
 */
record Cut(Set<NodeId> from, Set<NodeId> to, long sinceNanos) {

    boolean separates(NodeId sender, NodeId receiver) {
        return from.contains(sender) && to.contains(receiver);
    }
}
