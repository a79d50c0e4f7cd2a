package io.murmur.node.resp.server;

import io.murmur.kernel.ring.Member;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.ring.Ring;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The ring in the terms of Redis Cluster. All owners of a slot serve it alike; the first that is alive is shown as its master, so that a
 * client's map leads around the dead at once, and the others as its replicas. Those of this node's own region come first: whoever asks this
 * node is likely to be near to them.
 */
final class SlotMap {

    /**
     * Slots that follow one another and have the same owners.
     *
     * @param owners the master first; empty when none of them has a port for Redis clients
     */
    record Range(int first, int last, List<Topology.Place> owners) {}

    private SlotMap() {}

    /** @param replicas of the cache that the client uses */
    static List<Range> of(Topology topology, int replicas) {
        Ring ring = topology.ring();
        List<Range> ranges = new ArrayList<>();
        if (ring == null) {
            return ranges;
        }
        Map<List<NodeId>, List<Topology.Place>> known = new LinkedHashMap<>();
        for (int partition = 0; partition < ring.partitions(); partition++) {
            List<Topology.Place> owners =
                    known.computeIfAbsent(ring.owners(partition, replicas), ids -> owners(topology, ids));
            int first = ring.firstSlot(partition);
            int last = first + ring.slotsPerPartition() - 1;
            Range before = ranges.isEmpty() ? null : ranges.get(ranges.size() - 1);
            if (before != null && before.owners().equals(owners)) {
                ranges.set(ranges.size() - 1, new Range(before.first(), last, owners));
            } else {
                ranges.add(new Range(first, last, owners));
            }
        }
        return ranges;
    }

    /** When none is alive, all are named: a client that finds nobody there asks again, and one that finds a hole gives up. */
    private static List<Topology.Place> owners(Topology topology, List<NodeId> ids) {
        Topology.Place self = topology.places().get(topology.self());
        String region = self == null ? "" : self.member().region();
        List<Topology.Place> reachable = ids.stream()
                .filter(topology.places()::containsKey)
                .map(topology.places()::get)
                .filter(place -> place.respPort() != 0)
                .sorted(Comparator.comparing((Topology.Place place) -> isElsewhere(place.member(), region)))
                .toList();
        List<Topology.Place> alive =
                reachable.stream().filter(Topology.Place::serves).toList();
        return alive.isEmpty() ? reachable : alive;
    }

    private static boolean isElsewhere(Member member, String region) {
        return !member.region().equals(region);
    }

    /** Of each node the ranges whose master it is. */
    static Map<NodeId, List<Range>> byMaster(List<Range> ranges) {
        Map<NodeId, List<Range>> byMaster = new LinkedHashMap<>();
        for (Range range : ranges) {
            if (!range.owners().isEmpty()) {
                List<Range> own =
                        byMaster.computeIfAbsent(range.owners().get(0).member().id(), node -> new ArrayList<>());
                Range before = own.isEmpty() ? null : own.get(own.size() - 1);
                if (before != null && before.last() + 1 == range.first()) {
                    own.set(own.size() - 1, new Range(before.first(), range.last(), before.owners()));
                } else {
                    own.add(range);
                }
            }
        }
        return byMaster;
    }
}
