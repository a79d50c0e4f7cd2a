package io.murmur.quorum;

import io.murmur.kernel.Level;
import io.murmur.kernel.Timers.Timer;
import io.murmur.kernel.data.Cell;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.data.Version;
import io.murmur.kernel.message.Failure;
import io.murmur.kernel.message.Failure.Effect;
import io.murmur.kernel.message.PeerReply;
import io.murmur.kernel.message.PeerReply.Link;
import io.murmur.kernel.message.PeerRequest;
import io.murmur.kernel.message.Trace.Ask;
import io.murmur.kernel.message.Trace.Reason;
import io.murmur.kernel.ring.NodeId;
import io.murmur.quorum.ChangeCall.Applied;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The atomic operations of one key that this shard coordinates: CASPaxos (D. Rystsov, "CASPaxos: Replicated State Machines without logs",
 * 2018) over the owners' cells. The ballot of a proposal is the version of the cell that it writes, so that what has been accepted
 * is a cell like any other, and its join is all that owners need to become equal.
 *
 * <ol>
 *   <li><i>Prepare</i>: a majority of the owners promise a ballot, and say what they hold.
 *   <li>The greatest of these cells is what the key holds. All operations that wait are applied to it, each to what the one before has left.
 *   <li><i>Accept</i>: a majority joins the result, with the ballot as its version, unless a greater one has been promised meanwhile.
 * </ol>
 *
 * <p>Nothing is written when nothing changes, and the cell, or that there is none, is <i>settled</i> at a majority ({@link Ballots}): no
 * operation with a greater ballot can miss it. Otherwise the same value is accepted with the new ballot.
 *
 * <p>When the same shard goes on changing a key, owners promise its next ballot as they accept a cell ({@link Lease}). Then the second phase is
 * all there is: a majority has promised, and held just that cell as it did.
 *
 * <h2>Plain writes</h2>
 *
 * <p>They go on as ever: a join needs nobody's leave. But one that comes below a promise counts for nobody, and is stamped anew above it. So
 * let x be settled at a majority, and an operation of a greater ballot prepared at another; they have an owner in common. Had it promised
 * before x came, x would not be settled there; so x came before, and the operation has seen it. Hence plain writes at majorities and
 * atomic operations are in one order, that of their versions, and none is lost to the other.
 *
 * <h2>In doubt</h2>
 *
 * <p>When a cell may have been accepted by some owners and not by enough, whether its operations take effect is up to whoever prepares next:
 * this shard itself, at once, with a greater ballot. What a majority holds then is a cell older than the one in doubt, which from then on
 * nobody will make anything of; or it is that one, or was made of it; or it was not. Owners know which cell was made of which
 * ({@link Link}), and where they do not any more, the outcome is unknown. Operations whose cell is out of the question are applied anew.
 *
 * <h2>While the ring changes</h2>
 *
 * <p>A promise is one to coordinators that see the partition alike. So by another ring all begins with a new ballot, what was accepted of the
 * former one being in doubt.
 */
final class PendingChange implements Pending {

    /** Operations of one key that may wait for each other. */
    static final int MOST_WAITING = 1024;

    /** Operations that are applied together. */
    static final int MOST_AT_ONCE = 256;

    /** How long owners may be silent before all begins anew: this share of the time that is left. */
    private static final int SILENCE_SHARE = 4;

    /** And when one is known to have promised a greater ballot. */
    private static final int PATIENCE_SHARE = 32;

    private static final int LONGEST_PAUSE_LOG_MILLIS = 6;

    /** No request has this id. */
    private static final long NONE = -1;

    /** The shortest silence that all begins anew after. */
    private static final long LEAST_SILENCE_NANOS = 10_000_000;

    private enum Phase {
        PREPARING,
        ACCEPTING,
        PAUSED,
        ENDED
    }

    /** A cell that some owners may have accepted, and what it would mean. */
    private record Doubt(Version version, List<Applied<?>> applied) {}

    private final Coordinator coordinator;
    private final Key key;
    private final int replicas;
    private final Deque<ChangeCall<?>> waiting = new ArrayDeque<>();
    /** Those that have come since the promises of now were asked for. */
    private final Set<ChangeCall<?>> late = new HashSet<>();
    /** The least version first. */
    private final List<Doubt> doubts = new ArrayList<>();

