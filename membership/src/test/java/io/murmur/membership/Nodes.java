package io.murmur.membership;

import io.murmur.kernel.ring.Member;
import io.murmur.kernel.ring.NodeId;
import java.util.List;
import java.util.stream.IntStream;

/** Nodes called a, b, c and so on, one in each of three zones in turn. */
final class Nodes {

    static final int PARTITIONS = 8;

    private Nodes() {}

    static NodeId id(int number) {
        return new NodeId((long) ('a' + number) << 56, number + 1);
    }

    static String name(int number) {
        return String.valueOf((char) ('a' + number));
    }

    static Member member(int number) {
        return new Member(id(number), name(number), name(number), 7000, "region", "zone-" + number % 3, 1);
    }

    static List<Member> members(int count) {
        return IntStream.range(0, count).mapToObj(Nodes::member).toList();
    }

    static List<NodeId> ids(int count) {
        return IntStream.range(0, count).mapToObj(Nodes::id).toList();
    }
}
