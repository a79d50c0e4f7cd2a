package io.murmur.quorum;

import io.murmur.kernel.ring.Member;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.ring.Ring;
import io.murmur.kernel.ring.RingChange;
import io.murmur.kernel.ring.RingPlanner;
import io.murmur.kernel.ring.Transition;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** Small clusters in which every node owns every key. */
final class Layouts {

    static final int PARTITIONS = 16;
    private static final int MOST_REPLICAS = 10;

    private Layouts() {}

    /** So many nodes in each region, each in a zone of its own, numbered from 1 on. */
    static Ring ring(int... nodesInRegion) {
        int replicas = Math.max(1, Arrays.stream(nodesInRegion).max().orElse(1));
        return RingPlanner.first(PARTITIONS, replicas, members(nodesInRegion));
    }

    static List<Member> members(int... nodesInRegion) {
        List<Member> members = new ArrayList<>();
        for (int region = 0; region < nodesInRegion.length; region++) {
            for (int i = 0; i < nodesInRegion[region]; i++) {
                int number = members.size() + 1;
                members.add(
                        new Member(node(number), "n" + number, "host", 7000, "region-" + region, "zone-" + number, 1));
            }
        }
        return members;
    }

    /** At rest: these own every key. */
    static Ring owning(long epoch, List<Member> members, List<NodeId> owners) {
        return new Ring(epoch, PARTITIONS, MOST_REPLICAS, members, Collections.nCopies(PARTITIONS, owners));
    }

    /** Joint: these own every key, and those are to. */
    static Ring moving(long epoch, List<Member> members, List<NodeId> owners, List<NodeId> next) {
        return new Ring(
                epoch,
                PARTITIONS,
                MOST_REPLICAS,
                members,
                Collections.nCopies(PARTITIONS, owners),
                List.of(),
                Collections.nCopies(PARTITIONS, epoch),
                new Transition(
                        new RingChange.Leave(owners.get(0)),
                        members,
                        Collections.nCopies(PARTITIONS, next),
                        List.of()));
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

    static List<NodeId> nodes(int... numbers) {
        return Arrays.stream(numbers).mapToObj(Layouts::node).toList();
    }

    static NodeId node(int number) {
        return new NodeId(number, number);
    }

    /** The owners of the first partition as this node sees them. */
    static Placement placement(Ring ring, int coordinator) {
        return new Placement(ring, 0, ring.replicas(), node(coordinator));
    }
}