    private Placement placement;
    private Requirement requirement;
    private Track track;
    private Phase phase = Phase.PAUSED;
    private long id = NONE;
    private int conflicts;
    private Tally tally;
    private int alive;
    private int answered;
    private Version ballot;
    private long deadlineNanos;

    /** What owners have said when they promised. */
    private @Nullable Cell[] held = new Cell[0];

    private int settled;
    private final List<Link> links = new ArrayList<>();

    /** What is being accepted, and what it means. */
    private @Nullable Cell accepting;

    private List<Applied<?>> batch = List.of();
    /** Those of a cell that was in doubt and has turned out to count, once this one does. */
    private List<Applied<?>> established = List.of();

    /** Owners that have refused this round's request, and will refuse it whenever it comes. */
    private int outbid;
    /** Owners that refused it and are to be brought it later. */
    private int refusing;

    /** Whether this shard has changed the key just before. */
    private boolean isFollowUp;

    private boolean isInOneTrip;
    /** The ballot that is to be promised with the cell being accepted. */
    private @Nullable Version next;

    private @Nullable Version greater;
    private @Nullable Failure refusal;
    private long refusedByEpoch;
    private @Nullable Timer timer;
    private boolean isPatienceShort;

    /** @param first the operation that it begins with */
    PendingChange(Coordinator coordinator, Key key, Placement placement, ChangeCall<?> first) {
        this.coordinator = coordinator;
        this.key = key;
        this.replicas = placement.replicas;
        this.placement = placement;
        this.requirement = placement.requirement(Level.SERIAL);
        this.tally = new Tally(placement, requirement, 0);
        this.track = first.track;
        this.ballot = coordinator.hybridClock.stamp();
        add(first);
    }

    @Override
    public Track track() {
        return track;
    }

    @Override
    public Placement placement() {
        return placement;
    }

    boolean isFull() {
        return waiting.size() >= MOST_WAITING;
    }

    /** A further operation: of the next round, if one is under way. */
    void add(ChangeCall<?> call) {
        waiting.add(call);
        if (phase == Phase.PREPARING) {
            late.add(call);
        }
        long leftNanos = call.track.deadlineNanos - coordinator.seams.clock().monotonicNanos();
        call.endsAt(coordinator.seams.timers().after(Duration.ofNanos(Math.max(0, leftNanos)), () -> expire(call)));
    }

    // ---- the first phase

    /** Begins with a new ballot, by the ring of now. */
    void begin() {
        stopTimer();
        ChangeCall<?> lead = lead();
        if (lead == null) {
            end();
            return;
        }
        if (coordinator.isOutdated(placement)) {
            coordinator.counters.reroutes++;
            placement = coordinator.placement(key, replicas);
            requirement = placement.requirement(Level.SERIAL);
        }
        held = new Cell[placement.size()];
        settled = 0;
        links.clear();
        late.clear();
        Lease lease = coordinator.leases.take(key, placement.epoch);
        isFollowUp = lease != null;
        isInOneTrip = false;
        if (lease != null && doubts.isEmpty() && goesOn(lease)) {
            return;
        }
        ballot = coordinator.hybridClock.stamp();
        if (nextRound(Phase.PREPARING)) {
            Version since = doubts.isEmpty() ? null : doubts.get(0).version();
            send(new PeerRequest.Prepare(id, placement.epoch, deadlineNanos, key, ballot, since));
        }
    }

    /**
     * The first phase has been done together with the second one before: a majority has accepted the cell and promised the next ballot with it.
     *
     * @return false when the first phase is needed
     */
    private boolean goesOn(Lease lease) {
        Version next = lease.next();
        long now = coordinator.seams.clock().wallMillis();
        if (next == null || now - next.wallMillis() > Lease.LONGEST_MILLIS) {
            return false;
        }
        ballot = next;
        Application application = applyAll(lease.cell(), now);
        if (phase == Phase.ENDED) {
            return true;
        }
        if (!application.isChanged()) {
            return false;
        }
        batch = application.applied();
        isInOneTrip = true;
        accept(application.cell(ballot), lease.cell());
        return true;
    }

    /** Whose track the requests are noted in; null when nobody waits any longer. */
    private @Nullable ChangeCall<?> lead() {
        waiting.removeIf(ChangeCall::isAnswered);
        ChangeCall<?> lead = waiting.peekFirst();
        deadlineNanos = coordinator.seams.clock().monotonicNanos();
        for (ChangeCall<?> call : waiting) {
            if (call.track.deadlineNanos - deadlineNanos > 0) {
                deadlineNanos = call.track.deadlineNanos;
            }
        }
        if (lead != null) {
            track = lead.track;
        }
        return lead;
    }

