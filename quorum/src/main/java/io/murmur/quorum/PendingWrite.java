package io.murmur.quorum;

import io.murmur.kernel.Level;
import io.murmur.kernel.Timers.Timer;
import io.murmur.kernel.data.Cell;
import io.murmur.kernel.data.Version;
import io.murmur.kernel.message.ClientReply.Failed;
import io.murmur.kernel.message.ClientReply.Result;
import io.murmur.kernel.message.ClientReply.Written;
import io.murmur.kernel.message.Failure;
import io.murmur.kernel.message.Failure.Effect;
import io.murmur.kernel.message.PeerReply;
import io.murmur.kernel.message.PeerRequest;
import io.murmur.kernel.message.Trace.Ask;
import io.murmur.kernel.message.Trace.Reason;
import io.murmur.kernel.ring.NodeId;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One put or delete on its way (Dynamo section 4.5): the cell goes to all owners at once, and the call is done when the level's number
 * of them have it durable.
 *
 * <h2>Why a write may be stamped twice</h2>
 *
 * <p>The greater version wins, and versions come from clocks that differ. A write that began after another was acknowledged could carry
 * the smaller version, be acknowledged, and never be seen: lost. So an owner that holds a greater cell than the one written says so, and
 * that answer is no acknowledgement. Two majorities of the owners share an owner; so while a greater acknowledged version exists, a
 * majority of plain acknowledgements cannot come together, and the coordinator learns of that version. It then moves its clock past it,
 * stamps the write anew, and begins another round. Hence, at levels that are majorities, clocks decide only between writes that were
 * concurrent (invariants 2 and 6).
 *
 * <p>Only the last round counts. Were the call ended by late acknowledgements of an earlier one, the last round's cell, with its greater
 * version, could still be travelling and later bury a write that began after this call was acknowledged.
 *
 * <h2>While the ring changes</h2>
 *
 * <p>Owners serve only who sees the partition as they do ({@link Replica}). When this node's ring moves on, or an owner refuses by a ring
 * that this node has as well, the same cell goes out in a further round to the owners of now: a join may be repeated at will, and as
 * always only the last round counts, so that its acknowledgements are all of one placement. When only the owner knows the newer ring,
 * it is asked for it, and the call waits as long as it may.
 *
 * <p>A superseded owner counts as lost for its round, and a new round begins when the level cannot be reached without it, or after a
 * little patience: under contention most writes are done without a second round.
 *
 * <h2>Who misses the write</h2>
 *
 * <p>An owner that is believed dead when the last round is sent, or that has not acknowledged it by the deadline, or could not, is brought
 * the cell later: this node keeps a hint for it (Dynamo section 4.6), once, of the last round's cell. Owners that are merely slower than
 * the level needed are waited for by {@link LateAcknowledgements}. An owner that holds a greater cell misses nothing. A write of which
 * nothing was sent leaves no hint, since it is not to happen.
 *
 * <p>Such hints count for nothing, but at the level ANY, which one durable hint is enough for: then they are kept at once for the owners
 * that are dead, and for one that is silent when half of the time is gone.
 *
 * <h2>Sloppy quorums</h2>
 *
 * <p>When the caller says so, other nodes keep the hints ({@link StandIns}): for an owner that is dead or refuses, or is still silent when
 * half of the time is gone, one that is not an owner is sent the cell, and once it keeps it durably it counts in the owner's place. It does
 * not know of greater cells, so a sloppy write need not be above the writes before it, and no read meets it by arithmetic.
 */
final class PendingWrite implements Pending {

    /** Gives the cell to be written a new version; what was decided once, as the expiry, stays. */
    @FunctionalInterface
    interface Stamp {
        Cell stamped();
    }

    /** By one ring. */
    private static final int MOST_ROUNDS = 16;

    /** How long a superseded round may go on in the hope of the other owners: this share of the time that is left. */
    private static final int PATIENCE_SHARE = 32;

    /** When hints count: how long an owner may be silent before one is kept for it, as a share of the time that is left. */
    private static final int SILENCE_SHARE = 2;

    private final Coordinator coordinator;
    private final Track track;
    private final Stamp stamp;
    private final boolean sloppy;

    private Placement placement;
    private Requirement requirement;
    /** The owners that are believed alive, as of this round. */
    private int alive;

    /** Who stands in for whom in this round; null when nobody may. */
    private @Nullable StandIns standIns;

