package io.murmur.antientropy;

import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.ring.Ring;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to it that what a damaged file took is rebuilt from the other owners (invariant 8): as if this node caught up with the partition
 * anew. What this node does not own any more needs nothing: should it become an owner again, it will catch up.
 */
final class Rebuilds {

    private static final Logger LOG = LoggerFactory.getLogger(Rebuilds.class);

    private final SyncParts parts;
    private final BiConsumer<Integer, Consumer<CatchUp.Outcome>> catchUp;
    private final Set<Integer> running = new HashSet<>();
    private int failures;

    /**
     * @param catchUp catches up with a partition
     */
    Rebuilds(SyncParts parts, BiConsumer<Integer, Consumer<CatchUp.Outcome>> catchUp) {
        this.parts = parts;
        this.catchUp = catchUp;
    }

    void start() {
        parts.seams().replica().rebuild().whenDue(this::beginIfDue);
    }

    void beginIfDue() {
        OwnReplica replica = parts.seams().replica();
        Ring ring = parts.seams().ring().current();
        int step = parts.settings().shards();
        for (int partition = parts.settings().shard(); partition < ring.partitions(); partition += step) {
            int first = ring.firstSlot(partition);
            int last = first + ring.slotsPerPartition() - 1;
            if (running.contains(partition) || !replica.isDamaged(first, last)) {
                continue;
            }
            if (ring.isOwner(parts.seams().self(), partition, ring.replicas())) {
                rebuild(ring, partition);
            } else {
                replica.rebuild().done(first, last, () -> {});
            }
        }
    }

    private void rebuild(Ring ring, int partition) {
        running.add(partition);
        List<NodeId> ofOneReplica =
                ring.owners(partition, parts.replicas().counts().get(0));
        if (ofOneReplica.equals(List.of(parts.seams().self()))) {
            LOG.error(
                    "partition {}: a damaged file took keys of caches with one replica, which are nowhere else. Its slots are refused"
                            + " for good; to give those keys up, have this node replaced, or start it on an empty data folder",
                    partition);
        }
        catchUp.accept(partition, outcome -> {
            running.remove(partition);
            switch (outcome) {
                case CatchUp.CaughtUp ignored -> {
                    failures = 0;
                    LOG.info("partition {} has been rebuilt", partition);
                }
                case CatchUp.Failed failed -> {
                    LOG.warn("partition {} is not rebuilt yet: {}", partition, failed.reason());
                    parts.seams().timers().after(parts.backoff().after(failures++), this::beginIfDue);
                }
            }
        });
    }

    int running() {
        return running.size();
    }
}
