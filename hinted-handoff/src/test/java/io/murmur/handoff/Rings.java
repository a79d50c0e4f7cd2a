package io.murmur.handoff;

import io.murmur.kernel.data.Key;
import io.murmur.kernel.ring.Member;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.ring.Ring;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** Node a owns nothing and keeps hints; b, c and d own all there is, until e takes the place of d. */
final class Rings {

    static final NodeId A = new NodeId(0xA, 1);
    static final NodeId B = new NodeId(0xB, 1);
    static final NodeId C = new NodeId(0xC, 1);
    static final NodeId D = new NodeId(0xD, 1);
    static final NodeId E = new NodeId(0xE, 1);
    static final List<NodeId> ALL = List.of(A, B, C, D, E);

    static final int PARTITIONS = 16;

    static final Ring FIRST = ring(1, List.of(A, B, C, D), B, C, D);
    static final Ring WITHOUT_D = ring(2, List.of(A, B, C, E), B, C, E);

    private Rings() {}

    static Ring ring(long epoch, List<NodeId> members, NodeId... owners) {
        return new Ring(
                epoch,
                PARTITIONS,
                3,
                members.stream().map(Rings::member).toList(),
                Collections.nCopies(PARTITIONS, Arrays.asList(owners)));
    }

    private static Member member(NodeId id) {
        return new Member(id, name(id), "localhost", 7000, "region", "zone-" + name(id), 1);
    }

    static String name(NodeId id) {
        return String.valueOf((char) ('a' + id.high() - 0xA));
    }

    static Key key(int number) {
        return Key.of(number % 5 == 0 ? "other" : "cache", "key-" + number);
    }

    static int partition(Key key) {
        return FIRST.partitionOf(key.slot());
    }
}