    private Tally tally;
    private Cell cell;
    private long id;
    private int rounds;
    private boolean ended;
    private boolean expired;
    /** Whether this round's requests have left. */
    private boolean sent;
    /** The owners that hold this round's cell or a greater one. */
    private int holders;
    /** The owners that refused this round's cell and are to be brought it later. */
    private int refusing;
    /** The owners that this round's cell is not to be brought to. */
    private int spared;
    /** The owners for whom this node was told to keep a hint of this round's cell. */
    private int hinted;
    /** The owners that a stand-in holds this round's cell for. */
    private int stoodInFor;
    /** The owners whose stand-in has yet to say so. */
    private int standInsAwaited;
    /** At the level ANY, hints of this round that are durable, and those that may become so. */
    private int hintsKept;

    private int hintsAwaited;
    /** The newest ring by which an owner has refused in this round. */
    private long refusedByEpoch;

    private @Nullable Version superseding;
    private @Nullable Failure refusal;
    private @Nullable Timer deadline;
    private @Nullable Timer patience;
    private @Nullable Timer silence;

    PendingWrite(Coordinator coordinator, Track track, Stamp stamp, Placement placement, boolean sloppy) {
        this.coordinator = coordinator;
        this.track = track;
        this.stamp = stamp;
        this.placement = placement;
        this.sloppy = sloppy && !track.level.equals(Level.ANY);
        this.requirement = placement.requirement(track.level);
        this.alive = coordinator.alive(placement);
        this.standIns = standIns();
        this.tally = tally();
        this.cell = stamp.stamped();
    }

    @Override
    public Track track() {
        return track;
    }

    @Override
    public Placement placement() {
        return placement;
    }

    private @Nullable StandIns standIns() {
        return sloppy ? new StandIns(placement, track.level, coordinator::isAlive) : null;
    }

    /** Counts the owners that are alive and those that somebody stands in for. */
    private Tally tally() {
        int possible = alive;
        for (int place = 0; standIns != null && place < placement.size(); place++) {
            int bit = 1 << place;
            if ((alive & bit) == 0 && requirement.gains(0, place, placement) && standIns.choose(place) != null) {
                possible |= bit;
            }
        }
        return new Tally(placement, requirement, possible);
    }

    void start() {
        track.foundAway(placement, placement.all() & ~alive);
        if (tally.isHopeless() && !doHintsCount()) {
            int possible = tally.possible();
            end(new Failed(new Failure.Unavailable(
                    requirement.counted(possible, placement), requirement.required(possible, placement))));
            return;
        }
        long leftNanos = track.deadlineNanos - track.startedNanos;
        if (leftNanos <= 0) {
            end(new Failed(new Failure.Timeout(0, tally.required(), Effect.NONE)));
            return;
        }
        deadline = coordinator.seams.timers().after(Duration.ofNanos(leftNanos), this::expire);
        sendRound();
        if (!ended && (doHintsCount() || sloppy)) {
            silence = coordinator.seams.timers().after(Duration.ofNanos(leftNanos / SILENCE_SHARE), this::noteSilence);
        }
    }

    private boolean doHintsCount() {
        return track.level.equals(Level.ANY);
    }

    private void sendRound() {
        rounds++;
        sent = true;
        long round = coordinator.nextId();
        id = round;
        coordinator.expect(id, this);
        PeerRequest.Join join = new PeerRequest.Join(id, placement.epoch, track.deadlineNanos, track.key, cell);
        for (int place = 0; place < placement.size(); place++) {
            if (place != placement.self && (alive & (1 << place)) != 0) {
                coordinator.ask(track, placement, place, join, track.reason());
            }
        }
        // The own copy last: it may answer at once, and that may end the round or begin the next.
        if (placement.self >= 0) {
            coordinator.ask(track, placement, placement.self, join, track.reason());
        }
        if (doHintsCount() && !ended && id == round) {
            hintAndCount(placement.all() & ~alive);
            advance();
        }
        for (int place = 0; standIns != null && place < placement.size() && !ended && id == round; place++) {
            if ((alive & (1 << place)) == 0 && standIns.of(place) != null) {
                askStandIn(place);
            }
        }
    }

    private void askStandIn(int place) {
        NodeId standIn = standIns == null ? null : standIns.of(place);
        if (standIn == null) {
            return;
        }
        long round = id;
        NodeId owner = placement.owners.get(place);
        standInsAwaited |= 1 << place;
        if (standIn.equals(coordinator.seams.self())) {
            hinted |= 1 << place;
            coordinator.hint(track, owner, cell, kept -> standInAnswered(round, place, kept));
        } else {
            coordinator.askStandIn(
                    track,
                    standIn,
                    new PeerRequest.Hint(round, placement.epoch, track.deadlineNanos, owner, track.key, cell));
        }
    }

    @Override
    public void receiveFromStandIn(long replyId, NodeId standIn, PeerReply reply) {
        int place = standIns == null ? -1 : standIns.placeOf(standIn);
        if (place < 0) {
            return;
        }
        if (reply instanceof PeerReply.Refused refused && replyId == id && !ended) {
            noteRefusal(refused);
        }
        standInAnswered(replyId, place, reply instanceof PeerReply.Kept);
    }

