package io.murmur.kernel.ring;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Plans rings: from members, and the ring so far, to who owns which partition. A pure function: every node that plans from the same ring
 * and the same members, in whatever order, comes to the same ring, so that no node needs to be asked.
 *
 * <p><b>The problem.</b> Hashing nodes onto a circle, with tokens (Dynamo section 6.2, strategies 1 and 2), leaves load to chance: with
 * many tokens it evens out only roughly, it knows nothing of zones, and a change of members moves more than it must. Dynamo's third
 * strategy, equal partitions assigned to nodes, makes the assignment a free choice. A good one has four properties, in this order:
 *
 * <ol>
 *   <li>the owners of a partition are distinct nodes, in as many zones as arithmetic allows, in every region;
 *   <li>each node owns partitions in proportion to its weight, up to rounding, as far as the zones allow;
 *   <li>a new ring changes as few owners as the first two allow;
 *   <li>every beginning of an owner list is spread and loaded as evenly as the whole.
 * </ol>
 *
 * <p><b>The idea.</b> Regions do not touch each other, so each is planned by itself, in three steps, each of which settles what the
 * next one may rely on: {@link Quotas} (how many partitions a node should own) rounds weights as parliaments round votes;
 * {@link Assignment} (which partitions) is a cheapest flow that starts from what is held; {@link Precedence} (in which order) lets owners
 * of one partition change places.
 *
 * <p><b>The trade-off.</b> The fewest moves are those for these quotas: where equal nodes could round one way or the other, the rounding
 * keeps what is held, yet it is chosen before the flow and not by it. Planning is milliseconds for tens of nodes and stays below a
 * second for 200 nodes of 1024 partitions and 3 replicas: too much for an event loop that serves requests, so it belongs elsewhere.
 */
public final class RingPlanner {

    private static final int GONE = -1;

    private RingPlanner() {}

    /**
     * The first ring of a cluster, of epoch 1.
     *
     * @param partitions a power of two from 1 to 16384
     * @param replicas wanted owners of each partition in each region, 1 to {@link Ring#MAX_REPLICAS}
     * @param members in any order
     * @throws IllegalArgumentException on other numbers, or when two members have one id
     */
    public static Ring first(int partitions, int replicas, Collection<Member> members) {
        return plan(1, partitions, replicas, members, null);
    }

    /**
     * The ring that follows when these are the members, of the next epoch, with the same partitions and replicas.
     *
     * @param members all of them, in any order; nodes are known by their ids, so all else about a member may have changed
     * @throws IllegalArgumentException when two members have one id
     */
    public static Ring next(Ring current, Collection<Member> members) {
        return plan(current.epoch() + 1, current.partitions(), current.replicas(), members, current);
    }

    private static Ring plan(
            long epoch, int partitions, int replicas, Collection<Member> members, @Nullable Ring current) {
        Ring.checkShape(partitions, replicas);
        Map<String, List<Member>> regions = new TreeMap<>();
        for (Member member : members) {
            regions.computeIfAbsent(member.region(), name -> new ArrayList<>()).add(member);
        }
        List<List<NodeId>> owners = new ArrayList<>();
        for (int partition = 0; partition < partitions; partition++) {
            owners.add(new ArrayList<>());
        }
        for (List<Member> nodes : regions.values()) {
            Region region = new Region(nodes, replicas);
            int[][] order = plan(region, before(region, partitions, current));
            for (int partition = 0; partition < partitions; partition++) {
                for (int node : order[partition]) {
                    owners.get(partition).add(region.id(node));
                }
            }
        }
        return new Ring(epoch, partitions, replicas, members, owners);
    }

    /** By partition: the owners in order, from those before, in their order. */
    private static int[][] plan(Region region, int[][] before) {
        boolean[][] held = new boolean[region.size()][before.length];
        int[] heldCount = new int[region.size()];
        for (int partition = 0; partition < before.length; partition++) {
            for (int node : before[partition]) {
                if (node != GONE) {
                    held[node][partition] = true;
                    heldCount[node]++;
                }
            }
        }
        int[] quotas = Quotas.of(region, before.length, heldCount);
        return Precedence.of(region, Assignment.of(region, before.length, quotas, held), before);
    }

    /** By partition: the region's nodes that own it in the current ring, in order, with gaps for those that were of this region and left. */
    private static int[][] before(Region region, int partitions, @Nullable Ring current) {
        int[][] before = new int[partitions][];
        if (current == null) {
            Arrays.fill(before, new int[0]);
            return before;
        }
        Map<NodeId, Integer> numbers = new HashMap<>();
        for (int node = 0; node < region.size(); node++) {
            numbers.put(region.id(node), node);
        }
        for (int partition = 0; partition < partitions; partition++) {
            before[partition] = current.owners(partition).stream()
                    .filter(id -> numbers.containsKey(id) || region.name().equals(current.regionOf(id)))
                    .mapToInt(id -> numbers.getOrDefault(id, GONE))
                    .toArray();
        }
        return before;
    }
}
