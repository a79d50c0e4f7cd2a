package io.murmur.kernel.ring;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who owns what, as one immutable value. The slots form equal arcs, the partitions (Dynamo section 6.2, third strategy); each has its
 * ordered owners: in every region, {@code replicas} distinct nodes, or all of the region's nodes where it has fewer.
 *
 * <p>While a {@link Transition} is under way, a partition whose owners change has {@link #nextOwners} as well, and an operation on it must
 * meet its level in both lists. {@link #since} tells from which epoch on a partition has been as it is: who routed by an older one is
 * refused (section 3 of the architecture, invariant 7).
 *
 * <p>Callable from any thread.
 */
public final class Ring {

    /** How many partitions a cluster has unless it was made with another number. */
    public static final int DEFAULT_PARTITIONS = 1024;

    /** The most owners a partition can have in one region. */
    public static final int MAX_REPLICAS = 255;

    private final long epoch;
    private final int partitions;
    private final int replicas;
    private final List<Member> members;
    private final Map<NodeId, Member> byId;
    private final boolean hasOneRegion;
    private final List<List<NodeId>> owners;
    private final List<NodeId> voters;
    private final List<Long> since;
    private final @Nullable Transition transition;

    /**
     * A ring that is at rest, with the voters that {@link Voters} chooses.
     *
     * @param epoch the number of this ring in its cluster, from 1
     * @param partitions a power of two from 1 to 16384
     * @param replicas owners of each partition in each region, 1 to {@link #MAX_REPLICAS}
     * @param members in any order; kept by id
     * @param owners for each partition its owners in order of preference; within a region, no more than {@code replicas}
     */
    public Ring(long epoch, int partitions, int replicas, Collection<Member> members, List<List<NodeId>> owners) {
        this(
                epoch,
                partitions,
                replicas,
                members,
                owners,
                Voters.of(List.of(), members),
                Collections.nCopies(owners.size(), epoch),
                null);
    }

    /**
     * @param voters who decides on the next ring
     * @param since for each partition the epoch in which its owners, or next owners, last changed
     * @param transition the change under way, or null
     */
    public Ring(
            long epoch,
            int partitions,
            int replicas,
            Collection<Member> members,
            List<List<NodeId>> owners,
            List<NodeId> voters,
            List<Long> since,
            @Nullable Transition transition) {
        checkShape(partitions, replicas);
        this.epoch = epoch;
        this.partitions = partitions;
        this.replicas = replicas;
        this.members = members.stream().sorted(Comparator.comparing(Member::id)).toList();
        this.byId = index(this.members, transition);
        this.hasOneRegion =
                byId.values().stream().map(Member::region).distinct().count() <= 1;
        this.owners = owners.stream().map(List::copyOf).toList();
        this.voters = List.copyOf(voters);
        this.since = List.copyOf(since);
        this.transition = transition;
        checkOwners(this.owners, this.members);
        if (transition != null) {
            checkOwners(transition.owners(), transition.members());
        }
        if (since.size() != partitions || !byId.keySet().containsAll(voters)) {
            throw new IllegalArgumentException("voters must be members, and each partition must have its epoch");
        }
    }

    private static Map<NodeId, Member> index(List<Member> members, @Nullable Transition transition) {
        Map<NodeId, Member> index = new LinkedHashMap<>();
        for (Member member : members) {
            if (index.put(member.id(), member) != null) {
                throw new IllegalArgumentException("two members with the id " + member.id());
            }
        }
        if (transition != null) {
            transition.members().forEach(member -> index.putIfAbsent(member.id(), member));
        }
        return index;
    }

    private void checkOwners(List<List<NodeId>> lists, List<Member> among) {
        if (lists.size() != partitions) {
            throw new IllegalArgumentException(lists.size() + " lists of owners for " + partitions + " partitions");
        }
        Set<NodeId> known = new HashSet<>();
        among.forEach(member -> known.add(member.id()));
        for (List<NodeId> list : lists) {
            if (new HashSet<>(list).size() != list.size() || !known.containsAll(list)) {
                throw new IllegalArgumentException("owners must be distinct members: " + list);
            }
            if (firstOfEachRegion(list, replicas).size() != list.size()) {
                throw new IllegalArgumentException("more than " + replicas + " owners in a region: " + list);
            }
        }
    }

    /** Throws {@link IllegalArgumentException} unless a ring can have these numbers. */
    static void checkShape(int partitions, int replicas) {
        if (partitions < 1 || partitions > Slots.COUNT || Integer.bitCount(partitions) != 1) {
            throw new IllegalArgumentException(
                    "partitions must be a power of two from 1 to " + Slots.COUNT + ": " + partitions);
        }
        if (replicas < 1 || replicas > MAX_REPLICAS) {
            throw new IllegalArgumentException("replicas must be 1 to " + MAX_REPLICAS + ": " + replicas);
        }
    }

    private List<NodeId> firstOfEachRegion(List<NodeId> list, int wanted) {
        if (hasOneRegion) {
            return list.subList(0, Math.min(wanted, list.size()));
        }
        Map<String, Integer> taken = new HashMap<>();
        List<NodeId> chosen = new ArrayList<>(list.size());
        for (NodeId id : list) {
            if (taken.merge(Objects.requireNonNull(regionOf(id)), 1, Integer::sum) <= wanted) {
                chosen.add(id);
            }
        }
        return Collections.unmodifiableList(chosen);
    }

    public long epoch() {
        return epoch;
    }

    public int partitions() {
        return partitions;
    }

    /** Owners of each partition in each region, as far as a region has that many nodes. */
    public int replicas() {
        return replicas;
    }

    /** All members, by id; a node that is joining is none yet, one that is leaving is one still. */
    public List<Member> members() {
        return members;
    }

    /** The members and whoever is to become one. */
    public Collection<Member> participants() {
        return Collections.unmodifiableCollection(byId.values());
    }

    /** A member, or one that is to become one; null when it is neither. */
    public @Nullable Member member(NodeId id) {
        return byId.get(id);
    }

    /** The region of a participant, null when there is no such one. */
    public @Nullable String regionOf(NodeId id) {
        Member member = byId.get(id);
        return member == null ? null : member.region();
    }

    /** Who decides on the next ring, by a majority. */
    public List<NodeId> voters() {
        return voters;
    }

    /** The change under way, or null. */
    public @Nullable Transition transition() {
        return transition;
    }

    /** The epoch in which a partition's owners, or next owners, last changed. */
    public long since(int partition) {
        return since.get(partition);
    }

    List<Long> since() {
        return since;
    }

    List<List<NodeId>> owners() {
        return owners;
    }

    public int partitionOf(int slot) {
        return slot / slotsPerPartition();
    }

    public int slotsPerPartition() {
        return Slots.COUNT / partitions;
    }

    /** The slot a partition begins with. */
    public int firstSlot(int partition) {
        return partition * slotsPerPartition();
    }

    /** The owners of a partition in order of preference. */
    public List<NodeId> owners(int partition) {
        return owners.get(partition);
    }

    /**
     * The owners of a partition for a cache with fewer replicas than the ring: the first so many of each region, in order of preference.
     *
     * @param replicasOfCache at least 1; from {@link #replicas()} on, all owners
     */
    public List<NodeId> owners(int partition, int replicasOfCache) {
        return first(owners.get(partition), replicasOfCache);
    }

    /** Whether a partition is to have other owners, or the same in another order. */
    public boolean isMoving(int partition) {
        return transition != null && !transition.owners().get(partition).equals(owners.get(partition));
    }

    /** The owners a moving partition is to have, in order of preference; empty when it is not {@link #isMoving moving}. */
    public List<NodeId> nextOwners(int partition) {
        return transition != null && isMoving(partition) ? transition.owners().get(partition) : List.of();
    }

    /** As {@link #owners(int, int)}, of the {@link #nextOwners}. */
    public List<NodeId> nextOwners(int partition, int replicasOfCache) {
        return first(nextOwners(partition), replicasOfCache);
    }

    private List<NodeId> first(List<NodeId> all, int replicasOfCache) {
        if (replicasOfCache < 1) {
            throw new IllegalArgumentException("replicas must be at least 1: " + replicasOfCache);
        }
        return replicasOfCache >= replicas ? all : firstOfEachRegion(all, replicasOfCache);
    }

    /** Whether a node takes part in reads and writes of a partition, as an owner or as one to be. */
    public boolean isOwner(NodeId node, int partition, int replicasOfCache) {
        return owners(partition, replicasOfCache).contains(node)
                || nextOwners(partition, replicasOfCache).contains(node);
    }

    /** The members that are no owners of the partition, nearest clockwise first: who keeps hints and takes a sloppy quorum. */
    public List<NodeId> standIns(int partition) {
        Set<NodeId> found = new LinkedHashSet<>();
        for (int step = 1; step < partitions && found.size() < members.size(); step++) {
            found.addAll(owners((partition + step) % partitions));
        }
        for (Member member : members) {
            found.add(member.id());
        }
        owners(partition).forEach(found::remove);
        nextOwners(partition).forEach(found::remove);
        return List.copyOf(found);
    }

    /** As {@link #standIns(int)}, for a cache: of fewer replicas than the ring, it leaves out owners, and these are the nearest of all. */
    public List<NodeId> standIns(int partition, int replicasOfCache) {
        Set<NodeId> found = new LinkedHashSet<>(owners(partition));
        found.addAll(standIns(partition));
        owners(partition, replicasOfCache).forEach(found::remove);
        nextOwners(partition, replicasOfCache).forEach(found::remove);
        return List.copyOf(found);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other
                || (other instanceof Ring that
                        && epoch == that.epoch
                        && partitions == that.partitions
                        && replicas == that.replicas
                        && members.equals(that.members)
                        && owners.equals(that.owners)
                        && voters.equals(that.voters)
                        && since.equals(that.since)
                        && Objects.equals(transition, that.transition));
    }

    @Override
    public int hashCode() {
        return Objects.hash(epoch, partitions, replicas, members);
    }

    @Override
    public String toString() {
        return "Ring[epoch " + epoch + ", " + members.size() + " members, " + partitions + " partitions x " + replicas
                + (transition == null ? "" : ", " + transition.change()) + "]";
    }
}
