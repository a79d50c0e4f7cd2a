package io.murmur.handoff;

import io.murmur.handoff.HandoffSchedule.Fate;
import io.murmur.handoff.HandoffSchedule.Step;
import io.murmur.kernel.Timers.Timer;
import io.murmur.kernel.data.Cell;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.message.PeerReply;
import io.murmur.kernel.message.PeerRequest;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.ring.Ring;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands one node's hints over. A pass goes over all that wait, some at a time: read back from disk, sent when the rate allows it, and
 * forgotten one by one as the node says that it holds them, and for no other reason than those in {@link Loss}. A node that is busy, or does
 * not answer, ends the pass, and the next begins after a while. A hint that the node refuses goes behind the others, so that it holds up
 * none.
 *
 * <p>While the node is away there is a pass for each new ring: what the node does not own any more goes to those who do.
 */
final class Handover {

    private static final Logger LOG = LoggerFactory.getLogger(Handover.class);

    /** So many hints are looked at in one task. */
    private static final int LOOKED_AT_ONCE = 1_000;

    private final HintParts parts;
    private final NodeId target;
    private final HintLog log;
    private final HintQueue queue;
    private final Redirection redirection;
    private final SendRate rate;

    private Phase phase = Phase.IDLE;
    private @Nullable Timer timer;
    private boolean hasEnded;
    private int failures;
    private long handedOver;
    private boolean hasGivenUp;

    /** The newest ring by which all hints have been looked at while the node was away. */
    private long lookedAtEpoch;

    private long passEpoch;
    private int leftToLookAt;
    private boolean passFailed;

    private @Nullable Batch batch;

    private enum Phase {
        IDLE,
        /** The node has been seen alive, and is given a moment. */
        SOON,
        PASSING,
        /** The node was busy, or could not take something. */
        BACKING_OFF
    }

    /** Keeps a cell for another node. */
    @FunctionalInterface
    interface Redirection {
        void keep(NodeId owner, Key key, Cell cell, Consumer<Boolean> then);
    }

    /** Hints that are dealt with together. */
    private static final class Batch {
        /** Read once: all that is decided of these hints is decided by one ring, and answers are judged by it. */
        final Ring ring;

        final long sentAtNanos;
        final Map<Long, Hint> sent = new LinkedHashMap<>();
        long sentBytes;
        int unsettled;
        boolean wasTooMuch;
        boolean hasPutOff;
        int held;

        Batch(Ring ring, long sentAtNanos, int hints) {
            this.ring = ring;
            this.sentAtNanos = sentAtNanos;
            this.unsettled = hints;
        }
    }

    Handover(HintParts parts, NodeId target, HintLog log, Redirection redirection) {
        this.parts = parts;
        this.target = target;
        this.log = log;
        this.queue = log.queue();
        this.redirection = redirection;
        this.rate = new SendRate(parts.settings().handover(), parts.nowNanos());
    }

    boolean isIdle() {
        return phase == Phase.IDLE;
    }

    long bytesPerSecond() {
        return rate.bytesPerSecond();
    }

    /** Begins when there is anything to do. */
    void look() {
        if (phase != Phase.IDLE || hasEnded || queue.isEmpty()) {
            return;
        }
        if (isAlive()) {
            long most = parts.settings().handover().longestWait().toNanos();
            later(Phase.SOON, Duration.ofNanos(parts.seams().random().nextLong(most + 1)));
        } else if (isToBeLookedAt()) {
            begin();
        }
    }

    void ringChanged() {
        if (phase == Phase.BACKING_OFF && timer != null) {
            timer.cancel();
            begin();
        } else {
            look();
        }
    }

    /** Nothing is sent from now on. */
    void end() {
        hasEnded = true;
        if (timer != null) {
            timer.cancel();
        }
        if (batch != null) {
            batch.sent.keySet().forEach(parts.requests()::close);
        }
    }

    private void later(Phase until, Duration delay) {
        phase = until;
        timer = parts.seams().timers().after(delay, this::begin);
    }

    /** Whether there is a ring, or a hint made by an older one, that came after all hints were looked at. */
    private boolean isToBeLookedAt() {
        lookedAtEpoch = Math.min(lookedAtEpoch, queue.leastEpochSince());
        return ring().epoch() > lookedAtEpoch;
    }

    private void begin() {
        if (!isToBeLookedAt() && !isAlive()) {
            phase = Phase.IDLE;
            return;
        }
        passEpoch = ring().epoch();
        lookedAtEpoch = 0;
        phase = Phase.PASSING;
        leftToLookAt = queue.waiting();
        passFailed = false;
        next();
    }

