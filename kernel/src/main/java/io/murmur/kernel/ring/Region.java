package io.murmur.kernel.ring;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * The nodes of one region as the planner sees them: nodes are numbered in the order of their ids and zones in the order of their names,
 * so that nothing depends on the order in which members were listed.
 *
 * <p>A region also knows what its zones may ask of every partition. Replicas are dealt to zones in rounds, one to each zone that still
 * has a node; what is left before the last, incomplete round is {@link #floating}: it may go to any zone that has one more node, but to
 * each at most once. So a partition has {@link #least} or {@link #most} owners in a zone, which differ by at most one, and as many
 * distinct zones as arithmetic allows.
 */
final class Region {

    private final List<Member> nodes;
    private final int[] zoneOf;
    private final int[][] nodesOf;
    private final int replicas;
    private final int rounds;
    private final int floating;

    Region(Collection<Member> members, int wantedReplicas) {
        nodes = members.stream().sorted(Comparator.comparing(Member::id)).toList();
        Map<String, Integer> sizes = new TreeMap<>();
        nodes.forEach(node -> sizes.merge(node.zone(), 1, Integer::sum));
        List<String> names = List.copyOf(sizes.keySet());
        nodesOf = new int[names.size()][];
        for (int zone = 0; zone < nodesOf.length; zone++) {
            String name = names.get(zone);
            nodesOf[zone] = IntStream.range(0, nodes.size())
                    .filter(node -> nodes.get(node).zone().equals(name))
                    .toArray();
        }
        zoneOf = new int[nodes.size()];
        for (int zone = 0; zone < nodesOf.length; zone++) {
            for (int node : nodesOf[zone]) {
                zoneOf[node] = zone;
            }
        }
        replicas = Math.min(wantedReplicas, nodes.size());
        int complete = 0;
        while (dealtIn(complete + 1) <= replicas && complete < replicas) {
            complete++;
        }
        rounds = complete;
        floating = replicas - dealtIn(complete);
    }

    /** How many replicas find a node of their own in so many rounds. */
    private int dealtIn(int someRounds) {
        int dealt = 0;
        for (int[] inZone : nodesOf) {
            dealt += Math.min(inZone.length, someRounds);
        }
        return dealt;
    }

    String name() {
        return nodes.getFirst().region();
    }

    int size() {
        return nodes.size();
    }

    NodeId id(int node) {
        return nodes.get(node).id();
    }

    int weight(int node) {
        return nodes.get(node).weight();
    }

    int zones() {
        return nodesOf.length;
    }

    int zoneOf(int node) {
        return zoneOf[node];
    }

    /** The nodes of a zone, not to be changed. */
    int[] nodesOf(int zone) {
        return nodesOf[zone];
    }

    /** Owners of every partition: what was wanted, or all nodes where there are fewer. */
    int replicas() {
        return replicas;
    }

    /** Owners every partition has in this zone. */
    int least(int zone) {
        return Math.min(nodesOf[zone].length, rounds);
    }

    /** Owners a partition may have in this zone. */
    int most(int zone) {
        return floating == 0 ? least(zone) : Math.min(nodesOf[zone].length, rounds + 1);
    }

    /** Owners of every partition beyond the {@link #least} of all zones. */
    int floating() {
        return floating;
    }
}
