package io.murmur.quorum;

import io.murmur.kernel.ring.Member;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.ring.Ring;
import io.murmur.kernel.ring.RingPlanner;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Small clusters in which every node owns every key. */
final class Layouts {

    static final int PARTITIONS = 16;

    private Layouts() {}

    /** So many nodes in each region, each in a zone of its own, numbered from 1 on. */
    static Ring ring(int... nodesInRegion) {
        List<Member> members = new ArrayList<>();
        int replicas = 1;
        for (int region = 0; region < nodesInRegion.length; region++) {
            replicas = Math.max(replicas, nodesInRegion[region]);
            for (int i = 0; i < nodesInRegion[region]; i++) {
                int number = members.size() + 1;
                members.add(
                        new Member(node(number), "n" + number, "host", 7000, "region-" + region, "zone-" + number, 1));
            }
        }
        return RingPlanner.first(PARTITIONS, replicas, members);
    }

    /** The first node is alone in its region and owns nothing; the next three own all. */
    static Ring withoutOwnersInFirstRegion() {
        Ring ring = ring(1, 3);
        List<NodeId> others = List.of(node(2), node(3), node(4));
        return new Ring(1, PARTITIONS, 3, ring.members(), Collections.nCopies(PARTITIONS, others));
    }

    /** Nodes 1 and 3 share a zone, 2 is in another of that region, and 4 is in another region; all own all. */
    static Ring zones() {
        List<Member> members = List.of(
                new Member(node(1), "n1", "host", 7000, "here", "zone-1", 1),
                new Member(node(2), "n2", "host", 7000, "here", "zone-2", 1),
                new Member(node(3), "n3", "host", 7000, "here", "zone-1", 1),
                new Member(node(4), "n4", "host", 7000, "elsewhere", "zone-1", 1));
        return RingPlanner.first(PARTITIONS, 3, members);
    }

    /** The same members and owners under another number. */
    static Ring atEpoch(long epoch, Ring ring) {
        List<List<NodeId>> owners = new ArrayList<>();
        for (int partition = 0; partition < ring.partitions(); partition++) {
            owners.add(ring.owners(partition));
        }
        return new Ring(epoch, ring.partitions(), ring.replicas(), ring.members(), owners);
    }

    static NodeId node(int number) {
        return new NodeId(number, number);
    }

    /** The owners of the first partition as this node sees them. */
    static Placement placement(Ring ring, int coordinator) {
        return new Placement(ring, 0, ring.replicas(), node(coordinator));
    }
}
