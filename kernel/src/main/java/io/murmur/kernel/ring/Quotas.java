package io.murmur.kernel.ring;

import java.util.Arrays;
import java.util.Comparator;
import java.util.PriorityQueue;

/**
 * How many partitions each node of a region should own.
 *
 * <p>Whole partitions are to be shared out in proportion to weights, as seats of a parliament are to votes, and the same method is the
 * sound one: give one at a time to the node with the least (owned + 1/2) / weight (Webster's divisor method). It rounds every share to
 * the nearest whole, so that no transfer of a single partition would make the shares more even, and, unlike the rounding of largest
 * remainders, it never gives a node more because another one came (Balinski and Young, Fair Representation, 1982): a joining node only
 * takes, and a leaving node only gives, which is half of what moving little needs.
 *
 * <p>Bounds act as the walls of vessels that are being filled: a node stops at one replica of every partition, and a zone takes no more
 * than its zones' rule allows. What every zone must have comes first; the rest then rises where the level is lowest.
 *
 * <p>Ties are the rule, not the exception, where weights are equal; they go to a node that has something to keep by it.
 */
final class Quotas {

    private final Region region;
    private final int partitions;
    private final int[] held;
    private final int[] quota;

    private Quotas(Region region, int partitions, int[] held) {
        this.region = region;
        this.partitions = partitions;
        this.held = held;
        this.quota = new int[region.size()];
    }

    /**
     * @param held how many partitions each node owns so far
     * @return how many each node should own; together {@code partitions * region.replicas()}
     */
    static int[] of(Region region, int partitions, int[] held) {
        Quotas quotas = new Quotas(region, partitions, held);
        for (int zone = 0; zone < region.zones(); zone++) {
            quotas.fill(region.nodesOf(zone), partitions * region.least(zone), Integer.MAX_VALUE);
        }
        int[] everyone = new int[region.size()];
        Arrays.setAll(everyone, node -> node);
        quotas.fill(everyone, partitions * region.floating(), partitions);
        return quotas.quota;
    }

    /** Gives out so many, one at a time, to these nodes, and to the nodes of one zone together at most {@code mostPerZone}. */
    private void fill(int[] nodes, int amount, int mostPerZone) {
        PriorityQueue<Integer> next = new PriorityQueue<>(Comparator.comparing((Integer node) -> node, this::compare));
        for (int node : nodes) {
            next.add(node);
        }
        int[] given = new int[region.zones()];
        int left = amount;
        while (left > 0) {
            int node = next.remove();
            if (quota[node] == partitions || given[region.zoneOf(node)] == mostPerZone) {
                continue;
            }
            quota[node]++;
            given[region.zoneOf(node)]++;
            left--;
            next.add(node);
        }
    }

    /** Orders by (quota + 1/2) / weight, without fractions. */
    private int compare(int a, int b) {
        long left = (2L * quota[a] + 1) * region.weight(b);
        long right = (2L * quota[b] + 1) * region.weight(a);
        if (left != right) {
            return Long.compare(left, right);
        }
        boolean keepsA = held[a] > quota[a];
        boolean keepsB = held[b] > quota[b];
        return keepsA == keepsB ? Integer.compare(a, b) : keepsA ? -1 : 1;
    }
}
