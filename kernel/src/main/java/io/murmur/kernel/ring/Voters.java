package io.murmur.kernel.ring;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Who decides on the next ring: an odd number of members, up to {@link #MOST}, spread over the zones as evenly as they go; those that were
 * voters stay where they can. Pure.
 */
public final class Voters {

    /** More would make each decision dearer and none safer: seven outlive the loss of three. */
    public static final int MOST = 7;

    private Voters() {}

    /**
     * @param before the voters so far; those that are no members count for nothing
     * @param members at least one, in any order
     * @return the voters, by id
     */
    public static List<NodeId> of(Collection<NodeId> before, Collection<Member> members) {
        Map<String, List<Member>> zones = new TreeMap<>();
        for (Member member : members) {
            zones.computeIfAbsent(member.region() + "/" + member.zone(), name -> new ArrayList<>())
                    .add(member);
        }
        Comparator<Member> order = Comparator.comparing((Member member) -> !before.contains(member.id()))
                .thenComparing(Member::id);
        zones.values().forEach(zone -> zone.sort(order));
        // The zones in turn; in each round first those whose turn it was before, so that a former voter is not passed
        // over for a stranger.
        int wanted = Math.min(MOST, members.size());
        wanted -= wanted % 2 == 0 && wanted > 0 ? 1 : 0;
        List<NodeId> chosen = new ArrayList<>();
        for (int round = 0; chosen.size() < wanted; round++) {
            int place = round;
            zones.values().stream()
                    .filter(zone -> zone.size() > place)
                    .map(zone -> zone.get(place))
                    .sorted(order)
                    .limit(wanted - chosen.size())
                    .forEach(member -> chosen.add(member.id()));
        }
        chosen.sort(Comparator.naturalOrder());
        return List.copyOf(chosen);
    }
}
