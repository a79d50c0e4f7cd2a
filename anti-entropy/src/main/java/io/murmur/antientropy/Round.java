package io.murmur.antientropy;

import io.murmur.kernel.Horizons;
import io.murmur.kernel.message.SyncReply;
import io.murmur.kernel.message.SyncRequest;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.ring.Ring;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A round among the owners of some partitions, led by one of them: after it all that any owner had when it began is held by every owner that
 * took part.
 *
 * <ol>
 *   <li>With each other owner in turn, the roots of all partitions are compared, many in one message, and where they differ a {@link Session}
 *       makes this node and that owner equal.
 *   <li>What came from a later owner an earlier one may lack. So where anything came, all are compared once more; this node has everything by
 *       then, so twice is enough.
 *   <li>A partition is completed when every owner took part, it was not moving, and the ring has not changed it since. Then what is dead and
 *       was written a hint window before the round began may be forgotten: all owners have it, none has a lesser cell in its place, and no
 *       hint that is older will be handed over (invariant 5). Every owner is told to raise its purge horizon.
 * </ol>
 *
 * <p>One that does not hear of the horizon keeps its dead a little longer, and hears of the next.
 */
final class Round {

    private static final Logger LOG = LoggerFactory.getLogger(Round.class);

    /** Then other work has its turn. */
    static final int ROOTS_IN_A_TURN = 16;

    private static final int PASSES = 2;

    private final SyncParts parts;
    private final SyncCounters counters;
    private final Consumer<RoundOutcome> then;
    private final Map<Integer, Partition> partitions = new TreeMap<>();
    private final Deque<Comparison> comparisons = new ArrayDeque<>();
    private final Deque<Meeting> meetings = new ArrayDeque<>();
    private final Set<Integer> differing = new HashSet<>();
    private final long beganWallMillis;

    private int pass;

    /** A partition's part in the round. */
    private static final class Partition {
        final int number;
        final long since;
        final List<NodeId> others;
        boolean isIncomplete;
        boolean hasPulled;

        Partition(int number, long since, List<NodeId> others, boolean isIncomplete) {
            this.number = number;
            this.since = since;
            this.others = others;
            this.isIncomplete = isIncomplete;
        }
    }

    /** Roots to be compared with another owner's. */
    private record Comparison(NodeId with, int leastReplicas, List<Partition> about) {}

    /** A session to be held. */
    private record Meeting(NodeId with, int leastReplicas, Partition about) {}

    /**
     * @param wanted partitions of this shard
     * @param then called once, after {@link #begin} has returned
     */
    Round(SyncParts parts, Collection<Integer> wanted, Consumer<RoundOutcome> then) {
        this.parts = parts;
        this.counters = parts.counters().part();
        this.then = then;
        this.beganWallMillis = parts.seams().clock().wallMillis();
        Ring ring = ring();
        for (int number : wanted) {
            partitions.put(number, participants(ring, number));
        }
    }

    private Partition participants(Ring ring, int number) {
        List<NodeId> owners = ring.owners(number);
        if (!owners.contains(self())) {
            return new Partition(number, ring.since(number), List.of(), true);
        }
        List<NodeId> others = owners.stream().filter(one -> !one.equals(self())).toList();
        List<NodeId> alive = others.stream()
                .filter(one -> parts.seams().liveness().isAlive(one))
                .toList();
        // Whoever leads a round that completes must own the keys of all caches.
        boolean leads = ring.owners(number, parts.replicas().counts().get(0)).contains(self());
        return new Partition(
                number, ring.since(number), alive, ring.isMoving(number) || !leads || alive.size() < others.size());
    }

    private NodeId self() {
        return parts.seams().self();
    }

    private Ring ring() {
        return parts.seams().ring().current();
    }

    void begin() {
        parts.seams().timers().after(Duration.ZERO, () -> {
            // What this node had accepted must be in what it compares, as it is in what the others do.
            parts.seams().storage().settled(() -> beginPass(partitions.values()));
        });
    }

    // ---- comparing

    private void beginPass(Collection<Partition> about) {
        pass++;
        Map<NodeId, Map<Integer, List<Partition>>> groups = new TreeMap<>();
        Ring ring = ring();
        for (Partition partition : about) {
            for (NodeId other : partition.others) {
                int least = leastInCommon(ring, partition.number, other);
                if (least > 0) {
                    groups.computeIfAbsent(other, ignored -> new TreeMap<>())
                            .computeIfAbsent(least, ignored -> new ArrayList<>())
                            .add(partition);
                }
            }
        }
        groups.forEach((other, byLeast) -> byLeast.forEach((least, some) -> {
            for (int from = 0; from < some.size(); from += SyncRequest.MOST_PARTITIONS) {
                int to = Math.min(some.size(), from + SyncRequest.MOST_PARTITIONS);
                comparisons.add(new Comparison(other, least, List.copyOf(some.subList(from, to))));
            }
        }));
        next();
    }