    private void next() {
        if (hasEnded) {
            return;
        }
        List<Hint> hints = pick();
        if (!hints.isEmpty()) {
            long bytes = hints.stream().mapToLong(hint -> hint.length).sum();
            Duration wait = rate.reserve(bytes, parts.nowNanos());
            timer = parts.seams().timers().after(wait, () -> log.read(hints, cells -> deal(hints, cells)));
        } else if (leftToLookAt > 0 && queue.waiting() > 0) {
            timer = parts.seams().timers().after(Duration.ZERO, this::next);
        } else {
            passEnded();
        }
    }

    private List<Hint> pick() {
        HandoverSettings settings = parts.settings().handover();
        List<Hint> picked = new ArrayList<>();
        long bytes = 0;
        boolean isAlive = isAlive();
        Ring ring = ring();
        for (int looked = 0; looked < LOOKED_AT_ONCE && leftToLookAt > 0; looked++, leftToLookAt--) {
            Hint hint = queue.first();
            if (hint == null || picked.size() == settings.hintsAtOnce()) {
                break;
            }
            switch (step(hint, ring, isAlive)) {
                case EXPIRE -> lost(hint, Loss.EXPIRED);
                case WAIT -> queue.putFirstLast();
                case HAND_OVER, REDIRECT -> {
                    if (!picked.isEmpty() && bytes + hint.length > settings.bytesAtOnce()) {
                        return picked;
                    }
                    bytes += hint.length;
                    queue.sendOff(hint);
                    picked.add(hint);
                }
            }
        }
        return picked;
    }

    private Step step(Hint hint, Ring ring, boolean isAlive) {
        long takes = parts.settings().handover().requestTimeout().toMillis();
        return HandoffSchedule.step(
                ring,
                target,
                isAlive,
                partition(hint),
                hint.epoch,
                parts.window().admits(hint.version, parts.wallMillis(), takes));
    }

    // ---- a batch

    private void deal(List<Hint> hints, List<@Nullable Cell> cells) {
        if (hasEnded) {
            return;
        }
        // One more than there are, so that it does not end while it begins.
        Batch now = new Batch(ring(), parts.nowNanos(), hints.size() + 1);
        batch = now;
        boolean isAlive = isAlive();
        for (int i = 0; i < hints.size(); i++) {
            Hint hint = hints.get(i);
            Cell cell = cells.get(i);
            if (cell == null) {
                lost(hint, Loss.DAMAGED);
                settled(now);
                continue;
            }
            // Much may have happened while the hint was read.
            switch (step(hint, now.ring, isAlive)) {
                case EXPIRE -> {
                    lost(hint, Loss.EXPIRED);
                    settled(now);
                }
                case WAIT -> {
                    queue.takeBack(hint, false);
                    settled(now);
                }
                case HAND_OVER -> send(now, hint, cell);
                case REDIRECT -> redirect(now, hint, cell);
            }
        }
        if (!now.sent.isEmpty()) {
            timer = parts.seams().timers().after(parts.settings().handover().requestTimeout(), () -> timedOut(now));
        }
        settled(now);
    }

    private void send(Batch now, Hint hint, Cell cell) {
        int partition = partition(hint);
        long id = parts.requests().open(target, reply -> answered(now, hint, cell, reply));
        long deadline =
                now.sentAtNanos + parts.settings().handover().requestTimeout().toNanos();
        now.sent.put(id, hint);
        now.sentBytes += hint.length;
        parts.seams()
                .network()
                .send(target, new PeerRequest.Join(id, now.ring.since(partition), deadline, hint.key, cell));
    }

    private void answered(Batch of, Hint hint, Cell cell, PeerReply reply) {
        of.sent.remove(reply.id());
        Fate fate = HandoffSchedule.fate(reply, of.ring.epoch());
        if (fate != Fate.HELD) {
            parts.counters().refusals++;
        }
        switch (fate) {
            case HELD -> {
                parts.counters().handedOver++;
                handedOver++;
                failures = 0;
                of.held++;
                queue.forget(hint);
                settled(of);
            }
            case BUSY -> {
                of.wasTooMuch = true;
                queue.takeBack(hint, true);
                settled(of);
            }
            case LATER -> {
                putOff(of, hint);
                settled(of);
            }
            case DOUBTFUL -> {
                if (++hint.refusals < parts.settings().handover().tries()) {
                    putOff(of, hint);
                } else {
                    givenUp(reply);
                    lost(hint, Loss.REFUSED);
                }
                settled(of);
            }
            case NO_OWNER -> noOwner(of, hint, cell);
        }
    }

