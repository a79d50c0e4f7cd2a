package io.murmur.quorum;

import io.murmur.kernel.Timers.Timer;
import io.murmur.kernel.data.Cell;
import io.murmur.kernel.message.Failure;
import io.murmur.kernel.message.PeerReply;
import io.murmur.kernel.message.Trace.Ask;
import io.murmur.kernel.message.Trace.Reason;
import org.jspecify.annotations.Nullable;

/**
 * The second half of a get whose owners disagreed: the greatest cell found is made durable at as many owners as the level needs
 * <i>before</i> it is answered. Whoever reads next meets one of them, so quorum reads never go back in time (invariant 3). An owner that
 * refuses is replaced by another at once. When the ring moves on the whole read starts again: what was read by the former is no majority
 * of the new one.
 */
final class BlockingRepair implements Pending {

    private final ReadCall call;
    private final Coordinator coordinator;
    private final Cell joined;
    private final Tally tally;
    private final long id;

    /** Owners that are believed dead or have refused. */
    private int lost;
    /** Owners that hold the joined cell or were told to. */
    private int toldToHold;
    /** The newest ring by which an owner has refused. */
    private long refusedByEpoch;

    private boolean ended;
    private @Nullable Failure refusal;
    private @Nullable Timer deadline;

    /**
     * @param lost owners that cannot be counted on
     * @param refusal what one of them said
     */
    BlockingRepair(ReadCall call, Cell joined, int lost, @Nullable Failure refusal) {
        this.call = call;
        this.coordinator = call.coordinator;
        this.joined = joined;
        this.lost = lost;
        this.refusal = refusal;
        this.tally = new Tally(call.placement, call.requirement, call.placement.all() & ~lost);
        this.id = coordinator.nextId();
    }

    @Override
    public Track track() {
        return call.track;
    }

    @Override
    public Placement placement() {
        return call.placement;
    }

    /**
     * @param holders owners that hold the cell already, so that it counts: too few for the level
     * @param stale owners that hold a lesser one: with the others enough
     */
    void start(int holders, int stale) {
        for (int place = 0; place < call.placement.size(); place++) {
            if ((holders & (1 << place)) != 0) {
                tally.acknowledge(place);
            }
        }
        toldToHold = holders;
        coordinator.expect(id, this);
        deadline = call.atDeadline(this::expire);
        send(stale, Reason.DISAGREEMENT);
    }

    private void send(int stale, Reason why) {
        toldToHold |= stale;
        call.repair(stale, id, joined, why);
    }

    @Override
    public void receive(long replyId, int place, PeerReply reply) {
        if (ended || replyId != id) {
            return;
        }
        switch (reply) {
            // Or a greater one, that nobody had prepared before this one came: as good for whoever reads or prepares
            // next.
            case PeerReply.Joined ignored -> tally.acknowledge(place);
            case PeerReply.Outbid ignored -> outbid(place);
            case PeerReply.Refused refused -> refused(place, refused);
            case PeerReply.CellIs ignored -> {}
            case PeerReply.DigestIs ignored -> {}
            case PeerReply.Kept ignored -> {}
            case PeerReply.Promised ignored -> {}
            case PeerReply.Accepted ignored -> {}
        }
        advance();
    }

    /**
     * It is held, below a promise, or below a greater cell that may hide one. Were it answered, an atomic operation under way could still take
     * effect without it.
     */
    private void outbid(int place) {
        if (call.isOrdered()) {
            close();
            call.inOrder();
        } else {
            tally.acknowledge(place);
        }
    }

    private void refused(int place, PeerReply.Refused reply) {
        int bit = 1 << place;
        if ((tally.acknowledged() & bit) != 0) {
            return;
        }
        if (reply.failure() instanceof Failure.StaleRing) {
            refusedByEpoch = Math.max(refusedByEpoch, reply.epoch());
        }
        lost |= bit;
        tally.lose(place);
        refusal = Pending.telling(refusal, reply.failure());
        send(call.replacements(toldToHold | lost, toldToHold & ~lost), Reason.REPLACEMENT);
    }

    @Override
    public void ringChanged() {
        if (coordinator.isOutdated(call.placement)) {
            readAgain();
        } else {
            advance();
        }
    }

    private void readAgain() {
        close();
        new PendingRead(call.routedAgain()).start();
    }

    private void advance() {
        if (ended) {
            return;
        }
        if (tally.isMet()) {
            close();
            call.answer(joined, tally.acknowledged());
        } else if (tally.isHopeless()) {
            if (coordinator.isOutdated(call.placement)) {
                readAgain();
            } else if (!coordinator.isYetToCome(refusedByEpoch)) {
                fail();
            }
        }
    }

    private void expire() {
        if (!ended) {
            call.track.timedOut(Ask.REPAIR);
            fail();
        }
    }

    private void fail() {
        close();
        call.fail(refusal != null && tally.isHopeless() ? refusal : call.timeout(tally.acknowledged()));
    }

    private void close() {
        ended = true;
        coordinator.forget(id);
        if (deadline != null) {
            deadline.cancel();
        }
    }
}
