package io.murmur.quorum;

import io.murmur.kernel.Timers.Timer;
import io.murmur.kernel.data.Cell;
import io.murmur.kernel.message.Failure;
import io.murmur.kernel.message.PeerReply;
import io.murmur.kernel.message.PeerRequest;
import io.murmur.kernel.message.Trace.Ask;
import io.murmur.kernel.message.Trace.Reason;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The second half of gets whose owners disagreed: the greatest cell found is made durable at as many owners as the level needs
 * <i>before</i> it is answered. Whoever reads next meets one of them, so quorum reads never go back in time (invariant 3). An owner that
 * refuses is replaced by another at once. When the ring moves on the whole read starts again: what was read by the former is no majority
 * of the new one.
 *
 * <h2>Reads that share it</h2>
 *
 * <p>A read of the same key that has found this cell or a lesser one is answered with it as well, once it is durable. It has read before,
 * so all that was acknowledged before it began is no greater than what it found, and what is answered becomes durable before it is. The
 * owners that it heard of are told as well, so that it depends on none that it would not have depended on alone. Each read has its own
 * deadline, and each is told of a failure.
 *
 * <p>One that has found a greater cell must not be answered with a lesser. Such reads wait, and are repaired together when this has ended,
 * or when it takes too long.
 */
final class BlockingRepair implements Pending {

    /** The read that it began with: its track notes who is asked. */
    private final ReadCall call;

    private final Repairs repairs;
    private final Coordinator coordinator;
    private final Cell joined;
    private final Tally tally;
    private final long id;
    private final long startedNanos;

    /** The reads that are answered with it. */
    private final Set<Waiting> reads = new LinkedHashSet<>();
    /** Those that have found a greater cell. */
    private final Set<Waiting> next = new LinkedHashSet<>();

    /** Owners that are believed dead or have refused. */
    private int lost;
    /** Owners that hold the joined cell or were told to. */
    private int toldToHold;
    /** The newest ring by which an owner has refused. */
    private long refusedByEpoch;

    private boolean ended;
    private @Nullable Failure refusal;
    private @Nullable Timer patience;

    /** A read, until its deadline. */
    private final class Waiting {
        private final Disagreement found;
        private final Timer deadline;

        private Waiting(Disagreement found) {
            this.found = found;
            this.deadline = found.call().atDeadline(() -> expire(this));
        }
    }

    BlockingRepair(Repairs repairs, Disagreement first) {
        this.repairs = repairs;
        this.call = first.call();
        this.coordinator = call.coordinator;
        this.joined = first.cell();
        this.lost = first.lost();
        this.refusal = first.refusal();
        this.tally = new Tally(call.placement, call.requirement, call.placement.all() & ~lost);
        this.id = coordinator.nextId();
        this.startedNanos = coordinator.seams.clock().monotonicNanos();
    }

    @Override
    public Track track() {
        return call.track;
    }

    @Override
    public Placement placement() {
        return call.placement;
    }

    void start(Disagreement first) {
        coordinator.expect(id, this);
        answerTo(first);
    }

    /** Unless it is of another ring, or takes so long that it may never end. */
    boolean mayBeJoinedBy(Disagreement found) {
        return found.call().placement.epoch == call.placement.epoch
                && coordinator.seams.clock().monotonicNanos() - startedNanos < repairs.patienceNanos;
    }

    void join(Disagreement found) {
        if (Cell.compare(found.cell(), joined) <= 0) {
            coordinator.counters.repairsShared++;
            answerTo(found);
            return;
        }
        next.add(new Waiting(found));
        if (patience == null) {
            long usedNanos = coordinator.seams.clock().monotonicNanos() - startedNanos;
            patience = coordinator
                    .seams
                    .timers()
                    .after(Duration.ofNanos(Math.max(0, repairs.patienceNanos - usedNanos)), this::losePatience);
        }
    }

    private void answerTo(Disagreement found) {
        reads.add(new Waiting(found));
        int stale = found.stale();
        if (Cell.compare(found.cell(), joined) == 0) {
            hold(found.holders());
        } else {
            stale |= found.holders();
        }
        // They have just answered.
        expectOf(stale & ~toldToHold);
        send(stale & ~toldToHold, Reason.DISAGREEMENT);
        advance();
    }

    private void hold(int holders) {
        toldToHold |= holders;
        for (int place = 0; place < call.placement.size(); place++) {
            if ((holders & (1 << place)) != 0) {
                tally.acknowledge(place);
            }
        }
    }

    private void expectOf(int owners) {
        lost &= ~owners;
        for (int place = 0; place < call.placement.size(); place++) {
            if ((owners & (1 << place)) != 0) {
                tally.expect(place);
            }
        }
    }

    private void send(int stale, Reason why) {
        toldToHold |= stale;
        // Not until the first read's deadline: others may wait for longer.
        coordinator.repair(
                call.track,
                call.placement,
                stale,
                new PeerRequest.Join(
                        id, call.placement.epoch, startedNanos + repairs.longestNanos, call.track.key, joined),
                why);
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
     * It is held, below a promise, or below a greater cell that may hide one. Were it answered, an atomic operation under way could still
     * take effect without it.
     */
    private void outbid(int place) {
        if (call.isOrdered()) {
            end(ReadCall::inOrder);
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
            end(BlockingRepair::readAgain);
        } else {
            advance();
        }
    }

    private static void readAgain(ReadCall call) {
        new PendingRead(call.routedAgain()).start();
    }

    private void advance() {
        if (ended) {
            return;
        }
        if (tally.isMet()) {
            int holders = tally.acknowledged();
            end(read -> read.answer(joined, holders));
        } else if (tally.isHopeless()) {
            if (coordinator.isOutdated(call.placement)) {
                end(BlockingRepair::readAgain);
            } else if (!coordinator.isYetToCome(refusedByEpoch)) {
                end(read -> read.fail(failure(read)));
            }
        }
    }

    private void expire(Waiting read) {
        reads.remove(read);
        next.remove(read);
        if (reads.isEmpty()) {
            end(none -> {});
        }
        ReadCall late = read.found.call();
        late.track.timedOut(Ask.REPAIR);
        late.fail(failure(late));
    }

    private Failure failure(ReadCall read) {
        return refusal != null && tally.isHopeless() ? refusal : read.timeout(tally.acknowledged());
    }

    /** Whoever has found a greater cell waits for it no longer. */
    private void losePatience() {
        repairs.close(this, call);
        release();
    }

    private void end(Consumer<ReadCall> answer) {
        ended = true;
        coordinator.forget(id);
        repairs.close(this, call);
        if (patience != null) {
            patience.cancel();
        }
        taken(reads).forEach(found -> answer.accept(found.call()));
        release();
    }

    private void release() {
        // The greatest first, so that all others can share its repair.
        taken(next)
                .sorted(Comparator.comparing(Disagreement::cell, Cell::compare).reversed())
                .forEach(found -> {
                    if (coordinator.isOutdated(call.placement)) {
                        readAgain(found.call());
                    } else {
                        repairs.repair(found);
                    }
                });
    }

    private static Stream<Disagreement> taken(Collection<Waiting> from) {
        List<Waiting> taken = List.copyOf(from);
        from.clear();
        taken.forEach(waiting -> waiting.deadline.cancel());
        return taken.stream().map(waiting -> waiting.found);
    }
}
