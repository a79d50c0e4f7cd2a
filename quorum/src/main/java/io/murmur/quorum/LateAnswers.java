package io.murmur.quorum;

import io.murmur.kernel.Timers.Timer;
import io.murmur.kernel.data.Cell;
import io.murmur.kernel.message.PeerReply;
import org.jspecify.annotations.Nullable;

/**
 * What a hedged read still learns after it has answered: the slow owner's copy. Whoever turns out to hold less is repaired in the
 * background (Dynamo section 5, read repair), until the read's deadline. Nobody waits for it, and no read is made for it.
 */
final class LateAnswers implements Pending {

    private final ReadCall call;
    private final long id;
    private final @Nullable Cell answer;
    private final int holders;
    private int outstanding;
    private @Nullable Timer deadline;

    /**
     * @param id of the read, which has been forgotten
     * @param answer the cell the read was answered with
     * @param holders the owners that hold it
     * @param outstanding the owners that have yet to say what they hold
     */
    LateAnswers(ReadCall call, long id, @Nullable Cell answer, int holders, int outstanding) {
        this.call = call;
        this.id = id;
        this.answer = answer;
        this.holders = holders;
        this.outstanding = outstanding;
    }

    void await() {
        call.coordinator.expect(id, this);
        deadline = call.atDeadline(this::end);
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
        if (outstanding == 0) {
            end();
        }
        switch (reply) {
            case PeerReply.CellIs late -> {
                Cell greatest = Cell.join(late.cell(), answer);
                if (greatest == null) {
                    return;
                }
                int stale = isLesser(late.cell(), greatest) ? bit : isLesser(answer, greatest) ? holders : 0;
                repair(stale, greatest);
            }
            case PeerReply.DigestIs late -> {
                if (answer != null && PendingRead.isOlder(late.digest(), answer)) {
                    repair(bit, answer);
                }
            }
            case PeerReply.Refused ignored -> {}
            case PeerReply.Joined ignored -> {}
            case PeerReply.Kept ignored -> {}
        }
    }

    /** The read has been answered. Repairs by a former ring will be refused, and nobody waits for them. */
    @Override
    public void ringChanged() {}

    private static boolean isLesser(@Nullable Cell cell, Cell greatest) {
        return cell == null || Cell.compare(cell, greatest) < 0;
    }

    private void repair(int stale, Cell greatest) {
        call.repair(stale, call.coordinator.nextId(), greatest);
    }

    private void end() {
        call.coordinator.forget(id);
        if (deadline != null) {
            deadline.cancel();
        }
    }
}
