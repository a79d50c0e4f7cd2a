package io.murmur.quorum;

import io.murmur.kernel.Level;
import io.murmur.kernel.Timers.Timer;
import io.murmur.kernel.data.Cell;
import io.murmur.kernel.data.Digest;
import io.murmur.kernel.message.Failure;
import io.murmur.kernel.message.PeerReply;
import io.murmur.kernel.message.PeerRequest;
import io.murmur.kernel.message.Trace.Ask;
import io.murmur.kernel.message.Trace.Reason;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One get on its way: the cell from the nearest owner, digests from as many others as the level needs (Cassandra's digest reads).
 *
 * <p>Equal digests are the answer. Otherwise the cells that may be greater are read and joined, and a {@link BlockingRepair} follows,
 * which reads of one key share. What was not needed for the answer, as a hedged read at ONE, is repaired in the background.
 *
 * <p>An owner that refuses is replaced by another at once; one that is slower than its own 99th percentile is hedged by another while the
 * {@link HedgeBudget} lasts. So more owners than needed may answer; any set of them that meets the level will do.
 *
 * <p>When the ring moves on the read starts again by the new one, with the deadline it had; when only an owner knows a newer ring, which it
 * says by refusing, the read waits for that as long as it may.
 */
final class PendingRead implements Pending {

    private static final byte SILENT = 0;
    private static final byte KNOWS_DIGEST = 1;
    private static final byte KNOWS_CELL = 2;

    private final ReadCall call;
    private final Coordinator coordinator;
    private final Placement placement;
    private final Requirement requirement;

    /** What is known of each owner, by place. */
    private final byte[] known;

    private final @Nullable Digest[] digests;
    private final @Nullable Cell[] cells;

    private int asked;
    /** The owners asked at the start: only theirs is the time since. */
    private int askedFirst;

    private int askedForCell;
    /** The owners whose cell no atomic operation can miss, and those whose cell one may. */
    private int settled;

    private int unsettled;

    /** Owners that are believed dead or have refused. */
    private int lost;
    /** The newest ring by which an owner has refused. */
    private long refusedByEpoch;

    private long startedNanos;
    private long id;
    private boolean disagreed;
    private boolean ended;
    private @Nullable Failure refusal;
    private @Nullable Timer deadline;
    private @Nullable Timer hedge;

    PendingRead(ReadCall call) {
        this.call = call;
        this.coordinator = call.coordinator;
        this.placement = call.placement;
        this.requirement = call.requirement;
        this.known = new byte[placement.size()];
        this.digests = new Digest[placement.size()];
        this.cells = new Cell[placement.size()];
    }

    @Override
    public Track track() {
        return call.track;
    }

    @Override
    public Placement placement() {
        return placement;
    }

    void start() {
        int alive = coordinator.alive(placement);
        lost = placement.all() & ~alive;
        call.track.foundAway(placement, lost);
        if (!requirement.isMetBy(alive, placement)) {
            fail(new Failure.Unavailable(
                    requirement.counted(alive, placement), requirement.required(alive, placement)));
            return;
        }
        startedNanos = coordinator.seams.clock().monotonicNanos();
        if (call.track.deadlineNanos - startedNanos <= 0) {
            fail(call.timeout(0));
            return;
        }
        coordinator.hedgeBudget.earn();
        id = coordinator.nextId();
        coordinator.expect(id, this);
        int targets = requirement.nearest(alive, call.nearest, placement);
        askedFirst = targets;
        int first = firstOf(targets);
        // The others' answers take a round trip, so they are asked before the nearest, which may be the own copy.
        for (int place = 0; place < placement.size(); place++) {
            if (place != first && (targets & (1 << place)) != 0) {
                askDigest(place);
            }
        }
        askCell(first, call.track.reason());
        if (!ended) {
            deadline = call.atDeadline(this::expire);
            scheduleHedge();
        }
    }

    private int firstOf(int places) {
        for (int place : call.nearest) {
            if ((places & (1 << place)) != 0) {
                return place;
            }
        }
        throw new IllegalStateException("a level that asks for no owner");
    }

    private void askCell(int place, Reason why) {
        asked |= 1 << place;
        askedForCell |= 1 << place;
        coordinator.ask(
                call.track,
                placement,
                place,
                new PeerRequest.Read(id, placement.epoch, call.track.deadlineNanos, call.track.key),
                why);
    }

    private void askCells(int places, Reason why) {
        for (int place = 0; place < placement.size() && !ended; place++) {
            if ((places & (1 << place)) != 0) {
                askCell(place, why);
            }
        }
    }

    private void askDigest(int place) {
        asked |= 1 << place;
        coordinator.ask(
                call.track,
                placement,
                place,
                new PeerRequest.ReadDigest(id, placement.epoch, call.track.deadlineNanos, call.track.key),
                call.track.reason());
    }

    private void scheduleHedge() {
        if (call.replacements(asked | lost, answered()) == 0) {
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
        if (ended) {
            return;
        }
        noteSilence();
        int others = call.replacements(asked | lost, answered());
        int number = Integer.bitCount(others);
        if (number > 0 && coordinator.hedgeBudget.spend(number)) {
            coordinator.counters.hedges += number;
            askCells(others, Reason.HEDGE);
        }
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
        if (ended || replyId != id) {
            return;
        }
        switch (reply) {
            case PeerReply.CellIs answer -> {
                noteLatency(place);
                lost &= ~(1 << place);
                known[place] = KNOWS_CELL;
                cells[place] = answer.cell();
                note(place, answer.standing());
                advance();
            }
            case PeerReply.DigestIs answer -> {
                noteLatency(place);
                if (known[place] == SILENT) {
                    lost &= ~(1 << place);
                    known[place] = KNOWS_DIGEST;
                    digests[place] = answer.digest();
                    note(place, answer.standing());
                }
                advance();
            }
            case PeerReply.Refused refused -> {
                if (known[place] != KNOWS_CELL) {
                    refused(place, refused);
                }
            }
            case PeerReply.Joined ignored -> {}
            case PeerReply.Kept ignored -> {}
            case PeerReply.Promised ignored -> {}
            case PeerReply.Accepted ignored -> {}
            case PeerReply.Outbid ignored -> {}
        }
    }

    private void note(int place, PeerReply.Standing standing) {
        int bit = 1 << place;
        settled &= ~bit;
        unsettled &= ~bit;
        switch (standing) {
            case SETTLED -> settled |= bit;
            case UNSETTLED -> unsettled |= bit;
            case FORGOTTEN -> {}
        }
    }

    private void refused(int place, PeerReply.Refused reply) {
        if (reply.failure() instanceof Failure.StaleRing) {
            refusedByEpoch = Math.max(refusedByEpoch, reply.epoch());
        }
        lost |= 1 << place;
        refusal = Pending.telling(refusal, reply.failure());
        askCells(call.replacements(asked | lost, asked & ~lost), Reason.REPLACEMENT);
        advance();
    }

    @Override
    public void ringChanged() {
        if (coordinator.isOutdated(placement)) {
            routeAgain();
        } else {
            advance();
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
        if (place != placement.self && known[place] == SILENT && (askedFirst & (1 << place)) != 0) {
            coordinator
                    .latency(placement.owners.get(place))
                    .record(coordinator.seams.clock().monotonicNanos() - startedNanos);
        }
    }

    private void advance() {
        if (ended) {
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
        if (!isHopeless()) {
            return;
        }
        if (coordinator.isOutdated(placement)) {
            routeAgain();
        } else if (!coordinator.isYetToCome(refusedByEpoch)) {
            fail(refusal == null ? call.timeout(answered()) : refusal);
        }
    }

    private boolean isHopeless() {
        return !requirement.isMetBy(placement.all() & ~lost, placement);
    }

    private void routeAgain() {
        close();
        new PendingRead(call.routedAgain()).start();
    }

    /** Enough digests are there but no cell yet: its owner is slow or refused, and another has been or is now asked. */
    private void askForACell(int answered) {
        if ((askedForCell & ~lost) == 0) {
            askCell(firstOf(answered), Reason.REPLACEMENT);
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
        if (call.track.level.equals(Level.SERIAL) ? !isInOrder(greatest, equal) : mayBeMissed(equal)) {
            close();
            call.inOrder();
            return;
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
            close();
            int counting = call.isOrdered() ? equal & ~unsettled : equal;
            if (requirement.isMetBy(counting | older, placement)) {
                coordinator.repairs.repair(new Disagreement(call, greatest, counting, older, lost, refusal));
            } else {
                call.inOrder();
            }
            return;
        }
        int unclear = answered & ~equal & ~older & ~askedForCell;
        askCells(unclear, Reason.DISAGREEMENT);
    }

    /** Whether no atomic operation to come can miss what has been found, and nobody will see otherwise. */
    private boolean isInOrder(@Nullable Cell found, int holders) {
        long now = coordinator.seams.clock().wallMillis();
        return requirement.isMetBy(holders & settled, placement)
                && (found == null || !coordinator.hasExpiredJustNow(found, now));
    }

    /**
     * Whether an atomic operation under way may miss what is about to be answered. Of what was settled before an owner restarted nobody
     * knows, and every read of an old value would be a write; so only SERIAL insists on knowing.
     */
    private boolean mayBeMissed(int holders) {
        return (holders & unsettled) != 0
                && call.isOrdered()
                && requirement.isMetBy(holders, placement)
                && !requirement.isMetBy(holders & ~unsettled, placement);
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

    /**
     * @param holders owners that hold the cell
     * @param older owners that hold a lesser one
     */
    private void finish(@Nullable Cell cell, int holders, int older) {
        int outstanding = asked & ~lost & ~answered();
        close();
        if (cell != null) {
            call.repair(older, coordinator.nextId(), cell, Reason.DISAGREEMENT);
        }
        call.answer(cell, holders);
        int others = call.isSampled ? coordinator.alive(placement) & ~asked : 0;
        if ((outstanding | others) != 0) {
            new LateAnswers(call, id, cell, holders | older, outstanding).await(others);
        }
    }

    private void expire() {
        if (!ended) {
            noteSilence();
            call.track.timedOut(Ask.CELL, Ask.DIGEST);
            fail(refusal != null && isHopeless() ? refusal : call.timeout(answered()));
        }
    }

    private void fail(Failure failure) {
        close();
        call.fail(failure);
    }

    private void close() {
        ended = true;
        coordinator.forget(id);
        if (deadline != null) {
            deadline.cancel();
        }
        if (hedge != null) {
            hedge.cancel();
        }
    }
}