    /** @return whether there are enough owners for it */
    private boolean nextRound(Phase phaseOfRound) {
        coordinator.forget(id);
        phase = phaseOfRound;
        id = coordinator.nextId();
        coordinator.expect(id, this);
        alive = coordinator.alive(placement);
        tally = new Tally(placement, requirement, alive);
        answered = 0;
        outbid = 0;
        refusing = 0;
        greater = null;
        refusal = null;
        refusedByEpoch = 0;
        isPatienceShort = false;
        track.foundAway(placement, placement.all() & ~alive);
        if (tally.isHopeless()) {
            fail(new Failure.Unavailable(
                    requirement.counted(alive, placement), requirement.required(alive, placement)));
            return false;
        }
        beginAnewAfter(SILENCE_SHARE);
        return true;
    }

    private void send(PeerRequest request) {
        long round = id;
        for (int place = 0; place < placement.size(); place++) {
            if (place != placement.self && (alive & (1 << place)) != 0) {
                coordinator.ask(track, placement, place, request, track.reason());
            }
        }
        // The own copy last: it may answer at once, and that may end the round or begin the next.
        if (placement.self >= 0 && id == round) {
            coordinator.ask(track, placement, placement.self, request, track.reason());
        }
    }

    @Override
    public void receive(long replyId, int place, PeerReply reply) {
        int bit = 1 << place;
        if (replyId != id || phase == Phase.ENDED || (answered & bit) != 0) {
            return;
        }
        switch (reply) {
            case PeerReply.Promised promised -> {
                if (phase != Phase.PREPARING) {
                    return;
                }
                answered |= bit;
                held[place] = promised.cell();
                settled |= promised.settled() ? bit : 0;
                links.addAll(promised.links());
                tally.acknowledge(place);
            }
            case PeerReply.Accepted ignored -> {
                if (phase != Phase.ACCEPTING) {
                    return;
                }
                answered |= bit;
                tally.acknowledge(place);
            }
            case PeerReply.Outbid by -> {
                answered |= bit;
                // Who goes by a floor has forgotten what it has promised, and may have forgotten what it has let
                // through.
                outbid |= by.version().node().equals(NodeId.GREATEST) ? 0 : bit;
                tally.lose(place);
                if (greater == null || by.version().isAfter(greater)) {
                    greater = by.version();
                }
            }
            case PeerReply.Refused refused -> {
                answered |= bit;
                refused(bit, refused);
                tally.lose(place);
            }
            case PeerReply.Joined ignored -> {}
            case PeerReply.Kept ignored -> {}
            case PeerReply.CellIs ignored -> {}
            case PeerReply.DigestIs ignored -> {}
        }
        advance();
    }

    private void refused(int bit, PeerReply.Refused reply) {
        if (reply.failure() instanceof Failure.StaleRing) {
            // It may have let the request through by the former ring, when that came twice.
            refusedByEpoch = Math.max(refusedByEpoch, reply.epoch());
        } else if (Pending.mayBeTakenLater(reply.failure())) {
            refusing |= bit;
        }
        refusal = Pending.telling(refusal, reply.failure());
    }

    private void advance() {
        switch (phase) {
            case PREPARING, ACCEPTING -> {
                if (tally.isMet()) {
                    if (phase == Phase.PREPARING) {
                        decide();
                    } else {
                        accepted();
                    }
                } else if (tally.isHopeless() && !mayAllHaveRefused()) {
                    giveUpRound();
                } else if (greater != null && !isPatienceShort) {
                    isPatienceShort = true;
                    beginAnewAfter(PATIENCE_SHARE);
                }
            }
            case PAUSED, ENDED -> {}
        }
    }

    /** Then nothing is in doubt; and who has yet to answer mostly does so soon. */
    private boolean mayAllHaveRefused() {
        return phase == Phase.ACCEPTING
                && greater != null
                && (alive & ~answered) != 0
                && (answered & ~outbid) == 0
                && !coordinator.isOutdated(placement);
    }

