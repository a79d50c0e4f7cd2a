package io.murmur.quorum;

import io.murmur.kernel.Level;
import io.murmur.kernel.ring.Member;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.ring.Ring;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The owners of one partition by one ring, as a coordinator sees them: each owner is a place in the list, sets of owners are bit masks
 * over the places, and so are the regions.
 *
 * <p>While the partition moves, its next owners have places as well, and there are two {@link #lists}, in each of which a level must be
 * met (joint consensus, see {@link io.murmur.kernel.ring.RingSteps}). Who stays an owner has one place and is in both.
 */
final class Placement {

    private static final int MOST_PLACES = 31;

    final int partition;
    /** Since when the partition has been as it is here; its requests carry it, and owners that see it otherwise do not serve them. */
    final long epoch;
    /** Owners per region, as the cache asks. */
    final int replicas;

    /** The owners in order of preference, and behind them those who are yet to be owners. */
    final List<NodeId> owners;
    /** The place of the coordinator itself, or -1. */
    final int self;
    /** The owners, and the next owners where these are others. */
    final int[] lists;
    /** For each region, the places in it; the coordinator's own region first, be it empty. */
    final int[] regionMasks;
    /** Places in the coordinator's own zone. */
    final int zoneMask;

    private final Ring ring;
    /** Who may stand in for owners, nearest first; found when it is first asked for. */
    private @Nullable List<Member> standIns;

    private final Map<Level.Named, Requirement> requirements = new EnumMap<>(Level.Named.class);

    /** As a coordinator sees them that takes part in the ring, or never has. */
    Placement(Ring ring, int partition, int replicas, NodeId coordinator) {
        this(ring, partition, replicas, coordinator, ring.member(coordinator));
    }

    /** @param local where the coordinator stands, be it a member no more; null when it has never been one */
    Placement(Ring ring, int partition, int replicas, NodeId coordinator, @Nullable Member local) {
        this.ring = ring;
        this.partition = partition;
        epoch = ring.since(partition);
        this.replicas = replicas;
        List<NodeId> current = ring.owners(partition, replicas);
        List<NodeId> next = ring.nextOwners(partition, replicas);
        owners = union(current, next);
        if (owners.size() > MOST_PLACES) {
            throw new IllegalStateException(
                    owners.size() + " owners of a partition; at most " + MOST_PLACES + " are supported");
        }
        self = owners.indexOf(coordinator);
        int currentMask = mask(current);
        int nextMask = mask(next);
        lists = next.isEmpty() || nextMask == currentMask ? new int[] {currentMask} : new int[] {currentMask, nextMask};
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

    private static List<NodeId> union(List<NodeId> current, List<NodeId> next) {
        if (current.containsAll(next)) {
            return current;
        }
        List<NodeId> union = new ArrayList<>(current);
        next.stream().filter(node -> !current.contains(node)).forEach(union::add);
        return List.copyOf(union);
    }

    private int mask(List<NodeId> nodes) {
        int mask = 0;
        for (NodeId node : nodes) {
            mask |= 1 << owners.indexOf(node);
        }
        return mask;
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

    Member owner(int place) {
        return Objects.requireNonNull(ring.member(owners.get(place)));
    }

    /** The members that are no owners, nearest by the ring first. */
    List<Member> standIns() {
        List<Member> known = standIns;
        if (known == null) {
            known = ring.standIns(partition, replicas).stream()
                    .map(ring::member)
                    .filter(Objects::nonNull)
                    .toList();
            standIns = known;
        }
        return known;
    }

    /** What a level asks of these owners. */
    Requirement requirement(Level level) {
        if (!(level instanceof Level.Named named)) {
            return Requirement.of(level, this);
        }
        Requirement known = requirements.get(named);
        if (known == null) {
            known = Requirement.of(level, this);
            requirements.put(named, known);
        }
        return known;
    }
}