    private void standInAnswered(long round, int place, boolean kept) {
        int bit = 1 << place;
        if (ended || round != id || (standInsAwaited & bit) == 0) {
            return;
        }
        standInsAwaited &= ~bit;
        if (kept) {
            stoodInFor |= bit;
            tally.acknowledge(place);
        } else if (!callIn(bit) && (alive & ~refusing & bit) == 0) {
            tally.lose(place);
        }
        advance();
    }

    /**
     * Asks a stand-in, or another than before, to keep the cell for absent owners.
     *
     * @return whether for all of them somebody was asked
     */
    private boolean callIn(int absent) {
        // What is told at once may begin the next round.
        long round = id;
        boolean all = true;
        for (int place = 0; place < placement.size() && !ended && id == round; place++) {
            if ((absent & (1 << place)) != 0) {
                boolean called =
                        standIns != null && requirement.gains(0, place, placement) && standIns.choose(place) != null;
                all &= called;
                if (called) {
                    askStandIn(place);
                }
            }
        }
        return all;
    }

    /** Keeps hints that count: at the level ANY. */
    private void hintAndCount(int absent) {
        // What is told at once may begin the next round.
        long round = id;
        Placement ofRound = placement;
        Cell now = cell;
        int places = absent & ~hinted & ~own();
        hinted |= places;
        hintsAwaited += Integer.bitCount(places);
        for (int place = 0; place < ofRound.size(); place++) {
            if ((places & (1 << place)) != 0) {
                coordinator.hint(track, ofRound.owners.get(place), now, kept -> hintIsKept(round, kept));
            }
        }
    }

    private void hintIsKept(long round, boolean kept) {
        // One of a former round is a hint of a cell that is not the one to be acknowledged.
        if (ended || round != id) {
            return;
        }
        hintsAwaited--;
        if (kept) {
            hintsKept++;
        }
        advance();
    }

    /** Half of the time is gone: rather than wait for the rest of it, silent owners are taken for absent where hints count. */
    private void noteSilence() {
        if (ended) {
            return;
        }
        int silent = placement.all() & ~holders & ~hinted & ~spared;
        if (sloppy) {
            callIn(silent & alive & ~refusing & ~standInsAwaited & ~stoodInFor);
        } else if ((silent & ~own()) != 0) {
            hintAndCount(Integer.lowestOneBit(silent & ~own()));
        }
    }

    /** This node's place, for which it keeps no hint: what its own storage refused, a hint would not bring there. */
    private int own() {
        return placement.self < 0 ? 0 : 1 << placement.self;
    }

    @Override
    public void receive(long replyId, int place, PeerReply reply) {
        if (ended || replyId != id) {
            return;
        }
        switch (reply) {
            case PeerReply.Joined joined -> {
                Version greater = joined.superseding();
                if (greater == null) {
                    holders |= 1 << place;
                    tally.acknowledge(place);
                } else {
                    superseded(place, greater);
                }
            }
            // It is held, but an atomic operation may not have seen it: so it is to be stamped above that one.
            case PeerReply.Outbid outbid -> superseded(place, outbid.version());
            case PeerReply.Refused refused -> refused(place, refused);
            case PeerReply.Kept ignored -> {}
            case PeerReply.CellIs ignored -> {}
            case PeerReply.DigestIs ignored -> {}
            case PeerReply.Promised ignored -> {}
            case PeerReply.Accepted ignored -> {}
        }
        advance();
    }

    private void superseded(int place, Version greater) {
        holders |= 1 << place;
        tally.lose(place);
        if (superseding == null || greater.isAfter(superseding)) {
            superseding = greater;
        }
    }

    private void refused(int place, PeerReply.Refused reply) {
        int bit = 1 << place;
        noteRefusal(reply);
        if (!Pending.mayBeTakenLater(reply.failure())) {
            spared |= bit;
            tally.lose(place);
            return;
        }
        boolean isFirst = (refusing & bit) == 0;
        refusing |= bit;
        // By another ring the owner may be no owner: then it is for the next round to find out who is.
        boolean mayBeStoodInFor = sloppy && !(reply.failure() instanceof Failure.StaleRing);
        if (((stoodInFor | standInsAwaited) & bit) == 0 && !(isFirst && mayBeStoodInFor && callIn(bit))) {
            tally.lose(place);
        }
        if (doHintsCount()) {
            hintAndCount(bit);
        }
    }

    private void noteRefusal(PeerReply.Refused reply) {
        if (reply.failure() instanceof Failure.StaleRing) {
            refusedByEpoch = Math.max(refusedByEpoch, reply.epoch());
        }
        refusal = Pending.telling(refusal, reply.failure());
    }

