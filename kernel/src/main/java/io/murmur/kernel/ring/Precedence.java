package io.murmur.kernel.ring;

import java.util.Arrays;

/**
 * In which order the owners of a partition stand. A cache with fewer replicas than the ring lives on the first owners alone, and
 * coordinators prefer the first, so every beginning of the order must be as good as the whole: its nodes in different zones while there
 * are any, and its load in proportion to what each node owns.
 *
 * <p>Places are settled from the first to the last. Each starts from the order so far, since for a cache with few replicas a change of
 * places moves data too; then replicas of a place are passed on from the node that has most too many of them to one that has most too
 * few, along a path of partitions whose owners can change places, while that makes the two more even.
 */
final class Precedence {

    private static final int NOBODY = -1;

    private final Region region;
    /** By partition: its owners in order. */
    private final int[][] order;

    private final int[] owned;
    /** How often each node stands in a place settled so far, or in the one being settled. */
    private final int[] standing;
    /** By node, the first partition where it stands in the place being settled, and by partition the next one of the same node. */
    private final int[] firstOf;

    private final int[] nextOf;

    private Precedence(Region region, int[][] order) {
        this.region = region;
        this.order = order;
        this.owned = new int[region.size()];
        for (int[] owners : order) {
            for (int owner : owners) {
                owned[owner]++;
            }
        }
        this.standing = new int[region.size()];
        this.firstOf = new int[region.size()];
        this.nextOf = new int[order.length];
    }

    /**
     * @param owners by node, then by partition: who owns what
     * @param before by partition: who owned it, in order; -1 for those who have left
     * @return by partition: the owners in order
     */
    static int[][] of(Region region, boolean[][] owners, int[][] before) {
        int[][] order = new int[before.length][];
        for (int partition = 0; partition < order.length; partition++) {
            order[partition] = keepPlaces(region, owners, partition, before[partition]);
        }
        Precedence precedence = new Precedence(region, order);
        for (int place = 0; place < region.replicas() - 1; place++) {
            precedence.settle(place);
        }
        return order;
    }

    /** Owners that stay keep their places; those that are new take the places of those that left. */
    private static int[] keepPlaces(Region region, boolean[][] owners, int partition, int[] before) {
        int[] places = new int[region.replicas()];
        Arrays.fill(places, NOBODY);
        boolean[] placed = new boolean[region.size()];
        for (int place = 0; place < Math.min(before.length, places.length); place++) {
            int node = before[place];
            if (node != NOBODY && owners[node][partition]) {
                places[place] = node;
                placed[node] = true;
            }
        }
        int place = 0;
        for (int node = 0; node < region.size(); node++) {
            if (owners[node][partition] && !placed[node]) {
                while (places[place] != NOBODY) {
                    place++;
                }
                places[place] = node;
            }
        }
        return places;
    }

    private void settle(int place) {
        for (int partition = 0; partition < order.length; partition++) {
            int choice = place;
            while (!mayStand(partition, place, choice)) {
                choice++;
            }
            exchange(partition, place, choice);
            standing[order[partition][place]]++;
        }
        for (int partition = 0; partition < order.length; partition++) {
            preferLessLoaded(partition, place);
        }
        boolean changed = true;
        while (changed) {
            changed = false;
            for (int node = 0; node < region.size(); node++) {
                while (passOn(node, place)) {
                    changed = true;
                }
            }
        }
    }

    /** Whether the owner in {@code choice} may stand in {@code place}: no later owner is of a zone that stands before less often. */
    private boolean mayStand(int partition, int place, int choice) {
        int[] owners = order[partition];
        int wanted = zoneStands(owners, place, owners[choice]);
        for (int later = place; later < owners.length; later++) {
            if (zoneStands(owners, place, owners[later]) < wanted) {
                return false;
            }
        }
        return true;
    }

    private int zoneStands(int[] owners, int place, int node) {
        int count = 0;
        for (int earlier = 0; earlier < place; earlier++) {
            if (region.zoneOf(owners[earlier]) == region.zoneOf(node)) {
                count++;
            }
        }
        return count;
    }

    /**
     * How many too many places up to this one a node stands in, in units of 1 / {@link Region#replicas}: its share of the first places is
     * that of all places.
     */
    private long surplus(int node, int place) {
        return (long) standing[node] * region.replicas() - (long) owned[node] * (place + 1);
    }

    /** Whether one place passed from one node to the other leaves the two more even. */
    private boolean isMoreEven(int giver, int taker, int place) {
        return surplus(giver, place) - surplus(taker, place) > region.replicas();
    }

    private void preferLessLoaded(int partition, int place) {
        int[] owners = order[partition];
        int best = place;
        for (int choice = place + 1; choice < owners.length; choice++) {
            if (mayStand(partition, place, choice)
                    && surplus(owners[choice], place) < surplus(owners[best], place)
                    && isMoreEven(owners[place], owners[choice], place)) {
                best = choice;
            }
        }
        if (best != place) {
            standing[owners[place]]--;
            standing[owners[best]]++;
            exchange(partition, place, best);
        }
    }

    /** Passes one place of this node on, maybe over several nodes, to the nearest that makes the two more even; false if none does. */
    private boolean passOn(int giver, int place) {
        indexByStanding(place);
        int[] through = new int[region.size()];
        Arrays.fill(through, NOBODY);
        int[] queue = new int[region.size()];
        int reached = 1;
        queue[0] = giver;
        for (int i = 0; i < reached; i++) {
            int taker = queue[i];
            if (isMoreEven(giver, taker, place)) {
                passAlong(giver, taker, through, place);
                return true;
            }
            for (int partition = firstOf[taker]; partition != NOBODY; partition = nextOf[partition]) {
                for (int choice = place + 1; choice < order[partition].length; choice++) {
                    int node = order[partition][choice];
                    if (node != giver && through[node] == NOBODY && mayStand(partition, place, choice)) {
                        through[node] = partition;
                        queue[reached++] = node;
                    }
                }
            }
        }
        return false;
    }

    private void passAlong(int giver, int taker, int[] through, int place) {
        for (int node = taker; node != giver; ) {
            int partition = through[node];
            int predecessor = order[partition][place];
            exchange(partition, place, placeOf(partition, node));
            node = predecessor;
        }
        standing[giver]--;
        standing[taker]++;
    }

    private void indexByStanding(int place) {
        Arrays.fill(firstOf, NOBODY);
        for (int partition = order.length - 1; partition >= 0; partition--) {
            int node = order[partition][place];
            nextOf[partition] = firstOf[node];
            firstOf[node] = partition;
        }
    }

    private int placeOf(int partition, int node) {
        int place = 0;
        while (order[partition][place] != node) {
            place++;
        }
        return place;
    }

    private void exchange(int partition, int place, int other) {
        int[] owners = order[partition];
        int moved = owners[place];
        owners[place] = owners[other];
        owners[other] = moved;
    }
}
