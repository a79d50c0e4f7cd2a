package io.murmur.quorum;

import io.murmur.kernel.data.Cell;
import io.murmur.kernel.message.PeerReply;
import io.murmur.kernel.message.Trace.Ask;
import io.murmur.kernel.ring.NodeId;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The owners that had not answered yet when their write did (Dynamo section 4.6): whoever acknowledges before the write's deadline has
 * missed nothing; for the others a hint is kept then. So a slow owner costs no hint, and a lost message is not left to anti-entropy.
 *
 * <p>At a majority nearly every write leaves one such owner behind, and nearly every such owner answers a moment later. So a write costs
 * one small object here and no timer: they are in one list, in the order in which they were answered, and one timer waits for the
 * first one's deadline. One with an earlier deadline behind one with a later waits as long as that.
 *
 * <p>Bounded by number and by the bytes of the values: past that, the one that has waited longest gets its hints early.
 */
final class LateAcknowledgements {

    static final long MOST_BYTES = 32 << 20;

    private final Coordinator coordinator;
    private final int mostWrites;

    private @Nullable Late first;
    private @Nullable Late last;
    private int size;
    private long bytes;
    private boolean isTimed;

    LateAcknowledgements(Coordinator coordinator, int mostWrites) {
        this.coordinator = coordinator;
        this.mostWrites = mostWrites;
    }

    /**
     * Takes the place of an answered write as the receiver of its last round's replies.
     *
     * @param id of the round
     * @param cell the one that the round carried
     * @param silent the owners that have neither answered nor been stood in for; not none
     * @param standIns who may yet say that they keep it for them
     */
    void await(long id, Track track, Placement placement, Cell cell, int silent, @Nullable StandIns standIns) {
        append(new Late(id, track, placement, cell, silent, standIns));
        while (first != null && first != last && (size > mostWrites || bytes > MOST_BYTES)) {
            giveUp(first);
        }
        waitForFirst();
    }

    /** Writes whose owners are waited for. */
    int size() {
        return size;
    }

    /** Waits for nobody any longer: what is silent gets its hints now. */
    void giveUpAll() {
        while (first != null) {
            giveUp(first);
        }
    }

    private void waitForFirst() {
        if (first == null || isTimed) {
            return;
        }
        isTimed = true;
        long leftNanos = first.track.deadlineNanos - coordinator.seams.clock().monotonicNanos();
        coordinator.seams.timers().after(Duration.ofNanos(Math.max(0, leftNanos)), this::expire);
    }

    private void expire() {
        isTimed = false;
        long now = coordinator.seams.clock().monotonicNanos();
        while (first != null && first.track.deadlineNanos - now <= 0) {
            first.track.timedOut(Ask.JOIN, Ask.HINT, Ask.ACCEPT);
            giveUp(first);
        }
        waitForFirst();
    }

    private void giveUp(Late late) {
        remove(late);
        coordinator.hint(late.track, late.placement, late.silent, late.cell);
    }

    private void append(Late late) {
        coordinator.expect(late.id, late);
        late.before = last;
        if (last == null) {
            first = late;
        } else {
            last.behind = late;
        }
        last = late;
        size++;
        bytes += late.bytes();
    }

    private void remove(Late late) {
        coordinator.forget(late.id);
        Late before = late.before;
        Late behind = late.behind;
        if (before == null) {
            first = behind;
        } else {
            before.behind = behind;
        }
        if (behind == null) {
            last = before;
        } else {
            behind.before = before;
        }
        size--;
        bytes -= late.bytes();
    }

    /** One write's. */
    final class Late implements Pending {
        private final long id;
        private final Track track;
        private final Placement placement;
        private final Cell cell;
        private final @Nullable StandIns standIns;
        private int silent;
        private @Nullable Late before;
        private @Nullable Late behind;

        private Late(long id, Track track, Placement placement, Cell cell, int silent, @Nullable StandIns standIns) {
            this.id = id;
            this.track = track;
            this.placement = placement;
            this.cell = cell;
            this.silent = silent;
            this.standIns = standIns;
        }

        private long bytes() {
            return cell instanceof Cell.Live live ? live.value().length : 0;
        }

        @Override
        public Track track() {
            return track;
        }

        @Override
        public Placement placement() {
            return placement;
        }

        @Override
        public void receive(long replyId, int place, PeerReply reply) {
            int bit = 1 << place;
            if (replyId != id || (silent & bit) == 0) {
                return;
            }
            settle(bit);
            switch (reply) {
                case PeerReply.Refused refused -> {
                    if (Pending.mayBeTakenLater(refused.failure())) {
                        coordinator.hint(track, placement, bit, cell);
                    }
                }
                // Or it holds a greater one, and misses nothing either.
                case PeerReply.Joined ignored -> {}
                case PeerReply.CellIs ignored -> {}
                case PeerReply.DigestIs ignored -> {}
                case PeerReply.Kept ignored -> {}
                case PeerReply.Accepted ignored -> {}
                case PeerReply.Outbid ignored -> {}
                case PeerReply.Promised ignored -> {}
            }
        }

        @Override
        public void receiveFromStandIn(long replyId, NodeId standIn, PeerReply reply) {
            int place = standIns == null ? -1 : standIns.placeOf(standIn);
            if (replyId != id || place < 0 || (silent & (1 << place)) == 0) {
                return;
            }
            settle(1 << place);
            if (!(reply instanceof PeerReply.Kept)) {
                coordinator.hint(track, placement, 1 << place, cell);
            }
        }

        private void settle(int bit) {
            silent &= ~bit;
            if (silent == 0) {
                remove(this);
            }
        }

        /** The hints are for the owners that were asked: whoever keeps them sees where they belong when they are handed over. */
        @Override
        public void ringChanged() {}
    }
}
