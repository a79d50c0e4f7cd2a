package io.murmur.antientropy;

import io.murmur.kernel.data.Key;
import io.murmur.kernel.ring.Member;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.ring.Ring;
import io.murmur.kernel.ring.RingChange;
import io.murmur.kernel.ring.RingPlanner;
import io.murmur.kernel.ring.RingSteps;
import io.murmur.kernel.ring.Slots;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Nodes a, b, c, each in a zone of its own, own every partition; d, in the zone of c, and e, in one of its own, come and go. */
final class Rings {

    static final NodeId A = new NodeId(0xA, 1);
    static final NodeId B = new NodeId(0xB, 1);
    static final NodeId C = new NodeId(0xC, 1);
    static final NodeId D = new NodeId(0xD, 1);
    static final NodeId E = new NodeId(0xE, 1);
    static final List<NodeId> ALL = List.of(A, B, C, D, E);

    private static final int PARTITIONS = 1024;

    static final Ring THREE =
            RingPlanner.first(PARTITIONS, 3, List.of(member(A, "zone-1"), member(B, "zone-2"), member(C, "zone-3")));

    static final Ring FOUR = RingPlanner.first(
            PARTITIONS, 3, List.of(member(A, "zone-1"), member(B, "zone-2"), member(C, "zone-3"), member(E, "zone-4")));

    static final Ring D_JOINS = begin(THREE, new RingChange.Join(member(D, "zone-3")));
    static final Ring D_REPLACES_C = begin(THREE, new RingChange.Replace(C, member(D, "zone-3")));
    static final Ring C_LEAVES = begin(THREE, new RingChange.Leave(C));
    static final Ring E_LEAVES = begin(FOUR, new RingChange.Leave(E));
    static final Ring E_IS_REMOVED = begin(FOUR, new RingChange.Remove(E));

    private static final Map<Integer, List<String>> TAGS = new LinkedHashMap<>();

    private Rings() {}

    static Member member(NodeId id, String zone) {
        return new Member(id, name(id), "localhost", 7000, "region", zone, 1);
    }

    static String name(NodeId id) {
        return String.valueOf((char) ('a' + id.high() - 0xA));
    }

    static Ring begin(Ring ring, RingChange change) {
        try {
            return RingSteps.begin(ring, change);
        } catch (RingSteps.Refused e) {
            throw new AssertionError(e);
        }
    }

    /** Some partition a node has to catch up with. */
    static int partition(Ring ring, NodeId node, int choice) {
        List<Integer> all = RingSteps.toCatchUp(ring, node);
        return all.get(Math.floorMod(choice, all.size()));
    }

    /** The so many-th key of a partition. */
    static Key key(int partition, int number) {
        List<String> tags = TAGS.computeIfAbsent(partition, Rings::tags);
        String tag = tags.get(number % tags.size());
        return Key.of(number % 5 == 0 ? "other" : "cache", "{" + tag + "}" + number);
    }

    private static List<String> tags(int partition) {
        int slots = Slots.COUNT / PARTITIONS;
        List<String> tags = new ArrayList<>();
        for (int i = 0; tags.size() < 40; i++) {
            if (Key.of("cache", "t" + i).slot() / slots == partition) {
                tags.add("t" + i);
            }
        }
        return tags;
    }
}
