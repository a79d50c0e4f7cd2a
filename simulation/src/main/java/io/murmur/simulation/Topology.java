package io.murmur.simulation;

import io.murmur.kernel.ring.Member;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.ring.Ring;
import io.murmur.kernel.ring.RingPlanner;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Which nodes there are and where: 3 to 7, called a to g, in 1 to 3 zones of one region or, now and then, in two regions.
 */
record Topology(List<Member> members, int regions, Ring ring) {

    static final int REPLICAS = 3;
    private static final int PARTITIONS = 16;

    static Topology draw(RandomGenerator random) {
        int nodes = random.nextInt(3, 8);
        int regions = nodes >= 5 && random.nextInt(3) == 0 ? 2 : 1;
        int zones = random.nextInt(1, 4);
        List<Member> members = new ArrayList<>();
        for (int i = 0; i < nodes; i++) {
            String name = String.valueOf((char) ('a' + i));
            String region = "region-" + i % regions;
            String zone = region + "-" + i / regions % zones;
            members.add(new Member(idOf(name, i + 1), name, name, 7000, region, zone, 1));
        }
        return new Topology(List.copyOf(members), regions, RingPlanner.first(PARTITIONS, REPLICAS, members));
    }

    /** An id whose text begins with the name in hexadecimal. */
    static NodeId idOf(String name, int number) {
        return new NodeId((long) name.charAt(0) << 56, number);
    }

    List<NodeId> ids() {
        return members.stream().map(Member::id).toList();
    }

    @Override
    public String toString() {
        return members.size() + " nodes in " + regions + (regions == 1 ? " region" : " regions");
    }
}
