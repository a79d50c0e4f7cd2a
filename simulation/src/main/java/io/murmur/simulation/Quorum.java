package io.murmur.simulation;

import io.murmur.kernel.Level;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.ring.Member;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.ring.Ring;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * What a level guarantees about the owners that took part in a call: at least so many in all, and at least so many in each region.
 * Written anew from the levels' definition, so that coordinators are not checked by their own arithmetic. Pure.
 *
 * @param owners all owners of the key, by region
 * @param inAll took part, wherever they are
 * @param inRegion took part, by region; regions that are not in it may have none
 */
record Quorum(Map<String, Integer> owners, int inAll, Map<String, Integer> inRegion) {

    /**
     * @param replicas owners of each key in each region, by the cache's settings
     */
    static Quorum of(Operation operation, Ring ring, int replicas) {
        return of(operation.level(), operation.key(), operation.coordinator(), ring, replicas)
                .without(operation.standIns());
    }

    /** When so many of those that took part were no owners: of which region, nobody said. */
    private Quorum without(int standIns) {
        if (standIns == 0) {
            return this;
        }
        Map<String, Integer> left = new TreeMap<>(inRegion);
        left.replaceAll((region, count) -> Math.max(0, count - standIns));
        return new Quorum(owners, Math.max(0, inAll - standIns), left);
    }

    static Quorum of(Level level, Key key, NodeId coordinator, Ring ring, int replicas) {
        Map<String, Integer> owners = new TreeMap<>();
        List<NodeId> ids = ring.owners(ring.partitionOf(key.slot()), replicas);
        for (NodeId id : ids) {
            owners.merge(member(ring, id).region(), 1, Integer::sum);
        }
        String local = member(ring, coordinator).region();
        return switch (level) {
            case Level.Count count -> new Quorum(owners, count.replicas(), Map.of());
            case Level.Named named ->
                switch (named) {
                    case ANY -> new Quorum(owners, 0, Map.of());
                    case ONE -> new Quorum(owners, 1, Map.of());
                    case TWO -> new Quorum(owners, 2, Map.of());
                    case THREE -> new Quorum(owners, 3, Map.of());
                    case QUORUM, SERIAL -> new Quorum(owners, majority(ids.size()), Map.of());
                    case ALL -> new Quorum(owners, ids.size(), owners);
                    case LOCAL_ONE -> new Quorum(owners, 1, Map.of(local, 1));
                    case LOCAL_QUORUM -> {
                        int majority = majority(owners.getOrDefault(local, 0));
                        yield new Quorum(owners, majority, Map.of(local, majority));
                    }
                    case EACH_QUORUM -> {
                        Map<String, Integer> majorities = new TreeMap<>(owners);
                        majorities.replaceAll((region, count) -> majority(count));
                        int sum = majorities.values().stream()
                                .mapToInt(Integer::intValue)
                                .sum();
                        yield new Quorum(owners, sum, majorities);
                    }
                };
        };
    }

    /**
     * Of an operation on a ring that changes: any two majorities meet, since each is one of the owners before and of those after; of lower
     * levels, and where stand-ins were counted, nothing is said.
     */
    static Quorum ofAny(Operation operation) {
        boolean isMajority = operation.level().equals(Level.QUORUM)
                || operation.level().equals(Level.SERIAL)
                || operation.level().equals(Level.LOCAL_QUORUM)
                || operation.level().equals(Level.ALL);
        return new Quorum(Map.of("all", 1), isMajority && operation.standIns() == 0 ? 1 : 0, Map.of());
    }

    private static Member member(Ring ring, NodeId id) {
        return Objects.requireNonNull(ring.member(id));
    }

    private static int majority(int owners) {
        return owners / 2 + 1;
    }

    /** Whether every majority of all owners has an owner in common with those that took part. */
    boolean meetsMajorities() {
        int all = owners.values().stream().mapToInt(Integer::intValue).sum();
        return meets(new Quorum(owners, majority(all), Map.of()));
    }

    /** Whether every two sets of owners that satisfy these have an owner in common: R + W &gt; N, in all or in some region. */
    boolean meets(Quorum other) {
        int all = 0;
        for (Map.Entry<String, Integer> region : owners.entrySet()) {
            String name = region.getKey();
            all += region.getValue();
            if (inRegion.getOrDefault(name, 0) + other.inRegion.getOrDefault(name, 0) > region.getValue()) {
                return true;
            }
        }
        return inAll + other.inAll > all;
    }
}