    private void givenUp(PeerReply reply) {
        String line = "{}: {} does not take a hint, which is given up: {}";
        String self = parts.seams().self().abbreviated();
        if (hasGivenUp) {
            LOG.debug(line, self, target.abbreviated(), reply);
        } else {
            // One line for what may go on for all hints.
            hasGivenUp = true;
            LOG.warn(line, self, target.abbreviated(), reply);
        }
    }

    /** A hint goes behind the others. */
    private void putOff(Batch of, Hint hint) {
        of.hasPutOff = true;
        passFailed = true;
        queue.takeBack(hint, false);
    }

    private void timedOut(Batch of) {
        List<Hint> unanswered = new ArrayList<>(of.sent.values());
        if (unanswered.isEmpty()) {
            return;
        }
        of.sent.keySet().forEach(parts.requests()::close);
        of.sent.clear();
        of.wasTooMuch = true;
        for (Hint hint : unanswered.reversed()) {
            // It may have arrived: then it is handed over twice, which changes nothing.
            parts.counters().timeouts++;
            queue.takeBack(hint, true);
        }
        unanswered.forEach(hint -> settled(of));
    }

    /** The last one ends the batch. */
    private void settled(Batch of) {
        if (--of.unsettled > 0) {
            return;
        }
        batch = null;
        if (timer != null) {
            timer.cancel();
        }
        if (hasEnded) {
            return;
        }
        if (of.wasTooMuch) {
            rate.wasTooMuch();
            backOff();
        } else if (of.hasPutOff && of.held == 0) {
            backOff();
        } else {
            if (of.sentBytes > 0) {
                rate.answered(of.sentBytes, parts.nowNanos() - of.sentAtNanos);
            }
            next();
        }
    }

    private void backOff() {
        later(Phase.BACKING_OFF, parts.backoff().after(failures++));
    }

    // ---- hints that go to others

    private void noOwner(Batch of, Hint hint, Cell cell) {
        if (hint.isRedirected) {
            // All others have been given it, too: nothing is owed to this one.
            queue.forget(hint);
            settled(of);
        } else {
            redirect(of, hint, cell);
        }
    }

    /** All owners are given the cell: who has it, is told nothing new. The hint is forgotten once it is kept for each of them. */
    private void redirect(Batch of, Hint hint, Cell cell) {
        int partition = partition(hint);
        Set<NodeId> owners = new LinkedHashSet<>(ring().owners(partition));
        owners.addAll(ring().nextOwners(partition));
        owners.remove(target);
        Redirecting redirecting = new Redirecting(of, hint, owners.size() + 1);
        for (NodeId owner : owners) {
            redirection.keep(owner, hint.key, cell, redirecting::kept);
        }
        redirecting.kept(true);
    }

    private final class Redirecting {
        private final Batch of;
        private final Hint hint;
        private int left;
        private boolean areAllKept = true;

        Redirecting(Batch of, Hint hint, int left) {
            this.of = of;
            this.hint = hint;
            this.left = left;
        }

        void kept(boolean isKept) {
            areAllKept &= isKept;
            if (--left > 0) {
                return;
            }
            if (areAllKept) {
                parts.counters().redirected++;
                queue.forget(hint);
            } else {
                putOff(of, hint);
            }
            settled(of);
        }
    }

    // ---- the end of a pass

    private void passEnded() {
        if (passEpoch == ring().epoch() && !passFailed) {
            lookedAtEpoch = passEpoch;
        }
        if (queue.isEmpty() || !(isAlive() || passFailed)) {
            phase = Phase.IDLE;
            failures = 0;
            hasGivenUp = false;
            if (handedOver > 0) {
                LOG.info(
                        "{}: has handed {} hints over to {}",
                        parts.seams().self().abbreviated(),
                        handedOver,
                        target.abbreviated());
                handedOver = 0;
            }
        } else if (passFailed) {
            backOff();
        } else {
            later(Phase.PASSING, Duration.ZERO);
        }
    }

    private void lost(Hint hint, Loss why) {
        queue.forget(hint);
        parts.lost(partition(hint), why);
    }

    private int partition(Hint hint) {
        return ring().partitionOf(hint.key.slot());
    }

    private Ring ring() {
        return parts.seams().ring().current();
    }

    private boolean isAlive() {
        return parts.seams().isAlive(target);
    }
}