    private void giveUpRound() {
        if (coordinator.isOutdated(placement)) {
            beginAnew(Reason.RING_CHANGE);
        } else if (greater != null) {
            outbidBy(greater);
        } else if (!coordinator.isYetToCome(refusedByEpoch)) {
            noteDoubt();
            fail(refusal == null ? timeout() : refusal);
        }
    }

    /** Somebody else has come first; whoever tries again at once may only keep the other from it. */
    private void outbidBy(Version version) {
        long tooFarAhead = coordinator.hybridClock.millisTooFarAhead(version);
        noteDoubt();
        if (tooFarAhead > 0) {
            fail(new Failure.ClockDrift(tooFarAhead, Effect.NONE));
            return;
        }
        coordinator.hybridClock.observe(version);
        coordinator.counters.changeConflicts++;
        int longest = 1 << Math.min(conflicts++, LONGEST_PAUSE_LOG_MILLIS);
        pause(Duration.ofNanos((long) (coordinator.seams.random().nextDouble() * longest * 1_000_000)));
    }

    private void pause(Duration time) {
        phase = Phase.PAUSED;
        coordinator.forget(id);
        stopTimer();
        timer = coordinator.seams.timers().after(time, () -> {
            timer = null;
            track.beginAgain(Reason.CONFLICT, placement);
            begin();
        });
    }

    private void beginAnewAfter(int shareOfTheTimeLeft) {
        stopTimer();
        long leftNanos = Math.max(0, deadlineNanos - coordinator.seams.clock().monotonicNanos());
        timer = coordinator
                .seams
                .timers()
                .after(Duration.ofNanos(Math.max(LEAST_SILENCE_NANOS, leftNanos / shareOfTheTimeLeft)), () -> {
                    timer = null;
                    if (greater == null) {
                        track.timedOut(Ask.PREPARE, Ask.ACCEPT);
                        beginAnew(Reason.REPLACEMENT);
                    } else {
                        outbidBy(greater);
                    }
                });
    }

    private void beginAnew(Reason why) {
        noteDoubt();
        track.beginAgain(why, placement);
        begin();
    }

    private void stopTimer() {
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
    }

    /** What was being accepted has not been by enough owners. Unless all have refused, for good, it may yet count. */
    private void noteDoubt() {
        Cell cell = accepting;
        if (phase == Phase.ACCEPTING && cell != null && (alive & ~outbid) != 0) {
            doubts.add(new Doubt(cell.version(), beingAccepted()));
        }
        accepting = null;
        batch = List.of();
        established = List.of();
    }

    private List<Applied<?>> beingAccepted() {
        List<Applied<?>> all = new ArrayList<>(established);
        all.addAll(batch);
        return all;
    }

    // ---- in between

    /** A majority has promised. */
    private void decide() {
        Cell current = null;
        for (Cell one : held) {
            current = Cell.join(current, one);
        }
        if (current != null && !ballot.isAfter(current.version())) {
            outbidBy(current.version());
            return;
        }
        if (!doubts.isEmpty()) {
            resolveDoubts(current);
        }
        apply(current);
    }

    /** Goes back from what the key holds to what it was made of, to see whether a cell in doubt is among that. */
    private void resolveDoubts(@Nullable Cell current) {
        Version least = doubts.get(0).version();
        Version at = current == null ? null : current.version();
        while (at != null && !least.isAfter(at)) {
            for (Doubt doubt : doubts) {
                if (doubt.version().equals(at)) {
                    established = doubt.applied();
                    return;
                }
            }
            Link link = linkOf(at);
            if (link == null) {
                giveUpDoubtful();
                return;
            }
            at = link.basis();
        }
    }

    private @Nullable Link linkOf(Version version) {
        for (Link link : links) {
            if (link.version().equals(version)) {
                return link;
            }
        }
        return null;
    }

    /** A plain write has come over it, or too much has happened since: nobody knows any more whether it was part of that. */
    private void giveUpDoubtful() {
        Set<ChangeCall<?>> doubtful = inDoubt();
        doubts.clear();
        Failure unknown = new Failure.Timeout(tally.counted(), tally.required(), Effect.UNKNOWN);
        doubtful.forEach(call -> failOne(call, unknown));
    }

    /** Those that may have changed something. The others can be applied anew, whatever has become of the cell. */
    private Set<ChangeCall<?>> inDoubt() {
        Set<ChangeCall<?>> calls = new LinkedHashSet<>();
        doubts.forEach(doubt -> addChanging(doubt.applied(), calls));
        return calls;
    }

