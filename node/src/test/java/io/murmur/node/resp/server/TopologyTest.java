package io.murmur.node.resp.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.murmur.kernel.ring.Member;
import io.murmur.kernel.ring.NodeId;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TopologyTest {

    private static final NodeId A = new NodeId(0, 1);
    private static final NodeId B = new NodeId(0, 2);
    private static final NodeId C = new NodeId(0, 3);

    private static Topology.Place place(NodeId node, boolean isAlive) {
        return new Topology.Place(new Member(node, "n", "127.0.0.1", 7101, "region", "zone", 1), 6379, isAlive);
    }

    @Test
    void whoIsAliveAndNotReachedLeadsNobody() {
        Topology known = new Topology(A, null, Map.of(A, place(A, true), B, place(B, true), C, place(C, false)));

        Topology reached = known.reaching(node -> !node.equals(B));

        assertThat(reached.places()).isEqualTo(Map.of(A, place(A, true), B, place(B, false), C, place(C, false)));
    }
}
