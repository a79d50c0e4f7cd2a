package io.murmur.node.resp.server;

import io.murmur.kernel.ring.Member;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.ring.Ring;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The cluster as this node sees it.
 *
 * @param self this node
 * @param ring null while there is none
 * @param places of all who take part in the ring, and of whom it is known that they are to
 */
public record Topology(NodeId self, @Nullable Ring ring, Map<NodeId, Place> places) {

    /**
     * Where a node is.
     *
     * @param respPort its port for Redis clients, 0 when it has none or has not been heard of
     * @param isAlive whether this node believes so
     */
    public record Place(Member member, int respPort, boolean isAlive) {

        /** Forty hexadecimal digits, as clients expect them. */
        String id() {
            return Topology.id(member.id());
        }

        boolean serves() {
            return isAlive && respPort != 0;
        }
    }

    /**
     * The same, in which nobody is alive whom this node does not reach: a process that has been killed is unreachable long before it is convicted
     * by rumour, and until then clients would be led to it.
     */
    public Topology reaching(Predicate<NodeId> isReached) {
        Map<NodeId, Place> reached = new LinkedHashMap<>();
        places.forEach((node, place) -> reached.put(
                node, new Place(place.member(), place.respPort(), place.isAlive() && isReached.test(node))));
        return new Topology(self, ring, reached);
    }

    /** Whoever knows. */
    @FunctionalInterface
    public interface Source {

        /** Completes on any loop. From any thread. */
        CompletableFuture<Topology> look();
    }

    /** A node's id as clients expect it: a UUID has 32 digits, and those of Redis have 40. */
    static String id(NodeId node) {
        return node.toString().replace("-", "") + "00000000";
    }
}