    private static void addChanging(List<Applied<?>> all, Set<ChangeCall<?>> calls) {
        for (Applied<?> applied : all) {
            if (!(applied.step() instanceof Change.Step.Keep<?>)) {
                calls.add(applied.call());
            }
        }
    }

    /**
     * What comes of the operations that wait.
     *
     * @param state what the key is to hold
     */
    private record Application(List<Applied<?>> applied, Cell.@Nullable Live state, boolean isChanged) {
        Cell cell(Version ballot) {
            return state == null ? new Cell.Tombstone(ballot) : state;
        }
    }

    private void apply(@Nullable Cell current) {
        long now = coordinator.seams.clock().wallMillis();
        Application application = applyAll(current, now);
        if (phase != Phase.PREPARING) {
            // Whoever was told of a failure may have been the last.
            return;
        }
        batch = application.applied();
        if (batch.isEmpty() && established.isEmpty()) {
            begin();
        } else if (application.isChanged()) {
            accept(application.cell(ballot), current);
        } else if (doubts.isEmpty() && standsAsItIs(current, now)) {
            stands(current);
        } else {
            Cell.Live visible = Cell.visible(current, now);
            accept(
                    visible == null
                            ? new Cell.Tombstone(ballot)
                            : new Cell.Live(ballot, visible.expiresAtMillis(), visible.value()),
                    current);
        }
    }

    private Application applyAll(@Nullable Cell current, long now) {
        Cell.Live state = Cell.visible(current, now);
        boolean isChanged = false;
        List<Applied<?>> all = new ArrayList<>();
        for (ChangeCall<?> call : List.copyOf(waiting)) {
            if (call.isAnswered() || isEstablished(call)) {
                continue;
            }
            if (all.size() == MOST_AT_ONCE) {
                break;
            }
            Applied<?> applied = call.apply(Cell.visible(state, now), now);
            Failure refusal = coordinator.refusal(applied.step());
            if (refusal != null) {
                failOne(call, refusal);
                continue;
            }
            all.add(applied);
            switch (applied.step()) {
                case Change.Step.Keep<?> ignored -> {}
                case Change.Step.Put<?> put -> {
                    state = new Cell.Live(ballot, put.expiresAtMillis(), put.value());
                    isChanged = true;
                }
                case Change.Step.Remove<?> ignored -> {
                    isChanged |= state != null || current instanceof Cell.Live;
                    state = null;
                }
            }
        }
        return new Application(all, state, isChanged);
    }

    private boolean isEstablished(ChangeCall<?> call) {
        return established.stream().anyMatch(applied -> applied.call() == call);
    }

    /**
     * Whether nobody can miss what the key holds, and nobody will see otherwise. A value that has expired a moment ago may be alive by another's
     * clock, who would see what is gone for others: a deletion has to take its place.
     */
    private boolean standsAsItIs(@Nullable Cell current, long now) {
        return current == null
                || (!coordinator.hasExpiredJustNow(current, now)
                        && requirement.isMetBy(settled & holdersOf(current), placement));
    }

    private int holdersOf(@Nullable Cell current) {
        int holders = 0;
        for (int place = 0; place < held.length; place++) {
            Cell cell = held[place];
            boolean isSame = current == null ? cell == null : cell != null && Cell.compare(cell, current) == 0;
            if (isSame && (tally.acknowledged() & (1 << place)) != 0) {
                holders |= 1 << place;
            }
        }
        return holders;
    }

    /**
     * Nothing has changed, and nothing need be written. Whoever came while owners answered may have seen elsewhere what has been accepted since they
     * did, and no accept of its own would tell: it is for the next round.
     */
    private void stands(@Nullable Cell current) {
        int holders = Integer.bitCount(holdersOf(current));
        List<Applied<?>> inTime =
                batch.stream().filter(applied -> !late.contains(applied.call())).toList();
        done(inTime, current == null ? null : current.version(), holders);
    }

    // ---- the second phase

    private void accept(Cell cell, @Nullable Cell basis) {
        accepting = cell;
        next = isFollowUp && cell.weightBytes() <= Lease.MOST_BYTES ? coordinator.hybridClock.stamp() : null;
        List<Link> lineage = lineage(cell.version(), basis);
        if (nextRound(Phase.ACCEPTING)) {
            send(new PeerRequest.Accept(id, placement.epoch, deadlineNanos, key, cell, lineage, next));
        }
    }

