package io.murmur.quorum;

import io.murmur.kernel.ring.Member;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.ring.Ring;
import io.murmur.kernel.ring.RingPlanner;
import java.util.ArrayList;
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
                members.add(new Member(
                        node(number), "n" + number, "host", 7000, "region-" + region, "zone-" + number, 1));
            }
        }
        return RingPlanner.first(PARTITIONS, replicas, members);
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
