package io.murmur.kernel.ring;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** Plans rings. Placeholder of the first commit: round robin over the members by zone. */
public final class RingPlanner {

    private RingPlanner() {}

    /** The first ring of a cluster: the same for every permutation of the members. */
    public static Ring first(int partitions, int replicas, Collection<Member> members) {
        List<Member> sorted = members.stream()
                .sorted(Comparator.comparing(Member::zone).thenComparing(Member::id))
                .toList();
        List<List<NodeId>> owners = new ArrayList<>();
        for (int partition = 0; partition < partitions; partition++) {
            List<NodeId> list = new ArrayList<>();
            for (int i = 0; i < Math.min(replicas, sorted.size()); i++) {
                list.add(sorted.get((partition + i) % sorted.size()).id());
            }
            owners.add(list);
        }
        return new Ring(1, partitions, replicas, members, owners);
    }
}