    private void advance() {
        if (ended) {
            return;
        }
        if (tally.isMet()) {
            done(tally.counted(), Math.min(Integer.bitCount(stoodInFor & ~holders), tally.counted()));
        } else if (doHintsCount() && hintsKept > 0) {
            done(tally.counted() + 1, 1);
        } else if (isHopeless()) {
            if (coordinator.isOutdated(placement)) {
                routeAgain();
            } else if (superseding != null && rounds < MOST_ROUNDS) {
                restamp(superseding);
            } else if (!coordinator.isYetToCome(refusedByEpoch)) {
                end(new Failed(failure()));
            }
        } else if (superseding != null && patience == null) {
            long leftNanos = track.deadlineNanos - coordinator.seams.clock().monotonicNanos();
            patience = coordinator
                    .seams
                    .timers()
                    .after(Duration.ofNanos(Math.max(0, leftNanos / PATIENCE_SHARE)), this::loseHope);
        }
    }

    private void done(int acknowledged, int byStandIns) {
        coordinator.counters.writes++;
        coordinator.counters.standInsCounted += byStandIns;
        end(new Written(cell.version(), acknowledged, tally.required(), byStandIns));
    }

    private boolean isHopeless() {
        return tally.isHopeless() && hintsAwaited == 0;
    }

    /** The owners that have not answered are taking too long to wait for, while one is known to hold a greater cell. */
    private void loseHope() {
        if (!ended && superseding != null && rounds < MOST_ROUNDS) {
            restamp(superseding);
        }
    }

    private void restamp(Version greater) {
        long tooFarAhead = coordinator.hybridClock.millisTooFarAhead(greater);
        if (tooFarAhead > 0) {
            end(new Failed(new Failure.ClockDrift(tooFarAhead, Effect.UNKNOWN)));
            return;
        }
        coordinator.counters.restamps++;
        coordinator.hybridClock.observe(greater);
        cell = stamp.stamped();
        nextRound(Reason.RESTAMP);
    }

    @Override
    public void ringChanged() {
        if (ended) {
            return;
        }
        if (coordinator.isOutdated(placement)) {
            routeAgain();
        } else {
            advance();
        }
    }

    private void routeAgain() {
        coordinator.counters.reroutes++;
        placement = coordinator.placement(track.key, placement.replicas);
        requirement = placement.requirement(track.level);
        // Rounds are bounded against writes that supersede one another without end; the ring's changes come to an end.
        rounds = 0;
        if (superseding != null) {
            restamp(superseding);
        } else {
            nextRound(Reason.RING_CHANGE);
        }
    }

    private void nextRound(Reason why) {
        cancelPatience();
        superseding = null;
        refusal = null;
        refusedByEpoch = 0;
        coordinator.forget(id);
        sent = false;
        holders = 0;
        refusing = 0;
        spared = 0;
        hinted = 0;
        hintsKept = 0;
        hintsAwaited = 0;
        stoodInFor = 0;
        standInsAwaited = 0;
        alive = coordinator.alive(placement);
        track.beginAgain(why, placement);
        track.foundAway(placement, placement.all() & ~alive);
        standIns = standIns();
        tally = tally();
        if (tally.isHopeless() && !doHintsCount()) {
            end(new Failed(failure()));
        } else {
            sendRound();
        }
    }

    private void expire() {
        if (!ended) {
            expired = true;
            track.timedOut(Ask.JOIN, Ask.HINT);
            end(new Failed(tally.isHopeless() ? failure() : timeout()));
        }
    }

    private Failure timeout() {
        return new Failure.Timeout(tally.counted(), tally.required(), Effect.UNKNOWN);
    }

    /** Why the level cannot be reached: an owner's own word, with what is known of the whole write. */
    private Failure failure() {
        return Pending.withUnknownEffect(refusal, timeout());
    }

    private void cancelPatience() {
        if (patience != null) {
            patience.cancel();
            patience = null;
        }
    }

    private void end(Result result) {
        ended = true;
        int missing = sent ? placement.all() & ~holders & ~spared & ~stoodInFor & ~hinted & ~own() : 0;
        int silent = expired ? 0 : missing & ((alive & ~refusing) | standInsAwaited);
        if (silent == 0) {
            coordinator.forget(id);
        } else {
            coordinator.lateAcknowledgements.await(id, track, placement, cell, silent, standIns);
        }
        cancelPatience();
        if (silence != null) {
            silence.cancel();
        }
        if (deadline != null) {
            deadline.cancel();
        }
        if (result instanceof Failed) {
            coordinator.counters.writesFailed++;
        }
        coordinator.hint(track, placement, missing & ~silent, cell);
        track.end(result);
    }
}
