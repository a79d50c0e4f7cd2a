package io.murmur.kernel.ring;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Which nodes of a region own which partition: every node its quota, every zone what its rule says, and as few changes as arithmetic
 * allows.
 *
 * <p><b>The problem.</b> Filling quotas one partition after the other paints itself into corners: the last partitions find free places
 * only on nodes, or in zones, that they already have. And moving one partition to where it is wanted may be possible only by moving a
 * second one out of its way.
 *
 * <p><b>The idea.</b> It is a flow of replicas from partitions to nodes:
 *
 * <pre>
 *   pool(p) ──1──► cell(p, zone) ──1──► node
 *   floating       least                quota
 * </pre>
 *
 * Each cell is the source of the {@code least} replicas of its partition in its zone, each pool of the floating ones, and each node drains
 * its quota. An integral flow exists, since sharing every quota equally among all partitions is a fractional one. Keeping a replica
 * costs nothing and dropping one costs one, so the cheapest flow moves the least data. It is found by successive shortest paths
 * (Ahuja, Magnanti and Orlin, Network Flows, section 9.7): begin with all that is held, which is cheapest but meets no quota, and send
 * what is too much anywhere along a cheapest path to where something is missing. Garage and others plan their layouts by flow too.
 *
 * <p><b>The trade-off.</b> A path is searched for each replica that moves, over at most partitions x (zones + nodes) arcs. A join or a
 * leave moves few and a first ring finds nearly all of its paths at once, so this is milliseconds where a general solver is not needed.
 *
 * <p>Searches begin at places that a hash of the partition scatters over zones and nodes, so that the partitions of one node have
 * their other owners on many nodes, which share its work when it is away.
 */
final class Assignment {

    private final Region region;
    private final int partitions;
    private final int nodes;
    private final int zones;
    /** By node, then by partition. */
    private final boolean[][] held;

    private final boolean[][] owned;
    /** By cell: whether it has a floating replica. */
    private final boolean[] floats;
    /** By vertex: nodes first, then pools, then cells; positive where replicas must leave, negative where some are missing. */
    private final int[] excess;

    private final int[] potential;
    private final int[] distance;
    private final int[] from;
    private final int[] reachedIn;
    private final List<IntQueue> frontier = new ArrayList<>();
    private final IntQueue settled = new IntQueue();
    private int search;

    private Assignment(Region region, int partitions, int[] quotas, boolean[][] held) {
        this.region = region;
        this.partitions = partitions;
        this.nodes = region.size();
        this.zones = region.zones();
        this.held = held;
        this.owned = new boolean[nodes][];
        Arrays.setAll(owned, node -> held[node].clone());
        this.floats = new boolean[partitions * zones];
        int vertices = nodes + partitions + partitions * zones;
        this.excess = new int[vertices];
        this.potential = new int[vertices];
        this.distance = new int[vertices];
        this.from = new int[vertices];
        this.reachedIn = new int[vertices];
        for (int node = 0; node < nodes; node++) {
            excess[node] = -quotas[node];
        }
        for (int partition = 0; partition < partitions; partition++) {
            beginWithWhatIsHeld(partition);
        }
    }

    /**
     * @param quotas how many partitions each node should own
     * @param held by node, then by partition: who owns what so far, in the region or not
     * @return by node, then by partition: who is to own what
     */
    static boolean[][] of(Region region, int partitions, int[] quotas, boolean[][] held) {
        Assignment assignment = new Assignment(region, partitions, quotas, held);
        for (int vertex = 0; vertex < assignment.excess.length; vertex++) {
            while (assignment.excess[vertex] > 0) {
                assignment.relieve(vertex);
            }
        }
        return assignment.owned;
    }

    private void beginWithWhatIsHeld(int partition) {
        excess[pool(partition)] = region.floating();
        for (int zone = 0; zone < zones; zone++) {
            int cell = cell(partition, zone);
            excess[cell] = region.least(zone);
            for (int node : region.nodesOf(zone)) {
                if (held[node][partition]) {
                    excess[cell]--;
                    excess[node]++;
                }
            }
            if (excess[cell] < 0 && region.most(zone) > region.least(zone)) {
                floats[index(cell)] = true;
                excess[cell]++;
                excess[pool(partition)]--;
            }
        }
    }

    /** Sends one replica from this vertex along a cheapest path to where one is missing. */
    private void relieve(int source) {
        int target = cheapestTarget(source);
        excess[source]--;
        excess[target]++;
        for (int to = target; to != source; to = from[to]) {
            push(from[to], to);
        }
        for (int i = 0; i < settled.size(); i++) {
            int vertex = settled.get(i);
            potential[vertex] += distance[vertex] - distance[target];
        }
    }

