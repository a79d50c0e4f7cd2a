package io.murmur.gossip;

import io.murmur.kernel.ring.NodeId;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Who was removed a short while ago. Others who have not removed it yet still talk of it, and whoever listened would bring it back to
 * everybody, for ever; so for a while nothing is heard of it, except that it lives anew, with a newer generation. Pure.
 */
final class Quarantine {

    private record Removal(long generation, long untilNanos) {}

    private final long lengthNanos;
    private final Map<NodeId, Removal> removals = new LinkedHashMap<>();

    Quarantine(long lengthNanos) {
        this.lengthNanos = lengthNanos;
    }

    void remove(NodeId node, long generation, long nowNanos) {
        removals.remove(node);
        removals.put(node, new Removal(generation, nowNanos + lengthNanos));
    }

    /** Whether nothing may be heard of this life of the node. */
    boolean holds(NodeId node, long generation, long nowNanos) {
        if (removals.isEmpty()) {
            return false;
        }
        Removal removal = removals.get(node);
        return removal != null && removal.untilNanos - nowNanos > 0 && generation <= removal.generation;
    }

    /** Lets go of those whose time is over. */
    void expire(long nowNanos) {
        removals.values().removeIf(removal -> removal.untilNanos - nowNanos <= 0);
    }
}
