package io.murmur.kernel.ring;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** What is true of every planned ring, found out without the planner's own means. */
final class RingFacts {

    private RingFacts() {}

    static Map<String, List<Member>> regions(Ring ring) {
        Map<String, List<Member>> regions = new TreeMap<>();
        for (Member member : ring.members()) {
            regions.computeIfAbsent(member.region(), name -> new ArrayList<>()).add(member);
        }
        return regions;
    }

    /** In how many partitions each member is one of the first owners of its region. */
    static Map<NodeId, Integer> loads(Ring ring, int firstOwners) {
        Map<NodeId, Integer> loads = new TreeMap<>();
        ring.members().forEach(member -> loads.put(member.id(), 0));
        for (int partition = 0; partition < ring.partitions(); partition++) {
            ring.owners(partition, firstOwners).forEach(owner -> loads.merge(owner, 1, Integer::sum));
        }
        return loads;
    }

    static Map<NodeId, Integer> loads(Ring ring) {
        return loads(ring, ring.replicas());
    }

    static int load(Ring ring, Member member) {
        return Objects.requireNonNull(loads(ring).get(member.id()));
    }

    /** Replicas that have to be copied to get from one ring to the other. */
    static int moved(Ring from, Ring to) {
        int moved = 0;
        for (int partition = 0; partition < to.partitions(); partition++) {
            Set<NodeId> newcomers = new HashSet<>(to.owners(partition));
            newcomers.removeAll(from.owners(partition));
            moved += newcomers.size();
        }
        return moved;
    }

    /** What any plan must move that gives the members these loads: a node that is to own more must be given it. */
    static int gained(Ring from, Ring to) {
        Map<NodeId, Integer> before = loads(from);
        int gained = 0;
        for (Map.Entry<NodeId, Integer> after : loads(to).entrySet()) {
            gained += Math.max(0, after.getValue() - before.getOrDefault(after.getKey(), 0));
        }
        return gained;
    }

    /** Replicas that cannot stay where they are, since members changed zones or there are other zones than before. */
    static int displaced(Ring from, Ring to) {
        int displaced = 0;
        for (Map.Entry<String, List<Member>> region : regions(to).entrySet()) {
            int most = dealt(to.replicas(), zoneSizes(region.getValue()).values()).getLast();
            for (int partition = 0; partition < to.partitions(); partition++) {
                List<Member> stayed = from.owners(partition).stream()
                        .flatMap(id -> Optional.ofNullable(to.member(id)).stream())
                        .filter(member -> member.region().equals(region.getKey()))
                        .toList();
                for (int inZone : zoneSizes(stayed).values()) {
                    displaced += Math.max(0, inZone - most);
                }
            }
        }
        return displaced;
    }

    /** The most even way to deal replicas to zones of these sizes, by size of the share. */
    static List<Integer> dealt(int replicas, Collection<Integer> zoneSizes) {
        int[] sizes = zoneSizes.stream().mapToInt(Integer::intValue).toArray();
        int[] shares = new int[sizes.length];
        int wanted = Math.min(replicas, IntStream.of(sizes).sum());
        for (int given = 0; given < wanted; given++) {
            int fewest = -1;
            for (int zone = 0; zone < sizes.length; zone++) {
                if (shares[zone] < sizes[zone] && (fewest < 0 || shares[zone] < shares[fewest])) {
                    fewest = zone;
                }
            }
            shares[fewest]++;
        }
        return IntStream.of(shares).filter(share -> share > 0).sorted().boxed().toList();
    }

    static Map<String, Integer> zoneSizes(Collection<Member> members) {
        Map<String, Integer> sizes = new TreeMap<>();
        members.forEach(member -> sizes.merge(member.zone(), 1, Integer::sum));
        return sizes;
    }

    static List<Member> owners(Ring ring, int partition, int firstOwners, String region) {
        return ring.owners(partition, firstOwners).stream()
                .map(id -> Objects.requireNonNull(ring.member(id)))
                .filter(member -> member.region().equals(region))
                .toList();
    }

