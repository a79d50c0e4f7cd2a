package io.murmur.quorum;

import io.murmur.kernel.Timers.Timer;
import io.murmur.kernel.data.Cell;
import io.murmur.kernel.data.Digest;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.message.ClientReply.Failed;
import io.murmur.kernel.message.ClientReply.Result;
import io.murmur.kernel.message.ClientReply.Value;
import io.murmur.kernel.message.Failure;
import io.murmur.kernel.message.Failure.Effect;
import io.murmur.kernel.message.PeerReply;
import io.murmur.kernel.message.PeerRequest;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One get on its way: the cell from the nearest owner, digests from as many others as the level needs (Cassandra's digest reads).
 *
 * <p>Equal digests are the answer. Otherwise the differing cells are read and joined, and at levels above ONE the join is made durable at
 * as many owners as the level needs <i>before</i> it is answered: whoever reads next meets one of them, so quorum reads never go back in
 * time (invariant 3). At ONE what was learned by chance is repaired in the background.
 *
 * <p>An owner that refuses is replaced by another at once; one that is slower than its own 99th percentile is hedged by another while the
 * {@link HedgeBudget} lasts. So more owners than needed may answer; any set of them that meets the level will do.
 */
final class PendingRead implements Pending {

    private static final byte SILENT = 0;
    private static final byte KNOWS_DIGEST = 1;
    private static final byte KNOWS_CELL = 2;

    private final Coordinator coordinator;
    private final Key key;
    private final Placement placement;
    private final Requirement requirement;
    private final long deadlineNanos;
    private final Consumer<Result> then;
    private final int[] nearest;

    /** What is known of each owner, by place. */
    private final byte[] known;

    private final @Nullable Digest[] digests;
    private final @Nullable Cell[] cells;

    private int asked;
    private int askedForCell;
    private int lost;
    private long startedNanos;
    private long id;
    private boolean ended;
    private @Nullable Tally repair;
    private @Nullable Cell joined;
    private long repairId;
    private @Nullable Failure refusal;
    private @Nullable Timer deadline;
    private @Nullable Timer hedge;

    PendingRead(
            Coordinator coordinator,
            Key key,
            Placement placement,
            Requirement requirement,
            long deadlineNanos,
            Consumer<Result> then) {
        this.coordinator = coordinator;
        this.key = key;
        this.placement = placement;
        this.requirement = requirement;
        this.deadlineNanos = deadlineNanos;
        this.then = then;
        this.nearest = coordinator.nearest(placement);
        this.known = new byte[placement.size()];
        this.digests = new Digest[placement.size()];
        this.cells = new Cell[placement.size()];
    }

    @Override
    public Placement placement() {
        return placement;
    }

    void start() {
        int alive = coordinator.alive(placement);
        if (!requirement.isMetBy(alive, placement)) {
            end(new Failed(new Failure.Unavailable(requirement.counted(alive, placement), requirement.inAll())));
            return;
        }
        startedNanos = coordinator.seams.clock().monotonicNanos();
        if (deadlineNanos - startedNanos <= 0) {
            end(new Failed(new Failure.Timeout(0, requirement.inAll(), Effect.NONE)));
            return;
        }
        lost = placement.all() & ~alive;
        coordinator.hedgeBudget.earn();
        id = coordinator.nextId();
        coordinator.expect(id, this);
        int targets = requirement.nearest(alive, nearest, placement);
        int first = firstOf(targets);
        // The others' answers take a round trip, so they are asked before the nearest, which may be the own copy.
        for (int place = 0; place < placement.size(); place++) {
            if (place != first && (targets & (1 << place)) != 0) {
                askDigest(place);
            }
        }
        askCell(first);
        if (!ended) {
            deadline = coordinator.seams.timers().after(Duration.ofNanos(deadlineNanos - startedNanos), this::expire);
            scheduleHedge();
        }
    }

    private int firstOf(int places) {
        for (int place : nearest) {
            if ((places & (1 << place)) != 0) {
                return place;
            }
        }
        throw new IllegalStateException("a level that asks for no owner");
    }

    private void askCell(int place) {
        asked |= 1 << place;
        askedForCell |= 1 << place;
        coordinator.ask(placement, place, new PeerRequest.Read(id, placement.epoch, deadlineNanos, key));
    }

    private void askDigest(int place) {
        asked |= 1 << place;
        coordinator.ask(placement, place, new PeerRequest.ReadDigest(id, placement.epoch, deadlineNanos, key));
    }

    private void scheduleHedge() {
        if ((placement.all() & ~asked & ~lost) == 0) {
            return;
        }
        long delayNanos = 0;
        for (int place = 0; place < placement.size(); place++) {
            if (isAwaited(place)) {
                delayNanos = Math.max(
                        delayNanos,
                        coordinator.latency(placement.owners.get(place)).p99Nanos());
            }
        }
        hedge = coordinator.seams.timers().after(Duration.ofNanos(delayNanos), this::hedge);
    }

    private boolean isAwaited(int place) {
        return (asked & ~lost & (1 << place)) != 0 && known[place] == SILENT;
    }

    private void hedge() {
        if (ended || repair != null) {
            return;
        }
        noteSilence();
        if (!coordinator.hedgeBudget.spend()) {
            return;
        }
        if (askAnother()) {
            coordinator.counters.hedges++;
        }
    }

    /** Asks the nearest owner that has not been asked for its cell, if there is one. */
    private boolean askAnother() {
        for (int place : nearest) {
            if (((asked | lost) & (1 << place)) == 0) {
                askCell(place);
                return true;
            }
        }
        return false;
    }

    @Override
    public void receive(long replyId, int place, PeerReply reply) {
        if (ended) {
            return;
        }
        switch (reply) {
            case PeerReply.CellIs answer -> {
                noteLatency(place);
                known[place] = KNOWS_CELL;
                cells[place] = answer.cell();
                advance();
            }
            case PeerReply.DigestIs answer -> {
                noteLatency(place);
                if (known[place] == SILENT) {
                    known[place] = KNOWS_DIGEST;
                    digests[place] = answer.digest();
                }
                advance();
            }
            case PeerReply.Joined ignored -> {
                if (repair != null && replyId == repairId) {
                    repair.acknowledge(place);
                    advanceRepair();
                }
            }
            case PeerReply.Refused refused -> {
                refusal = refused.failure();
                if (repair != null && replyId == repairId) {
                    repair.lose(place);
                    advanceRepair();
                } else if (known[place] != KNOWS_CELL) {
                    lost |= 1 << place;
                    askAnother();
                    advance();
                }
            }
        }
    }

    /** A stopped owner never answers: what it has cost so far must count, or it would be chosen again and again. */
    private void noteSilence() {
        for (int place = 0; place < known.length; place++) {
            if (isAwaited(place)) {
                noteLatency(place);
            }
        }
    }

    private void noteLatency(int place) {
        if (place != placement.self && known[place] == SILENT) {
            coordinator
                    .latency(placement.owners.get(place))
                    .record(coordinator.seams.clock().monotonicNanos() - startedNanos);
        }
    }

    private void advance() {
        if (ended || repair != null) {
            return;
        }
        int answered = 0;
        boolean anyCell = false;
        Cell greatest = null;
        for (int place = 0; place < known.length; place++) {
            if (known[place] != SILENT && (lost & (1 << place)) == 0) {
                answered |= 1 << place;
            }
            if (known[place] == KNOWS_CELL) {
                anyCell = true;
                greatest = Cell.join(greatest, cells[place]);
            }
        }
        if (!requirement.isMetBy(answered, placement)) {
            giveUpIfHopeless();
            return;
        }
        if (!anyCell) {
            askForACell(answered);
            return;
        }
        decide(answered, greatest);
    }

    private void giveUpIfHopeless() {
        if (!requirement.isMetBy(placement.all() & ~lost, placement)) {
            end(new Failed(failure()));
        }
    }

    /** Enough digests are there but no cell yet: its owner is slow or refused, and another has been or is now asked. */
    private void askForACell(int answered) {
        if ((askedForCell & ~lost) == 0) {
            askCell(firstOf(answered));
        }
    }

    private void decide(int answered, @Nullable Cell greatest) {
        Digest digest = greatest == null ? null : Digest.of(greatest);
        int resolved = 0;
        int equal = 0;
        for (int place = 0; place < known.length; place++) {
            int bit = 1 << place;
            if ((answered & bit) == 0) {
                continue;
            }
            boolean same = known[place] == KNOWS_CELL
                    ? isSame(cells[place], greatest)
                    : Objects.equals(digests[place], digest);
            if (same) {
                equal |= bit;
            }
            if (same || known[place] == KNOWS_CELL) {
                resolved |= bit;
            }
        }
        if (requirement.isMetBy(equal, placement)) {
            finish(greatest, Integer.bitCount(equal));
            repairInBackground(greatest, resolved & ~equal);
            return;
        }
        if (askedForCell != (askedForCell | answered)) {
            coordinator.counters.digestMismatches++;
            for (int place = 0; place < known.length && !ended; place++) {
                if ((answered & ~askedForCell & (1 << place)) != 0) {
                    askCell(place);
                }
            }
            return;
        }
        if (requirement.isMetBy(resolved, placement) && greatest != null) {
            beginRepair(greatest, equal, resolved & ~equal);
        }
    }

    private static boolean isSame(@Nullable Cell one, @Nullable Cell other) {
        if (one == null || other == null) {
            return one == null && other == null;
        }
        return Cell.compare(one, other) == 0;
    }

    private void beginRepair(Cell greatest, int holders, int stale) {
        Tally tally = new Tally(placement, requirement, placement.all() & ~lost);
        for (int place = 0; place < known.length; place++) {
            if ((holders & (1 << place)) != 0) {
                tally.acknowledge(place);
            }
        }
        repair = tally;
        joined = greatest;
        repairId = coordinator.nextId();
        coordinator.expect(repairId, this);
        sendRepairs(repairId, greatest, stale);
    }

    private void sendRepairs(long withId, Cell greatest, int stale) {
        PeerRequest.Join join = new PeerRequest.Join(withId, placement.epoch, deadlineNanos, key, greatest);
        for (int place = 0; place < known.length; place++) {
            if ((stale & (1 << place)) != 0) {
                coordinator.counters.repairs++;
                coordinator.ask(placement, place, join);
            }
        }
    }

    private void advanceRepair() {
        Tally tally = repair;
        if (tally == null || ended) {
            return;
        }
        if (tally.isMet()) {
            finish(joined, tally.counted());
        } else if (tally.isHopeless()) {
            end(new Failed(failure()));
        }
    }

    private void repairInBackground(@Nullable Cell greatest, int stale) {
        if (greatest != null && stale != 0) {
            sendRepairs(coordinator.nextId(), greatest, stale);
        }
    }

    private void finish(@Nullable Cell cell, int answered) {
        coordinator.counters.reads++;
        Cell.Live visible = Cell.visible(cell, coordinator.seams.clock().wallMillis());
        end(new Value(visible, cell == null ? null : cell.version(), answered));
    }

    private void expire() {
        if (!ended) {
            noteSilence();
            int answered = repair == null ? countAnswered() : repair.counted();
            end(new Failed(new Failure.Timeout(answered, requirement.inAll(), Effect.NONE)));
        }
    }

    private int countAnswered() {
        int answered = 0;
        for (int place = 0; place < known.length; place++) {
            answered |= known[place] == SILENT ? 0 : 1 << place;
        }
        return requirement.counted(answered, placement);
    }

    private Failure failure() {
        return refusal == null ? new Failure.Timeout(countAnswered(), requirement.inAll(), Effect.NONE) : refusal;
    }

    private void end(Result result) {
        ended = true;
        coordinator.forget(id);
        coordinator.forget(repairId);
        if (deadline != null) {
            deadline.cancel();
        }
        if (hedge != null) {
            hedge.cancel();
        }
        if (result instanceof Failed) {
            coordinator.counters.readsFailed++;
        }
        then.accept(result);
    }
}