    /** Both own the keys of caches with so many replicas or more; 0 when of none. */
    private int leastInCommon(Ring ring, int partition, NodeId other) {
        for (int count : parts.replicas().counts()) {
            List<NodeId> owners = ring.owners(partition, count);
            if (owners.contains(self()) && owners.contains(other)) {
                return count;
            }
        }
        return 0;
    }

    private void next() {
        Meeting meeting = meetings.poll();
        if (meeting != null) {
            meet(meeting);
            return;
        }
        Comparison comparison = comparisons.poll();
        if (comparison != null) {
            compare(comparison);
            return;
        }
        List<Partition> again =
                partitions.values().stream().filter(one -> one.hasPulled).toList();
        if (pass < PASSES && !again.isEmpty()) {
            again.forEach(one -> one.hasPulled = false);
            beginPass(again);
        } else {
            conclude();
        }
    }

    private boolean isAsItWas(Partition partition) {
        Ring ring = ring();
        if (ring.since(partition.number) == partition.since
                && ring.owners(partition.number).contains(self())) {
            return true;
        }
        partition.isIncomplete = true;
        return false;
    }

    private void compare(Comparison comparison) {
        List<Partition> about =
                comparison.about().stream().filter(this::isAsItWas).toList();
        ownRoots(comparison.leastReplicas(), about, 0, new LinkedHashMap<>(), roots -> {
            if (roots.isEmpty()) {
                next();
            } else {
                askForRoots(comparison, roots);
            }
        });
    }

    private void ownRoots(
            int leastReplicas,
            List<Partition> about,
            int at,
            Map<Partition, SyncRequest.Root> roots,
            Consumer<Map<Partition, SyncRequest.Root>> use) {
        if (at == about.size()) {
            use.accept(roots);
            return;
        }
        Partition partition = about.get(at);
        Ring ring = ring();
        int first = ring.firstSlot(partition.number);
        parts.summaries().of(first, first + ring.slotsPerPartition() - 1, leastReplicas, () -> true, summary -> {
            switch (summary) {
                case SlotSummaries.Summary.Are are -> {
                    SyncReply.SlotDigest root = are.root();
                    roots.put(partition, new SyncRequest.Root(partition.number, root.sum(), root.entries()));
                }
                case SlotSummaries.Summary.Unwanted ignored -> throw new IllegalStateException("it is wanted");
                case SlotSummaries.Summary.Refused refused -> {
                    LOG.debug("partition {}: {} {}", partition.number, refused.fault(), refused.detail());
                    partition.isIncomplete = true;
                }
            }
            Runnable rest = () -> ownRoots(leastReplicas, about, at + 1, roots, use);
            if ((at + 1) % ROOTS_IN_A_TURN == 0) {
                parts.seams().timers().after(Duration.ZERO, rest);
            } else {
                rest.run();
            }
        });
    }

    private void askForRoots(Comparison comparison, Map<Partition, SyncRequest.Root> roots) {
        Map<Integer, Partition> byNumber = new TreeMap<>();
        roots.keySet().forEach(one -> byNumber.put(one.number, one));
        List<SyncRequest.Root> asked = List.copyOf(roots.values());
        long epoch = ring().epoch();
        ask(
                comparison.with(),
                (long) WireBytes.OF_A_ROOT * asked.size(),
                (long) WireBytes.OF_A_PARTITION * asked.size(),
                (id, deadlineNanos) ->
                        new SyncRequest.Roots(id, epoch, deadlineNanos, comparison.leastReplicas(), asked),
                answer -> {
                    if (answer instanceof SyncReply.RootsAre are) {
                        Set<Integer> left = new TreeSet<>(byNumber.keySet());
                        are.equal().forEach(left::remove);
                        are.different().forEach(left::remove);
                        for (int number : are.different()) {
                            Partition partition = byNumber.get(number);
                            if (partition != null) {
                                differing.add(number);
                                meetings.add(new Meeting(comparison.with(), comparison.leastReplicas(), partition));
                            }
                        }
                        if (left.size() == byNumber.size()) {
                            fail(byNumber.values(), comparison.with(), "has nothing to say of them");
                        } else if (!left.isEmpty()) {
                            List<Partition> rest =
                                    left.stream().map(byNumber::get).toList();
                            comparisons.addFirst(new Comparison(comparison.with(), comparison.leastReplicas(), rest));
                        }
                    } else {
                        fail(byNumber.values(), comparison.with(), "answered with something else");
                    }
                },
                why -> fail(byNumber.values(), comparison.with(), why));
    }

