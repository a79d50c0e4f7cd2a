package io.murmur.kernel.ring;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
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
 * <p>Callable from any thread.
 */
public final class Ring {

    /** How many partitions a cluster has unless it was made with another number. */
    public static final int DEFAULT_PARTITIONS = 1024;

    private final long epoch;
    private final int partitions;
    private final int replicas;
    private final List<Member> members;
    private final Map<NodeId, Member> byId;
    /** By replicas - 1, then by partition. */
    private final List<List<List<NodeId>>> owners;

    /**
     * @param epoch the number of this ring in its cluster, from 1
     * @param partitions a power of two from 1 to 16384
     * @param replicas owners of each partition in each region, at least 1
     * @param members in any order; kept by id
     * @param owners for each partition its owners in order of preference; within a region, no more than {@code replicas}
     */
    public Ring(long epoch, int partitions, int replicas, Collection<Member> members, List<List<NodeId>> owners) {
        if (partitions < 1 || partitions > Slots.COUNT || Integer.bitCount(partitions) != 1) {
            throw new IllegalArgumentException(
                    "partitions must be a power of two from 1 to " + Slots.COUNT + ": " + partitions);
        }
        if (replicas < 1) {
            throw new IllegalArgumentException("replicas must be at least 1: " + replicas);
        }
        if (owners.size() != partitions) {
            throw new IllegalArgumentException(owners.size() + " lists of owners for " + partitions + " partitions");
        }
        this.epoch = epoch;
        this.partitions = partitions;
        this.replicas = replicas;
        this.members = members.stream().sorted(Comparator.comparing(Member::id)).toList();
        Map<NodeId, Member> index = new LinkedHashMap<>();
        for (Member member : this.members) {
            if (index.put(member.id(), member) != null) {
                throw new IllegalArgumentException("two members with the id " + member.id());
            }
        }
        this.byId = index;
        for (List<NodeId> list : owners) {
            if (new HashSet<>(list).size() != list.size() || !index.keySet().containsAll(list)) {
                throw new IllegalArgumentException("owners must be distinct members: " + list);
            }
        }
        List<List<List<NodeId>>> byReplicas = new ArrayList<>();
        for (int n = 1; n <= replicas; n++) {
            byReplicas.add(firstOfEachRegion(owners, n));
        }
        this.owners = List.copyOf(byReplicas);
    }

    private List<List<NodeId>> firstOfEachRegion(List<List<NodeId>> all, int wanted) {
        List<List<NodeId>> chosen = new ArrayList<>(all.size());
        for (List<NodeId> list : all) {
            Map<String, Integer> taken = new LinkedHashMap<>();
            List<NodeId> some = new ArrayList<>();
            for (NodeId id : list) {
                if (taken.merge(memberOrThrow(id).region(), 1, Integer::sum) <= wanted) {
                    some.add(id);
                }
            }
            chosen.add(List.copyOf(some));
        }
        return List.copyOf(chosen);
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

    /** All members, by id. */
    public List<Member> members() {
        return members;
    }

    public @Nullable Member member(NodeId id) {
        return byId.get(id);
    }

    private Member memberOrThrow(NodeId id) {
        return Objects.requireNonNull(byId.get(id));
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
        return owners(partition, replicas);
    }

    /** The owners of a partition for a cache with fewer replicas than the ring: the first so many of each region. */
    public List<NodeId> owners(int partition, int replicasOfCache) {
        return owners.get(Math.min(replicasOfCache, replicas) - 1).get(partition);
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
        return List.copyOf(found);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Ring that
                && epoch == that.epoch
                && partitions == that.partitions
                && replicas == that.replicas
                && members.equals(that.members)
                && owners.equals(that.owners);
    }

    @Override
    public int hashCode() {
        return Objects.hash(epoch, partitions, replicas, members);
    }

    @Override
    public String toString() {
        return "Ring[epoch " + epoch + ", " + members.size() + " members, " + partitions + " partitions x " + replicas
                + "]";
    }
}
