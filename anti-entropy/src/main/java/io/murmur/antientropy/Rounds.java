package io.murmur.antientropy;

import io.murmur.kernel.message.SyncRequest;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.ring.Ring;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Sees to it that each partition is compared among its owners in time: one round at a time, of as many partitions as are due. The first owner
 * that is alive leads; each owner looks at that by itself, and two who both think it is their turn do no harm. When an owner has come back, what
 * it owns is due soon; and so is what is owed to it, because a hint could not be kept, with whoever knows of it in the lead.
 */
final class Rounds implements RoundListener {

    private static final Duration LONGEST_TICK = Duration.ofSeconds(1);

    /** After an owner's return; its hints come first. */
    private static final Duration SOON = Duration.ofSeconds(10);

    private final SyncParts parts;
    private final RoundSchedule schedule;
    private final RoundListener listener;
    private final Set<NodeId> away = new HashSet<>();
    private final Deque<Asked> asked = new ArrayDeque<>();
    private @Nullable Round running;
    private boolean wasAsked;

    /** Partitions to be compared at once, because somebody wants it. */
    private record Asked(List<Integer> partitions, Consumer<RoundOutcome> then) {}

    /**
     * @param listener hears of rounds, led by whichever owner
     */
    Rounds(SyncParts parts, RoundListener listener) {
        this.parts = parts;
        this.listener = listener;
        this.schedule = new RoundSchedule(
                parts.settings().roundInterval().toNanos(),
                SOON.toNanos(),
                parts.seams().random());
    }

    void start() {
        ringChanged();
        tick();
    }

    void ringChanged() {
        schedule.owns(owned(), nowNanos());
    }

    private List<Integer> owned() {
        Ring ring = parts.seams().ring().current();
        List<Integer> owned = new ArrayList<>();
        for (int partition = parts.settings().shard();
                partition < ring.partitions();
                partition += parts.settings().shards()) {
            if (ring.owners(partition).contains(parts.seams().self())) {
                owned.add(partition);
            }
        }
        return owned;
    }

    private long nowNanos() {
        return parts.seams().clock().monotonicNanos();
    }

    private void tick() {
        noteWhoIsBack();
        beginIfDue();
        Duration eighth = parts.settings().roundInterval().dividedBy(8);
        parts.seams().timers().after(eighth.compareTo(LONGEST_TICK) < 0 ? eighth : LONGEST_TICK, this::tick);
    }

    private void noteWhoIsBack() {
        Ring ring = parts.seams().ring().current();
        Set<NodeId> back = new HashSet<>();
        ring.members().forEach(member -> {
            NodeId id = member.id();
            boolean isAlive =
                    id.equals(parts.seams().self()) || parts.seams().liveness().isAlive(id);
            if (isAlive && away.remove(id)) {
                back.add(id);
            } else if (!isAlive) {
                away.add(id);
            }
        });
        if (!back.isEmpty()) {
            for (int partition : owned()) {
                if (ring.owners(partition).stream().anyMatch(back::contains)) {
                    schedule.soon(partition, nowNanos());
                }
            }
        }
    }

    private void beginIfDue() {
        if (running != null) {
            return;
        }
        List<Integer> due = schedule.due(nowNanos(), this::leads, SyncRequest.MOST_PARTITIONS);
        Asked first = asked.peek();
        // In turn: whoever asks again and again does not keep the others waiting.
        if (first != null && (due.isEmpty() || !wasAsked)) {
            wasAsked = true;
            asked.remove();
            run(first.partitions(), first.then());
        } else if (!due.isEmpty()) {
            wasAsked = false;
            run(due, ignored -> {});
        }
    }

    private boolean leads(int partition) {
        Ring ring = parts.seams().ring().current();
        for (NodeId owner : ring.owners(partition)) {
            if (owner.equals(parts.seams().self())) {
                return !ring.isMoving(partition);
            }
            if (parts.seams().liveness().isAlive(owner)) {
                return false;
            }
        }
        return false;
    }

    private void run(List<Integer> partitions, Consumer<RoundOutcome> then) {
        partitions.forEach(this::began);
        running = new Round(parts, partitions, outcome -> {
            running = null;
            parts.counters().round(outcome);
            outcome.completed().forEach(this::completed);
            outcome.incomplete().forEach(partition -> schedule.failed(partition, nowNanos()));
            then.accept(outcome);
            beginIfDue();
        });
        running.begin();
    }

    @Override
    public void began(int partition) {
        listener.began(partition);
    }

    /** Another owner has led a round, or this one. */
    @Override
    public void completed(int partition) {
        schedule.completed(partition, nowNanos());
        listener.completed(partition);
    }

    void owed(int partition) {
        schedule.owed(partition, nowNanos());
    }

    /** Compares these now, led by this node, those before it aside; answers when all have been. */
    void ask(Collection<Integer> partitions, Consumer<RoundOutcome> then) {
        askFrom(List.copyOf(partitions), 0, RoundOutcome.NOTHING, then);
    }

    private void askFrom(List<Integer> all, int from, RoundOutcome soFar, Consumer<RoundOutcome> then) {
        if (from == all.size()) {
            then.accept(soFar);
            return;
        }
        int to = Math.min(all.size(), from + SyncRequest.MOST_PARTITIONS);
        asked.add(new Asked(all.subList(from, to), outcome -> askFrom(all, to, soFar.plus(outcome), then)));
        beginIfDue();
    }

    boolean isRunning() {
        return running != null;
    }

    OptionalLong millisSinceCompleted(int partition) {
        OptionalLong nanos = schedule.nanosSinceCompleted(partition, nowNanos());
        return nanos.isPresent() ? OptionalLong.of(nanos.getAsLong() / 1_000_000) : nanos;
    }

    OptionalInt longestUnsynced() {
        return schedule.longestUnsynced(nowNanos());
    }

    long longestUnsyncedMillis() {
        return schedule.longestUnsyncedNanos(nowNanos()) / 1_000_000;
    }
}
