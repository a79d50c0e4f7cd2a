package io.murmur.quorum;

import io.murmur.kernel.Level;
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
 * <p>Equal digests are the answer. Otherwise the cells that may be greater are read and joined, and at levels above ONE the join is made
 * durable at as many owners as the level needs <i>before</i> it is answered: whoever reads next meets one of them, so quorum reads never
 * go back in time (invariant 3). What was not needed for the answer, as a hedged read at ONE, is repaired in the background.
 *
 * <p>An owner that refuses is replaced by another at once, be it to read from or to repair; one that is slower than its own 99th
 * percentile is hedged by another while the {@link HedgeBudget} lasts. So more owners than needed may answer; any set of them that meets
 * the level will do.
 */
final class PendingRead implements Pending {

    private static final byte SILENT = 0;
    private static final byte KNOWS_DIGEST = 1;
    private static final byte KNOWS_CELL = 2;

    private final Coordinator coordinator;
    private final Key key;
    private final Placement placement;
    private final Level level;
    private final Requirement requirement;
    private final long deadlineNanos;
    private final Consumer<Result> then;
    private final int[] nearest;

    /** What is known of each owner, by place. */
    private final byte[] known;

    private final @Nullable Digest[] digests;
    private final @Nullable Cell[] cells;

    private int asked;
    /** The owners asked at the start: only theirs is the time since. */
    private int askedFirst;

    private int askedForCell;
    /** Owners that are believed dead or have refused. */
    private int lost;

    private long startedNanos;
    private long id;
    private boolean disagreed;
    private boolean ended;
    private @Nullable Tally repair;
    private @Nullable Cell joined;
    private long repairId;
    /** Owners that hold the joined cell or were told to. */
    private int toldToHold;

    private @Nullable Failure refusal;
    private @Nullable Timer deadline;
    private @Nullable Timer hedge;

