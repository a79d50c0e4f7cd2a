package io.murmur.kernel.ring;

import java.util.Arrays;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.stream.IntStream;

/**
 * How many partitions each node of a region should own.
 *
 * <p>Whole partitions are to be shared out in proportion to weights, as seats of a parliament are to votes, and the same method is the
 * sound one: give one at a time to the node with the least (owned + 1/2) / weight (Webster's divisor method). It rounds every share to
 * the nearest whole, so that no transfer of a single partition would make the shares more even, and, unlike the rounding of largest
 * remainders, it never gives a node more because another one came (Balinski and Young, Fair Representation, 1982): a joining node only
 * takes, and a leaving node only gives, which is half of what moving little needs.
 *
 * <p>Bounds act as the walls of vessels that are being filled: a node stops at one replica of every partition, and a zone at the
 * {@link Region#most} owners of every partition. What every zone must have comes first; the rest then rises where the level is lowest.
 *
 * <p>Where weights are equal, several nodes are next at once, and the last partitions are not enough for all of them. Who gets one of
 * these is not decided here: a node has its {@link #sure} partitions, and the nodes of one {@link #vessel} share its {@link #open} ones,
 * at most one each, so that who holds a partition already may keep it.
 */
final class Quotas {

    /** The vessel of a node that has nothing but its sure partitions. */
    static final int NONE = -1;

    private final Region region;
    private final int partitions;
    private final int[] quota;
    private final int[] vessel;
    private final int[] open;

    Quotas(Region region, int partitions) {
        this.region = region;
        this.partitions = partitions;
        this.quota = new int[region.size()];
        this.vessel = new int[region.size()];
        this.open = new int[region.zones() + 1];
        Arrays.fill(vessel, NONE);
        for (int zone = 0; zone < region.zones(); zone++) {
            fill(region.nodesOf(zone), partitions * region.least(zone), Integer.MAX_VALUE);
        }
        int[] everyone = IntStream.range(0, region.size()).toArray();
        int common = fill(everyone, partitions * region.floating(), partitions);
        int commonOwned = common == NONE ? 0 : quota[common] - 1;

        // Zones whose level is the common one share a vessel, and each that stands at a bound of its own has its own.
        int[] atCommonLevel = Arrays.stream(everyone)
                .filter(node -> common != NONE && isAtLevel(region.zoneOf(node), common, commonOwned))
                .toArray();
        leaveOpen(region.zones(), atCommonLevel, common, commonOwned);
        for (int zone = 0; zone < region.zones(); zone++) {
            int[] nodes = region.nodesOf(zone);
            if (Arrays.binarySearch(atCommonLevel, nodes[0]) < 0) {
                int last = last(nodes);
                leaveOpen(zone, nodes, last, quota[last] - 1);
            }
        }
    }

    /** Partitions the node is to own in any case. */
    int sure(int node) {
        return quota[node];
    }

    /** The vessel of whose open partitions this node may have one, or {@link #NONE}. */
    int vessel(int node) {
        return vessel[node];
    }

    int vessels() {
        return open.length;
    }

    /** Partitions that nodes of this vessel are to own beyond their sure ones. */
    int open(int someVessel) {
        return open[someVessel];
    }

    /**
     * Gives out so many, one at a time, to these nodes, and to the nodes of one zone together at most {@code mostPerZone}.
     *
     * @return who got the last one, or {@link #NONE}
     */
    private int fill(int[] nodes, int amount, int mostPerZone) {
        PriorityQueue<Integer> next = new PriorityQueue<>(Comparator.comparing((Integer node) -> node, this::compare));
        for (int node : nodes) {
            next.add(node);
        }
        int[] given = new int[region.zones()];
        int left = amount;
        int last = NONE;
        while (left > 0) {
            int node = next.remove();
            if (quota[node] < partitions && given[region.zoneOf(node)] < mostPerZone) {
                quota[node]++;
                given[region.zoneOf(node)]++;
                left--;
                next.add(node);
                last = node;
            }
        }
        return last;
    }

    private int compare(int a, int b) {
        int byRank = compareRank(a, quota[a], b, quota[b]);
        return byRank != 0 ? byRank : Integer.compare(a, b);
    }

    /** Compares (owned + 1/2) / weight, without fractions. */
    private int compareRank(int a, int ownedByA, int b, int ownedByB) {
        return Long.compare((2L * ownedByA + 1) * region.weight(b), (2L * ownedByB + 1) * region.weight(a));
    }

    /** The node that got its last partition last. */
    private int last(int[] nodes) {
        int last = nodes[0];
        for (int node : nodes) {
            if (compareRank(node, quota[node] - 1, last, quota[last] - 1) > 0) {
                last = node;
            }
        }
        return last;
    }

    /** Whether a node of this zone was, or would be, next when that node owned so many. */
    private boolean isAtLevel(int zone, int that, int ownedByThat) {
        int[] nodes = region.nodesOf(zone);
        int last = last(nodes);
        if (compareRank(last, quota[last] - 1, that, ownedByThat) == 0) {
            return true;
        }
        int total = Arrays.stream(nodes).map(node -> quota[node]).sum();
        return total < partitions * region.most(zone)
                && Arrays.stream(nodes).anyMatch(node -> compareRank(node, quota[node], that, ownedByThat) == 0);
    }

    /** Takes the last partition back from all who got it when that node owned so many, and leaves it to all who were next then. */
    private void leaveOpen(int someVessel, int[] nodes, int that, int ownedByThat) {
        for (int node : nodes) {
            if (quota[node] > 0 && compareRank(node, quota[node] - 1, that, ownedByThat) == 0) {
                quota[node]--;
                vessel[node] = someVessel;
                open[someVessel]++;
            } else if (quota[node] < partitions && compareRank(node, quota[node], that, ownedByThat) == 0) {
                vessel[node] = someVessel;
            }
        }
    }
}