    /** Owners are distinct and as many as there can be, in as many zones as there can be, and so is every beginning of them. */
    static void assertSpread(Ring ring) {
        for (Map.Entry<String, List<Member>> region : regions(ring).entrySet()) {
            Collection<Integer> sizes = zoneSizes(region.getValue()).values();
            for (int firstOwners = 1; firstOwners <= ring.replicas(); firstOwners++) {
                List<Integer> expected = dealt(firstOwners, sizes);
                for (int partition = 0; partition < ring.partitions(); partition++) {
                    List<Member> owners = owners(ring, partition, firstOwners, region.getKey());
                    assertThat(owners).doesNotHaveDuplicates();
                    assertThat(zoneSizes(owners).values().stream().sorted().toList())
                            .as("shares of the zones of %s in partition %d", region.getKey(), partition)
                            .isEqualTo(expected);
                }
            }
        }
        for (int partition = 0; partition < ring.partitions(); partition++) {
            assertThat(ring.owners(partition).stream().map(ring::regionOf)).isSortedAccordingTo((a, b) ->
                    Objects.requireNonNull(a).compareTo(Objects.requireNonNull(b)));
        }
    }

    /** No partition could pass from one node to another that has less of it by weight, unless the rule of zones forbids it. */
    static void assertFair(Ring ring) {
        Map<NodeId, Integer> loads = loads(ring);
        for (List<Member> members : regions(ring).values()) {
            Map<String, Integer> sizes = zoneSizes(members);
            Map<String, Integer> zoneLoads = new TreeMap<>();
            members.forEach(member -> zoneLoads.merge(member.zone(), count(loads, member.id()), Integer::sum));
            List<Integer> shares = dealt(ring.replicas(), sizes.values());
            int most = shares.getLast();
            int replicas = shares.stream().mapToInt(Integer::intValue).sum();
            int least = dealtInRounds(most, sizes) == replicas ? most : most - 1;
            for (Member giver : members) {
                boolean canGive = count(zoneLoads, giver.zone())
                        > ring.partitions() * Math.min(least, count(sizes, giver.zone()));
                for (Member taker : members) {
                    boolean canTake = count(zoneLoads, taker.zone())
                            < ring.partitions() * Math.min(most, count(sizes, taker.zone()));
                    boolean allowed = giver.zone().equals(taker.zone()) || (canGive && canTake);
                    if (allowed && !giver.equals(taker)) {
                        assertFair(ring, giver, count(loads, giver.id()), taker, count(loads, taker.id()));
                    }
                }
            }
        }
    }

    private static void assertFair(Ring ring, Member giver, int given, Member taker, int taken) {
        if (given > 0 && taken < ring.partitions()) {
            assertThat((2L * given - 1) * taker.weight())
                    .as("%s owns %d and could give to %s, which owns %d", giver, given, taker, taken)
                    .isLessThanOrEqualTo((2L * taken + 1) * giver.weight());
        }
    }

    private static <K> int count(Map<K, Integer> counts, K key) {
        return counts.getOrDefault(key, 0);
    }

    private static int dealtInRounds(int rounds, Map<String, Integer> zoneSizes) {
        return zoneSizes.values().stream().mapToInt(size -> Math.min(size, rounds)).sum();
    }

    /** Every node comes first in its share of what it owns, rounded up or down. */
    static void assertFirstOwnersEven(Ring ring) {
        Map<NodeId, Integer> all = loads(ring);
        Map<NodeId, Integer> first = loads(ring, 1);
        regions(ring).forEach((region, members) -> {
            int replicas = Math.min(ring.replicas(), members.size());
            for (Member member : members) {
                int timesFirst = count(first, member.id());
                int owned = count(all, member.id());
                assertThat(Math.abs(timesFirst * replicas - owned))
                        .as("%d times first of %d: %s", timesFirst, owned, member)
                        .isLessThan(replicas);
            }
        });
    }
}