    /**
     * What the cell is made of; and what that was made of, unless it is settled: then those who accept this one may not know, and be asked by
     * somebody who is in doubt.
     */
    private List<Link> lineage(Version version, @Nullable Cell basis) {
        List<Link> lineage = new ArrayList<>();
        Link link = new Link(version, basis == null ? null : basis.version());
        boolean isKnown = basis == null || isInOneTrip || requirement.isMetBy(settled & holdersOf(basis), placement);
        while (link != null && lineage.size() <= Ballots.FEW_LINKS) {
            lineage.add(link);
            link = isKnown || link.basis() == null ? null : linkOf(link.basis());
        }
        return List.copyOf(lineage);
    }

    private void accepted() {
        Cell cell = Objects.requireNonNull(accepting);
        List<Applied<?>> all = beingAccepted();
        leaveHints(cell);
        doubts.clear();
        if (isInOneTrip) {
            coordinator.counters.changesInOneTrip++;
        }
        if (conflicts == 0) {
            coordinator.leases.keep(key, new Lease(cell, next, placement.epoch));
        }
        done(all, cell.version(), Integer.bitCount(tally.acknowledged()));
    }

    /** For owners that are away or have refused, and, once the deadline has passed, for those that have yet to answer. */
    private void leaveHints(Cell cell) {
        int own = placement.self < 0 ? 0 : 1 << placement.self;
        int silent = alive & ~answered & ~own;
        int missing = ((placement.all() & ~alive) | refusing) & ~own;
        if (silent != 0) {
            coordinator.lateAcknowledgements.await(id, track, placement, cell, silent, null);
            id = NONE;
        }
        coordinator.hint(track, placement, missing, cell);
    }

    private void done(List<Applied<?>> all, @Nullable Version version, int holders) {
        coordinator.forget(id);
        stopTimer();
        phase = Phase.PAUSED;
        accepting = null;
        batch = List.of();
        established = List.of();
        conflicts = 0;
        int required = tally.required();
        all.forEach(applied -> applied.done(version, holders, required));
        if (phase != Phase.ENDED) {
            begin();
        }
    }

    // ---- ends

    private void expire(ChangeCall<?> call) {
        if (call.isAnswered()) {
            return;
        }
        Set<ChangeCall<?>> doubtful = inDoubt();
        if (phase == Phase.ACCEPTING) {
            addChanging(beingAccepted(), doubtful);
        }
        boolean isDoubtful = doubtful.contains(call);
        if (call.track == track) {
            track.timedOut(Ask.PREPARE, Ask.ACCEPT);
        }
        failOne(
                call,
                new Failure.Timeout(tally.counted(), tally.required(), isDoubtful ? Effect.UNKNOWN : Effect.NONE));
        if (phase != Phase.ENDED && waiting.stream().allMatch(ChangeCall::isAnswered)) {
            end();
        }
    }

    /** None of those that wait can be done. */
    private void fail(Failure failure) {
        Set<ChangeCall<?>> doubtful = inDoubt();
        List<ChangeCall<?>> all = List.copyOf(waiting);
        Failure unknown = Pending.withUnknownEffect(
                failure, new Failure.Timeout(tally.counted(), tally.required(), Effect.UNKNOWN));
        Failure none = Pending.withoutEffect(failure);
        end();
        all.forEach(call -> failOne(call, doubtful.contains(call) ? unknown : none));
    }

    private void failOne(ChangeCall<?> call, Failure failure) {
        if (!call.isAnswered() && failure.effect() == Effect.UNKNOWN) {
            coordinator.counters.changesUnknown++;
        }
        call.fail(failure);
    }

    private void end() {
        phase = Phase.ENDED;
        coordinator.forget(id);
        coordinator.ended(this);
        waiting.clear();
        stopTimer();
    }

    private Failure timeout() {
        return new Failure.Timeout(tally.counted(), tally.required(), Effect.NONE);
    }

    @Override
    public void ringChanged() {
        switch (phase) {
            case PREPARING, ACCEPTING -> {
                if (coordinator.isOutdated(placement)) {
                    beginAnew(Reason.RING_CHANGE);
                } else {
                    advance();
                }
            }
            case PAUSED, ENDED -> {}
        }
    }

    Key key() {
        return key;
    }
}
