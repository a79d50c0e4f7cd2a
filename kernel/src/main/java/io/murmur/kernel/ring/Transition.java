package io.murmur.kernel.ring;

import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;

/**
 * A change of the ring that is under way: who will own what, and who has caught up so far. While it lasts, a partition whose owners change
 * has two lists of owners, and every read and every write must meet its level in both (joint consensus, as in Raft section 6).
 *
 * @param change what was asked for
 * @param members the members there will be; kept by id
 * @param owners for each partition its owners to be, in order of preference
 * @param synced the nodes that have caught up with all they will own; kept by id
 */
public record Transition(RingChange change, List<Member> members, List<List<NodeId>> owners, List<NodeId> synced) {

    public Transition {
        members = members.stream().sorted(Comparator.comparing(Member::id)).toList();
        owners = owners.stream().map(List::copyOf).toList();
        synced = List.copyOf(new TreeSet<>(synced));
    }
}
