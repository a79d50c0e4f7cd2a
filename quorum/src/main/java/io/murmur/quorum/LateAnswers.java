package io.murmur.quorum;

import io.murmur.kernel.Timers.Timer;
import io.murmur.kernel.data.Cell;
import io.murmur.kernel.data.Digest;
import io.murmur.kernel.message.PeerReply;
import io.murmur.kernel.message.PeerRequest;
import io.murmur.kernel.message.Trace.Ask;
import io.murmur.kernel.message.Trace.Reason;
import org.jspecify.annotations.Nullable;

/**
 * What a read still learns after it has answered; whoever turns out to hold less is repaired in the background (Dynamo section 5, read
 * repair), until the read's deadline. Nobody waits for it.
 *
 * <p>A hedged read learns the slow owner's copy, for which no further request is made. A sampled read at ONE ({@link
 * QuorumSettings#backgroundRepairShare}) asks all other live owners for their digests, and for the cell where a digest is not that of a lesser
 * one: so what is read often is mended soon, though no read at ONE finds a disagreement out by itself.
 */
final class LateAnswers implements Pending {

    private final ReadCall call;
    private final long id;
    /** The greatest cell found. */
    private @Nullable Cell greatest;
    /** The owners that hold it or were told to. */
    private int holders;

    private int outstanding;
    private @Nullable Timer deadline;

    /**
     * @param id of the read, which has been forgotten
     * @param answer the cell the read was answered with
     * @param holders the owners that hold it or were told to
     * @param outstanding the owners that have yet to say what they hold
     */
    LateAnswers(ReadCall call, long id, @Nullable Cell answer, int holders, int outstanding) {
        this.call = call;
        this.id = id;
        this.greatest = answer;
        this.holders = holders;
        this.outstanding = outstanding;
    }

    /**
     * @param others further owners that are asked what they hold
     */
    void await(int others) {
        call.coordinator.expect(id, this);
        deadline = call.atDeadline(this::expire);
        outstanding |= others;
        for (int place = 0; place < call.placement.size(); place++) {
            if ((others & (1 << place)) != 0) {
                call.coordinator.ask(
                        call.track,
                        call.placement,
                        place,
                        new PeerRequest.ReadDigest(id, call.placement.epoch, call.track.deadlineNanos, call.track.key),
                        Reason.SAMPLE);
            }
        }
    }

    @Override
    public Track track() {
        return call.track;
    }

    @Override
    public Placement placement() {
        return call.placement;
    }

    @Override
    public void receive(long replyId, int place, PeerReply reply) {
        int bit = 1 << place;
        if (replyId != id || (outstanding & bit) == 0) {
            return;
        }
        outstanding &= ~bit;
        switch (reply) {
            case PeerReply.CellIs late -> learn(bit, late.cell());
            case PeerReply.DigestIs late -> learn(place, late.digest());
            case PeerReply.Refused ignored -> {}
            case PeerReply.Joined ignored -> {}
            case PeerReply.Kept ignored -> {}
            case PeerReply.Promised ignored -> {}
            case PeerReply.Accepted ignored -> {}
            case PeerReply.Outbid ignored -> {}
        }
        if (outstanding == 0) {
            end();
        }
    }

    private void learn(int bit, @Nullable Cell cell) {
        Cell joined = Cell.join(cell, greatest);
        if (joined == null) {
            return;
        }
        if (isLesser(cell, joined)) {
            repair(bit, joined);
            return;
        }
        if (isLesser(greatest, joined)) {
            int stale = holders;
            greatest = joined;
            holders = 0;
            repair(stale, joined);
        }
        holders |= bit;
    }

    private void learn(int place, @Nullable Digest digest) {
        int bit = 1 << place;
        Cell known = greatest;
        if (known != null && PendingRead.isOlder(digest, known)) {
            repair(bit, known);
        } else if (digest == null || (known != null && digest.equals(Digest.of(known)))) {
            holders |= bit;
        } else if (call.isSampled) {
            outstanding |= bit;
            call.coordinator.ask(
                    call.track,
                    call.placement,
                    place,
                    new PeerRequest.Read(id, call.placement.epoch, call.track.deadlineNanos, call.track.key),
                    Reason.DISAGREEMENT);
        }
    }

    /** The read has been answered. Repairs by a former ring will be refused, and nobody waits for them. */
    @Override
    public void ringChanged() {}

    private static boolean isLesser(@Nullable Cell cell, Cell than) {
        return cell == null || Cell.compare(cell, than) < 0;
    }

    private void repair(int stale, Cell cell) {
        holders |= stale;
        if (call.isSampled) {
            call.coordinator.counters.backgroundRepairs += Integer.bitCount(stale);
        }
        call.repair(stale, call.coordinator.nextId(), cell, Reason.DISAGREEMENT);
    }

    private void expire() {
        call.track.timedOut(Ask.CELL, Ask.DIGEST);
        end();
    }

    private void end() {
        call.coordinator.forget(id);
        if (deadline != null) {
            deadline.cancel();
        }
    }
}