    private static void fail(Collection<Partition> some, NodeId with, String why) {
        LOG.info("owner {} {}: {} partitions could not be compared with it", with.abbreviated(), why, some.size());
        some.forEach(one -> one.isIncomplete = true);
    }

    private void ask(
            NodeId other,
            long sentBytes,
            long bytes,
            Call.Question question,
            Consumer<SyncReply> use,
            Consumer<String> gaveUp) {
        Call call = new Call(parts.calls(), other, 0, sentBytes, bytes, question, counters, answer -> {
            switch (answer) {
                case Call.Answer.GaveUp no -> gaveUp.accept(no.why());
                case Call.Answer.Replied replied -> use.accept(replied.reply());
            }
            next();
        });
        call.begin();
    }

    // ---- mending

    private void meet(Meeting meeting) {
        Partition partition = meeting.about();
        if (!isAsItWas(partition)) {
            next();
            return;
        }
        Ring ring = ring();
        int first = ring.firstSlot(partition.number);
        Session.Part part = new Session.Part(
                partition.number,
                partition.since,
                first,
                first + ring.slotsPerPartition() - 1,
                meeting.leastReplicas());
        SyncCounters before = counters.part();
        Session session = new Session(parts, part, Session.Manner.BECOME_EQUAL, meeting.with(), 0, before, how -> {
            partition.hasPulled |= before.entriesReceived > 0;
            switch (how) {
                case Session.End.Whole ignored -> {}
                case Session.End.SourceFailed failed -> fail(List.of(partition), meeting.with(), failed.why());
                case Session.End.SelfFailed failed -> {
                    LOG.info("partition {}: the own storage refused: {}", partition.number, failed.detail());
                    partition.isIncomplete = true;
                }
            }
            next();
        });
        session.begin();
    }

    // ---- forgetting

    private void conclude() {
        List<Partition> completed = partitions.values().stream()
                .filter(one -> isAsItWas(one) && !one.isIncomplete)
                .toList();
        long horizonMillis = beganWallMillis - parts.settings().purgeAfter().toMillis();
        if (completed.isEmpty() || horizonMillis <= Horizons.NONE) {
            end();
            return;
        }
        Map<NodeId, List<Integer>> told = new TreeMap<>();
        for (Partition partition : completed) {
            partition.others.forEach(other ->
                    told.computeIfAbsent(other, ignored -> new ArrayList<>()).add(partition.number));
        }
        Countdown countdown = new Countdown(told.size() + completed.size(), this::end);
        Ring ring = ring();
        told.forEach((other, numbers) -> tell(other, ring.epoch(), horizonMillis, numbers, countdown));
        for (Partition partition : completed) {
            int first = ring.firstSlot(partition.number);
            parts.seams()
                    .replica()
                    .horizons()
                    .raise(first, first + ring.slotsPerPartition() - 1, horizonMillis, countdown::one);
        }
        countdown.one();
    }

    private void tell(NodeId other, long epoch, long horizonMillis, List<Integer> numbers, Countdown countdown) {
        List<Integer> some = numbers.subList(0, Math.min(numbers.size(), SyncRequest.MOST_PARTITIONS));
        List<Integer> asked = List.copyOf(some);
        new Call(
                        parts.calls(),
                        other,
                        0,
                        (long) WireBytes.OF_A_PARTITION * asked.size(),
                        (long) WireBytes.OF_A_PARTITION * asked.size(),
                        (id, deadlineNanos) -> new SyncRequest.Purge(id, epoch, deadlineNanos, horizonMillis, asked),
                        counters,
                        answer -> {
                            List<Integer> left = new ArrayList<>(numbers);
                            if (answer instanceof Call.Answer.Replied replied
                                    && replied.reply() instanceof SyncReply.Purged purged
                                    && left.removeAll(purged.partitions())
                                    && !left.isEmpty()) {
                                tell(other, epoch, horizonMillis, left, countdown);
                            } else {
                                countdown.one();
                            }
                        })
                .begin();
    }

    private void end() {
        List<Integer> completed = new ArrayList<>();
        List<Integer> incomplete = new ArrayList<>();
        partitions.values().forEach(one -> (one.isIncomplete ? incomplete : completed).add(one.number));
        then.accept(
                new RoundOutcome(completed, incomplete, differing.size(), counters.keysMended, counters.entriesPushed));
    }
}
