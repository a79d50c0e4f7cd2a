package io.murmur.quorum;

import io.murmur.kernel.Timers.Timer;
import io.murmur.kernel.data.Cell;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.message.PeerReply;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a hedged read still learns after it has answered: the slow owner's copy. Whoever turns out to hold less is repaired in the
 * background (Dynamo section 5, read repair), until the read's deadline. Nobody waits for it, and no read is made for it.
 */
final class LateAnswers implements Pending {

    private final Coordinator coordinator;
    private final Key key;
    private final Placement placement;
    private final long id;
    private final long deadlineNanos;
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
    LateAnswers(
            Coordinator coordinator,
            Key key,
            Placement placement,
            long id,
            long deadlineNanos,
            @Nullable Cell answer,
            int holders,
            int outstanding) {
        this.coordinator = coordinator;
        this.key = key;
        this.placement = placement;
        this.id = id;
        this.deadlineNanos = deadlineNanos;
        this.answer = answer;
        this.holders = holders;
        this.outstanding = outstanding;
    }

    void await() {
        coordinator.expect(id, this);
        long leftNanos = deadlineNanos - coordinator.seams.clock().monotonicNanos();
        deadline = coordinator.seams.timers().after(Duration.ofNanos(Math.max(0, leftNanos)), this::end);
    }

    @Override
    public Placement placement() {
        return placement;
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
        }
    }

    private static boolean isLesser(@Nullable Cell cell, Cell greatest) {
        return cell == null || Cell.compare(cell, greatest) < 0;
    }

    private void repair(int stale, Cell greatest) {
        coordinator.repair(placement, stale, coordinator.nextId(), deadlineNanos, key, greatest);
    }

    private void end() {
        coordinator.forget(id);
        if (deadline != null) {
            deadline.cancel();
        }
    }
}