    /**
     * Dijkstra's search over reduced costs, which are small whole numbers, up to the first vertex that misses a replica. One that is
     * reached at the cost being searched cannot be had for less, so it need not wait for its turn.
     */
    private int cheapestTarget(int source) {
        search++;
        settled.clear();
        frontier.forEach(IntQueue::clear);
        reach(source, 0, source);
        for (int cost = 0; cost < frontier.size(); cost++) {
            IntQueue queue = frontier.get(cost);
            int seen = 0;
            for (int i = 0; i < queue.size(); i++) {
                int vertex = queue.get(i);
                if (distance[vertex] == cost) {
                    settled.add(vertex);
                    expand(vertex);
                }
                for (; seen < queue.size(); seen++) {
                    if (excess[queue.get(seen)] < 0 && distance[queue.get(seen)] == cost) {
                        return queue.get(seen);
                    }
                }
            }
        }
        throw new IllegalStateException("quotas that no assignment meets");
    }

    private void expand(int vertex) {
        if (vertex < nodes) {
            expandNode(vertex);
        } else if (vertex < nodes + partitions) {
            expandPool(vertex - nodes);
        } else {
            expandCell(vertex);
        }
    }

    private void expandNode(int node) {
        int zone = region.zoneOf(node);
        for (int partition = 0; partition < partitions; partition++) {
            if (owned[node][partition]) {
                relax(node, cell(partition, zone), held[node][partition] ? 1 : 0);
            }
        }
    }

    private void expandPool(int partition) {
        int start = scatter(partition, zones, zones);
        for (int step = 0; step < zones; step++) {
            int zone = (start + step) % zones;
            int cell = cell(partition, zone);
            if (!floats[index(cell)] && region.most(zone) > region.least(zone)) {
                relax(pool(partition), cell, 0);
            }
        }
    }

    private void expandCell(int cell) {
        int partition = index(cell) / zones;
        int zone = index(cell) % zones;
        if (floats[index(cell)]) {
            relax(cell, pool(partition), 0);
        }
        int[] inZone = region.nodesOf(zone);
        int start = scatter(partition, zone, inZone.length);
        for (int step = 0; step < inZone.length; step++) {
            int node = inZone[(start + step) % inZone.length];
            if (!owned[node][partition]) {
                relax(cell, node, held[node][partition] ? -1 : 0);
            }
        }
    }

    private void relax(int vertex, int neighbour, int cost) {
        reach(neighbour, distance[vertex] + cost + potential[vertex] - potential[neighbour], vertex);
    }

    private void reach(int vertex, int cost, int comingFrom) {
        if (reachedIn[vertex] == search && distance[vertex] <= cost) {
            return;
        }
        reachedIn[vertex] = search;
        distance[vertex] = cost;
        from[vertex] = comingFrom;
        while (frontier.size() <= cost) {
            frontier.add(new IntQueue());
        }
        frontier.get(cost).add(vertex);
    }

    /** Moves one replica along one arc, in the direction of the flow or back. */
    private void push(int vertex, int neighbour) {
        if (vertex < nodes) {
            owned[vertex][index(neighbour) / zones] = false;
        } else if (neighbour < nodes) {
            owned[neighbour][index(vertex) / zones] = true;
        } else if (vertex < nodes + partitions) {
            floats[index(neighbour)] = true;
        } else {
            floats[index(vertex)] = false;
        }
    }

    private int pool(int partition) {
        return nodes + partition;
    }

    private int cell(int partition, int zone) {
        return nodes + partitions + partition * zones + zone;
    }

    private int index(int cell) {
        return cell - nodes - partitions;
    }

    /** A number below the bound that looks random and is the same everywhere (the finalizer of MurmurHash3). */
    private static int scatter(int partition, int salt, int bound) {
        int hash = partition * 0x9E3779B9 + salt * 0x85EBCA6B;
        hash = (hash ^ (hash >>> 16)) * 0x85EBCA6B;
        hash = (hash ^ (hash >>> 13)) * 0xC2B2AE35;
        return Integer.remainderUnsigned(hash ^ (hash >>> 16), bound);
    }

    /** Whole numbers in the order they came. */
    private static final class IntQueue {
        private int[] items = new int[16];
        private int size;

        void add(int item) {
            if (size == items.length) {
                items = Arrays.copyOf(items, size * 2);
            }
            items[size++] = item;
        }

        int get(int index) {
            return items[index];
        }

        int size() {
            return size;
        }

        void clear() {
            size = 0;
        }
    }
}
