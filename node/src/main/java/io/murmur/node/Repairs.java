package io.murmur.node;

import io.murmur.antientropy.RoundOutcome;
import io.murmur.kernel.ring.Member;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.ring.Ring;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Comparisons of partitions that an operator has asked this node for, led by it, and how far they are. On the HTTP loop; the shards report
 * from theirs.
 */
final class Repairs {

    /** Each shard compares one lot after the other, so that more of them at once gain nobody anything. */
    static final int MOST_UNDER_WAY = 4;

    private static final int MOST_REMEMBERED = 16;

    /** Compared in one go by a shard; then progress is told. */
    private static final int LOT = 16;

    /**
     * What has become of some partitions.
     *
     * @param completed partitions that all owners hold alike
     * @param incomplete the others, by the reason, for people
     * @param differing partitions of which owners differed
     * @param keysPulled cells this node had not
     * @param keysPushed cells others had not
     */
    record Sum(int completed, Map<String, List<Integer>> incomplete, int differing, long keysPulled, long keysPushed) {

        static final Sum NOTHING = new Sum(0, Map.of(), 0, 0, 0);

        Sum plus(Sum other) {
            Map<String, List<Integer>> both = new TreeMap<>();
            for (Map<String, List<Integer>> one : List.of(incomplete, other.incomplete)) {
                one.forEach((why, some) ->
                        both.computeIfAbsent(why, ignored -> new ArrayList<>()).addAll(some));
            }
            return new Sum(
                    completed + other.completed,
                    both,
                    differing + other.differing,
                    keysPulled + other.keysPulled,
                    keysPushed + other.keysPushed);
        }

        int done() {
            return completed + incomplete.values().stream().mapToInt(List::size).sum();
        }
    }

    /** One that was asked for. */
    static final class Repair {
        private final long id;
        private final int partitions;

        /** By shard; each is replaced as a whole, on its shard's loop. */
        private final AtomicReferenceArray<Sum> sums;

        private Repair(long id, int partitions, int shards) {
            this.id = id;
            this.partitions = partitions;
            this.sums = new AtomicReferenceArray<>(shards);
            for (int shard = 0; shard < shards; shard++) {
                sums.set(shard, Sum.NOTHING);
            }
        }

        long id() {
            return id;
        }

        int partitions() {
            return partitions;
        }

        Sum soFar() {
            Sum sum = Sum.NOTHING;
            for (int shard = 0; shard < sums.length(); shard++) {
                sum = sum.plus(sums.get(shard));
            }
            return sum;
        }

        boolean isOver() {
            return soFar().done() >= partitions;
        }
    }

    private final NodeId self;
    private final int leastReplicas;
    private final List<Shard> shards;
    private final LinkedHashMap<Long, Repair> repairs = new LinkedHashMap<>();
    /** From anywhere, so that whoever follows a repair of this node's former life does not come upon another. */
    private long last = ThreadLocalRandom.current().nextLong(1L << 40);

    /** @param leastReplicas of any cache: only who owns the keys of all caches leads */
    Repairs(NodeId self, int leastReplicas, List<Shard> shards) {
        this.self = self;
        this.leastReplicas = leastReplicas;
        this.shards = shards;
    }

    /**
     * Begins to compare.
     *
     * @param ring this node's
     * @return null when as much as may be is under way
     */
    @Nullable
    Repair begin(Collection<Integer> partitions, Ring ring) {
        if (repairs.values().stream().filter(one -> !one.isOver()).count() >= MOST_UNDER_WAY) {
            return null;
        }
        forgetTheOldest();
        Repair repair = new Repair(++last, partitions.size(), shards.size());
        repairs.put(repair.id(), repair);
        for (Shard shard : shards) {
            List<Integer> own = partitions.stream()
                    .filter(partition -> partition % shards.size() == shard.index)
                    .toList();
            shard.loop.execute(() -> compare(shard, repair, own, ring));
        }
        return repair;
    }

    private void forgetTheOldest() {
        List<Long> over =
                repairs.values().stream().filter(Repair::isOver).map(Repair::id).toList();
        over.stream().limit(Math.max(0, over.size() - MOST_REMEMBERED + 1)).forEach(repairs::remove);
    }

    @Nullable
    Repair repair(long id) {
        return repairs.get(id);
    }

    /** On the shard's loop. */
    private void compare(Shard shard, Repair repair, List<Integer> left, Ring ring) {
        if (left.isEmpty()) {
            return;
        }
        int lot = Math.min(LOT, left.size());
        shard.sync().repair(left.subList(0, lot), outcome -> {
            repair.sums.set(shard.index, repair.sums.get(shard.index).plus(sum(outcome, shard, ring)));
            compare(shard, repair, left.subList(lot, left.size()), ring);
        });
    }

    private Sum sum(RoundOutcome outcome, Shard shard, Ring ring) {
        Map<String, List<Integer>> incomplete = new TreeMap<>();
        for (int partition : outcome.incomplete()) {
            incomplete
                    .computeIfAbsent(why(partition, shard, ring), ignored -> new ArrayList<>())
                    .add(partition);
        }
        return new Sum(
                outcome.completed().size(),
                incomplete,
                outcome.differing(),
                outcome.keysPulled(),
                outcome.keysPushed());
    }

    /** A round says that it is incomplete; why can be told from how things stand now, as a rule. */
    private String why(int partition, Shard shard, Ring ring) {
        List<NodeId> owners = ring.owners(partition);
        if (!owners.contains(self)) {
            return "the node asked is no owner";
        }
        if (ring.isMoving(partition)) {
            return "the partition is moving to other owners";
        }
        if (!ring.owners(partition, leastReplicas).contains(self)) {
            return "the node asked owns the keys of some caches only, and an owner of all has to lead";
        }
        List<String> away = owners.stream()
                .filter(owner -> !shard.links.isAlive(owner))
                .map(owner -> "'" + name(ring, owner) + "'")
                .toList();
        return away.isEmpty()
                ? "an owner refused, or gave no answer in time; the log of the node that led says more"
                : "away: " + String.join(", ", away);
    }

    private static String name(Ring ring, NodeId node) {
        Member member = ring.member(node);
        return member == null ? node.abbreviated() : member.name();
    }
}
