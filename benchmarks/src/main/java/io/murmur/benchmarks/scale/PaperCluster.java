package io.murmur.benchmarks.scale;

import io.murmur.kernel.ring.Member;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.ring.Ring;
import io.murmur.kernel.ring.RingPlanner;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** A cluster that exists as members and a ring alone: equal nodes in three zones, with names as long as real ones have. */
final class PaperCluster {

    private static final int ZONES = 3;
    private static final int PORT = 7101;

    private PaperCluster() {}

    static Ring ring(int nodes, int partitions, int replicas) {
        return RingPlanner.first(partitions, replicas, members(nodes));
    }

    static List<Member> members(int nodes) {
        return IntStream.range(0, nodes).mapToObj(PaperCluster::member).toList();
    }

    static Member member(int number) {
        SplittableRandom random = new SplittableRandom(number);
        return new Member(
                new NodeId(random.nextLong(), random.nextLong()),
                String.format("node-%04d", number),
                "10.20." + number / 250 + "." + (1 + number % 250),
                PORT,
                "region-1",
                "zone-" + (char) ('a' + number % ZONES),
                1);
    }
}
