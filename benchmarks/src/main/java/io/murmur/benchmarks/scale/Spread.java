package io.murmur.benchmarks.scale;

import io.murmur.kernel.ring.Member;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.ring.Ring;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Who owns how much of a ring, and with whom. Pure.
 *
 * @param leastPartitions of any node
 * @param mostPartitions of any node
 * @param meanPartitions of a node
 * @param leastBusyShards of any node: those that own any partition, of which p belongs to the shard p mod shards
 * @param meanCoOwners other nodes that own any partition with a node: for them it may keep hints, and from them it is rebuilt
 * @param mostCoOwners of any node
 */
record Spread(
        int leastPartitions,
        int mostPartitions,
        double meanPartitions,
        int leastBusyShards,
        double meanCoOwners,
        int mostCoOwners) {

    private static final class Share {
        private int partitions;
        private final BitSet shards = new BitSet();
        private final Set<NodeId> coOwners = new HashSet<>();
    }

    static Spread of(Ring ring, int shards) {
        Map<NodeId, Share> shares = new HashMap<>();
        for (Member member : ring.members()) {
            shares.put(member.id(), new Share());
        }
        for (int partition = 0; partition < ring.partitions(); partition++) {
            for (NodeId owner : ring.owners(partition)) {
                Share share = shares.computeIfAbsent(owner, ignored -> new Share());
                share.partitions++;
                share.shards.set(partition % shards);
                share.coOwners.addAll(ring.owners(partition));
            }
        }
        shares.forEach((node, share) -> share.coOwners.remove(node));
        return new Spread(
                shares.values().stream()
                        .mapToInt(share -> share.partitions)
                        .min()
                        .orElse(0),
                shares.values().stream()
                        .mapToInt(share -> share.partitions)
                        .max()
                        .orElse(0),
                shares.values().stream()
                        .mapToInt(share -> share.partitions)
                        .average()
                        .orElse(0),
                shares.values().stream()
                        .mapToInt(share -> share.shards.cardinality())
                        .min()
                        .orElse(0),
                shares.values().stream()
                        .mapToInt(share -> share.coOwners.size())
                        .average()
                        .orElse(0),
                shares.values().stream()
                        .mapToInt(share -> share.coOwners.size())
                        .max()
                        .orElse(0));
    }

    /** How much more than the mean the fullest node owns: 0.3 is 30 % more. */
    double excess() {
        return mostPartitions / meanPartitions - 1;
    }
}
