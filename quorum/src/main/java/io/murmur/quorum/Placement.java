package io.murmur.quorum;

import io.murmur.kernel.ring.Member;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.ring.Ring;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * The owners of one partition by one ring, as a coordinator sees them: each owner is a place in the list, sets of owners are bit masks
 * over the places, and so are the regions.
 */
final class Placement {

    final long epoch;
    /** Owners per region, as the cache asks. */
    final int replicas;

    final List<NodeId> owners;
    /** The place of the coordinator itself, or -1. */
    final int self;
    /** For each region, the owners in it; the coordinator's own region first, be it empty. */
    final int[] regionMasks;
    /** Owners in the coordinator's own zone. */
    final int zoneMask;

    Placement(Ring ring, int partition, int replicas, NodeId coordinator) {
        epoch = ring.epoch();
        this.replicas = replicas;
        owners = ring.owners(partition, replicas);
        if (owners.size() > 31) {
            throw new IllegalStateException(owners.size() + " owners of a partition; at most 31 are supported");
        }
        self = owners.indexOf(coordinator);
        Member local = ring.member(coordinator);
        List<String> regions = new ArrayList<>();
        regions.add(local == null ? "" : local.region());
        int[] masks = new int[owners.size() + 1];
        int zone = 0;
        for (int place = 0; place < owners.size(); place++) {
            Member owner = Objects.requireNonNull(ring.member(owners.get(place)));
            int region = regions.indexOf(owner.region());
            if (region < 0) {
                region = regions.size();
                regions.add(owner.region());
            }
            masks[region] |= 1 << place;
            if (local != null && region == 0 && owner.zone().equals(local.zone())) {
                zone |= 1 << place;
            }
        }
        regionMasks = Arrays.copyOf(masks, regions.size());
        zoneMask = zone;
    }

    int size() {
        return owners.size();
    }

    int all() {
        return (1 << owners.size()) - 1;
    }

    int placeOf(NodeId node) {
        return owners.indexOf(node);
    }
}
