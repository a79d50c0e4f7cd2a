package io.murmur.antientropy;

import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.IntPredicate;
import java.util.random.RandomGenerator;

/**
 * When each partition of a shard is next to be compared among its owners. At random within bounds, so that the owners of many partitions do
 * not all begin at once. Pure, but for being mutable.
 */
final class RoundSchedule {

    private final long intervalNanos;
    private final long soonNanos;
    private final RandomGenerator random;
    private final Map<Integer, Entry> entries = new TreeMap<>();

    private static final class Entry {
        final long ownedSinceNanos;
        long dueAtNanos;
        boolean isAskedFor;
        boolean everCompleted;
        long completedAtNanos;

        Entry(long nowNanos) {
            this.ownedSinceNanos = nowNanos;
        }
    }

    /**
     * @param intervalNanos how long after a round the next is due, at most
     * @param soonNanos how soon what is urgent is due, about
     */
    RoundSchedule(long intervalNanos, long soonNanos, RandomGenerator random) {
        this.intervalNanos = intervalNanos;
        this.soonNanos = Math.max(2, Math.min(soonNanos, intervalNanos / 2));
        this.random = random;
    }

    /** These partitions are to be scheduled and no others. What is new is due soon: who knows what this node has missed. */
    void owns(Collection<Integer> partitions, long nowNanos) {
        Set<Integer> wanted = new HashSet<>(partitions);
        entries.keySet().retainAll(wanted);
        for (int partition : wanted) {
            entries.computeIfAbsent(partition, ignored -> {
                Entry entry = new Entry(nowNanos);
                entry.dueAtNanos = nowNanos + about(soonNanos);
                return entry;
            });
        }
    }

    /** An owner is back: what it has missed should not wait for its turn. */
    void soon(int partition, long nowNanos) {
        Entry entry = entries.get(partition);
        if (entry != null) {
            long soon = nowNanos + about(soonNanos);
            entry.dueAtNanos = entry.dueAtNanos - soon > 0 ? soon : entry.dueAtNanos;
        }
    }

    /** Something was missed for certain: this node sees to the next round itself, whoever's turn it is. */
    void owed(int partition, long nowNanos) {
        Entry entry = entries.get(partition);
        if (entry != null) {
            entry.isAskedFor = true;
            soon(partition, nowNanos);
        }
    }

    /** A round has been completed among all owners, by whomever. */
    void completed(int partition, long nowNanos) {
        Entry entry = entries.get(partition);
        if (entry != null) {
            entry.isAskedFor = false;
            entry.everCompleted = true;
            entry.completedAtNanos = nowNanos;
            entry.dueAtNanos = nowNanos + about(intervalNanos);
        }
    }

    /** A round could not be completed: an owner is away, or something failed. */
    void failed(int partition, long nowNanos) {
        Entry entry = entries.get(partition);
        if (entry != null) {
            entry.dueAtNanos = nowNanos + about(Math.max(soonNanos, intervalNanos / 8));
        }
    }

    /** What is due by now, longest due first. */
    List<Integer> due(long nowNanos, IntPredicate isOurTurn, int most) {
        return entries.entrySet().stream()
                .filter(entry -> entry.getValue().dueAtNanos - nowNanos <= 0)
                .filter(entry -> entry.getValue().isAskedFor || isOurTurn.test(entry.getKey()))
                .sorted(Comparator.comparingLong(entry -> entry.getValue().dueAtNanos - nowNanos))
                .limit(most)
                .map(Map.Entry::getKey)
                .toList();
    }

    /** How long ago the last round for a partition was completed; empty when none was since this node has owned it, or has started. */
    OptionalLong nanosSinceCompleted(int partition, long nowNanos) {
        Entry entry = entries.get(partition);
        return entry != null && entry.everCompleted
                ? OptionalLong.of(nowNanos - entry.completedAtNanos)
                : OptionalLong.empty();
    }

    /** How long the partition that has waited longest for a completed round has waited for one, 0 when none is owned. */
    long longestUnsyncedNanos(long nowNanos) {
        return entries.values().stream()
                .mapToLong(entry -> unsyncedNanos(entry, nowNanos))
                .max()
                .orElse(0);
    }

    /** Which partition that is. */
    OptionalInt longestUnsynced(long nowNanos) {
        return entries.entrySet().stream()
                .max(Comparator.comparingLong(entry -> unsyncedNanos(entry.getValue(), nowNanos)))
                .map(entry -> OptionalInt.of(entry.getKey()))
                .orElse(OptionalInt.empty());
    }

    private static long unsyncedNanos(Entry entry, long nowNanos) {
        return nowNanos - (entry.everCompleted ? entry.completedAtNanos : entry.ownedSinceNanos);
    }

    private long about(long nanos) {
        return nanos / 2 + random.nextLong(nanos / 2 + 1);
    }
}