    PendingRead(
            Coordinator coordinator,
            Key key,
            Placement placement,
            Level level,
            long deadlineNanos,
            Consumer<Result> then) {
        this.coordinator = coordinator;
        this.key = key;
        this.placement = placement;
        this.level = level;
        this.requirement = Requirement.of(level, placement);
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
        askedFirst = targets;
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
        if (replacement(asked, answered()) < 0) {
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
        int another = replacement(asked, answered());
        if (another >= 0 && coordinator.hedgeBudget.spend()) {
            coordinator.counters.hedges++;
            askCell(another);
        }
    }

    /**
     * The nearest owner that would bring these closer to the level, or -1 when none is left: not any owner will do where the level
     * counts regions.
     *
     * @param tried the owners that have been turned to already
     * @param counted the owners that can be counted on
     */
    private int replacement(int tried, int counted) {
        for (int place : nearest) {
            if (((tried | lost) & (1 << place)) == 0 && requirement.gains(counted, place, placement)) {
                return place;
            }
        }
        return -1;
    }

    /** Owners of which nothing more is expected: they have said all they were asked. */
    private int answered() {
        int answered = 0;
        for (int place = 0; place < known.length; place++) {
            int bit = 1 << place;
            if (known[place] == KNOWS_CELL || (known[place] == KNOWS_DIGEST && (askedForCell & bit) == 0)) {
                answered |= bit;
            }
        }
        return answered & ~lost;
    }

    @Override
    public void receive(long replyId, int place, PeerReply reply) {
        if (ended) {
            return;
        }
        Tally repairing = repair;
        if (repairing != null) {
            if (replyId == repairId) {
                receiveRepaired(repairing, place, reply);
            }
        } else if (replyId == id) {
            receiveRead(place, reply);
        }
    }

    private void receiveRead(int place, PeerReply reply) {
        switch (reply) {
            case PeerReply.CellIs answer -> {
                noteLatency(place);
                lost &= ~(1 << place);
                known[place] = KNOWS_CELL;
                cells[place] = answer.cell();
                advance();
            }
            case PeerReply.DigestIs answer -> {
                noteLatency(place);
                if (known[place] == SILENT) {
                    lost &= ~(1 << place);
                    known[place] = KNOWS_DIGEST;
                    digests[place] = answer.digest();
                }
                advance();
            }
            case PeerReply.Refused refused -> {
                if (known[place] != KNOWS_CELL) {
                    lost |= 1 << place;
                    refusal = Pending.telling(refusal, refused.failure());
                    int another = replacement(asked, asked & ~lost);
                    if (another >= 0) {
                        askCell(another);
                    }
                    advance();
                }
            }
            case PeerReply.Joined ignored -> {}
        }
    }

    private void receiveRepaired(Tally repairing, int place, PeerReply reply) {
        switch (reply) {
            case PeerReply.Joined ignored -> repairing.acknowledge(place);
            case PeerReply.Refused refused -> {
                int bit = 1 << place;
                if ((repairing.acknowledged() & bit) != 0) {
                    return;
                }
                lost |= bit;
                repairing.lose(place);
                refusal = Pending.telling(refusal, refused.failure());
                int another = replacement(toldToHold, toldToHold & ~lost);
                if (another >= 0) {
                    sendRepairs(1 << another);
                }
            }
            case PeerReply.CellIs ignored -> {}
            case PeerReply.DigestIs ignored -> {}
        }
        advanceRepair();
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
        if (place != placement.self && known[place] == SILENT && (askedFirst & (1 << place)) != 0) {
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
        if (requirement.isMetBy(placement.all() & ~lost, placement)) {
            return;
        }
        if (refusal instanceof Failure.StaleRing
                && coordinator.seams.ring().get().epoch() > placement.epoch) {
            routeAgain();
        } else {
            end(new Failed(failure()));
        }
    }

    private void routeAgain() {
        close();
        Placement now = coordinator.placement(key, placement.replicas);
        new PendingRead(coordinator, key, now, level, deadlineNanos, then).start();
    }

    /** Enough digests are there but no cell yet: its owner is slow or refused, and another has been or is now asked. */
    private void askForACell(int answered) {
        if ((askedForCell & ~lost) == 0) {
            askCell(firstOf(answered));
        }
    }

    private void decide(int answered, @Nullable Cell greatest) {
        Digest digest = greatest == null ? null : Digest.of(greatest);
        int equal = 0;
        int older = 0;
        for (int place = 0; place < known.length; place++) {
            int bit = 1 << place;
            if ((answered & bit) == 0) {
                continue;
            }
            boolean knowsCell = known[place] == KNOWS_CELL;
            if (knowsCell ? isSame(cells[place], greatest) : Objects.equals(digests[place], digest)) {
                equal |= bit;
            } else if (knowsCell || isOlder(digests[place], greatest)) {
                older |= bit;
            }
        }
        if (requirement.isMetBy(equal, placement)) {
            finish(greatest, equal, older);
            return;
        }
        if (!disagreed) {
            disagreed = true;
            coordinator.counters.digestMismatches++;
        }
        if (requirement.isMetBy(equal | older, placement) && greatest != null) {
            beginRepair(greatest, equal, older);
            return;
        }
        int unclear = answered & ~equal & ~older & ~askedForCell;
        for (int place = 0; place < known.length && !ended; place++) {
            if ((unclear & (1 << place)) != 0) {
                askCell(place);
            }
        }
    }

    private static boolean isSame(@Nullable Cell one, @Nullable Cell other) {
        if (one == null || other == null) {
            return one == null && other == null;
        }
        return Cell.compare(one, other) == 0;
    }

    /** Whether the cell behind a digest is known to be lesser without having been read. */
    static boolean isOlder(@Nullable Digest digest, @Nullable Cell cell) {
        return cell != null && (digest == null || cell.version().isAfter(digest.version()));
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
        toldToHold = holders;
        repairId = coordinator.nextId();
        coordinator.expect(repairId, this);
        sendRepairs(stale);
    }

    private void sendRepairs(int stale) {
        toldToHold |= stale;
        coordinator.repair(placement, stale, repairId, deadlineNanos, key, Objects.requireNonNull(joined));
    }

    private void advanceRepair() {
        Tally tally = repair;
        if (tally == null || ended) {
            return;
        }
        if (tally.isMet()) {
            finish(joined, tally.acknowledged(), 0);
        } else if (tally.isHopeless()) {
            end(new Failed(failure()));
        }
    }

    /**
     * @param holders owners that hold the cell
     * @param older owners that hold a lesser one
     */
    private void finish(@Nullable Cell cell, int holders, int older) {
        coordinator.counters.reads++;
        Cell.Live visible = Cell.visible(cell, coordinator.seams.clock().wallMillis());
        int outstanding = repair == null ? asked & ~lost & ~answered() : 0;
        end(new Value(visible, cell == null ? null : cell.version(), Integer.bitCount(holders)));
        if (older != 0 && cell != null) {
            coordinator.repair(placement, older, coordinator.nextId(), deadlineNanos, key, cell);
        }
        if (outstanding != 0) {
            new LateAnswers(coordinator, key, placement, id, deadlineNanos, cell, holders, outstanding).await();
        }
    }

    private void expire() {
        if (!ended) {
            noteSilence();
            int counted = repair == null ? requirement.counted(answered(), placement) : repair.counted();
            end(new Failed(new Failure.Timeout(counted, requirement.inAll(), Effect.NONE)));
        }
    }

    /** Why the level cannot be reached: an owner's own word; a failed read has no effect, whatever became of a repair. */
    private Failure failure() {
        return switch (refusal) {
            case null ->
                new Failure.Timeout(requirement.counted(answered(), placement), requirement.inAll(), Effect.NONE);
            case Failure.StorageFailed f -> new Failure.StorageFailed(f.detail(), Effect.NONE);
            case Failure.ClockDrift f -> new Failure.ClockDrift(f.millisTooFarAhead(), Effect.NONE);
            case Failure.StaleRing f -> new Failure.StaleRing(f.epoch(), Effect.NONE);
            case Failure.Timeout f -> new Failure.Timeout(f.acknowledged(), f.required(), Effect.NONE);
            case Failure.Overloaded f -> f;
            case Failure.BadRequest f -> f;
            case Failure.Unavailable f -> f;
        };
    }

    private void close() {
        ended = true;
        coordinator.forget(id);
        if (repair != null) {
            coordinator.forget(repairId);
        }
        if (deadline != null) {
            deadline.cancel();
        }
        if (hedge != null) {
            hedge.cancel();
        }
    }

    private void end(Result result) {
        close();
        if (result instanceof Failed) {
            coordinator.counters.readsFailed++;
        }
        then.accept(result);
    }
}
