package io.murmur.antientropy;

import io.murmur.kernel.Timers.Timer;
import io.murmur.kernel.message.Failure;
import io.murmur.kernel.message.SyncReply;
import io.murmur.kernel.message.SyncRequest;
import io.murmur.kernel.ring.NodeId;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One question to one source: asked when the throttle allows it, asked again when no answer comes in time, when the source is busy or has
 * yet to hear of a ring; given up when the source is believed dead, cannot answer, or does not. A source that is alive and busy is asked
 * for as long as it is: it will answer one day.
 */
final class Call {

    /** So often a source may not answer, or refuse for its ring. */
    private static final int MOST_TRIES = 3;

    /** A source that takes long is looked after meanwhile. */
    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);

    private static final int MOST_DOUBLINGS = 4;

    private final Calls calls;
    private final NodeId source;
    private final int patience;
    private final long sentBytes;
    private final long expectedBytes;
    private final Question question;
    private final SyncCounters counters;
    private final Consumer<Answer> then;

    private int tries;
    private int timesBusy;
    private boolean isReserved;
    private long id;
    private long deadlineNanos;
    private @Nullable Timer timer;
    private boolean ended;

    /** What is asked, under whatever id. */
    interface Question {
        SyncRequest of(long id, long deadlineNanos);
    }

    sealed interface Answer {
        /** No refusal. */
        record Replied(SyncReply reply) implements Answer {}

        record GaveUp(String why) implements Answer {}
    }

    /**
     * @param patience how often the time allowed is doubled from the start
     * @param sentBytes about what the question itself moves, when it is more than a few
     * @param expectedBytes about what the answer will bring
     * @param then called once, unless cancelled
     */
    Call(
            Calls calls,
            NodeId source,
            int patience,
            long sentBytes,
            long expectedBytes,
            Question question,
            SyncCounters counters,
            Consumer<Answer> then) {
        this.calls = calls;
        this.source = source;
        this.patience = patience;
        this.sentBytes = sentBytes;
        this.expectedBytes = expectedBytes;
        this.question = question;
        this.counters = counters;
        this.then = then;
    }

    NodeId source() {
        return source;
    }

    void begin() {
        Duration wait = calls.throttle.reserve(sentBytes + expectedBytes, nowNanos());
        isReserved = true;
        if (wait.isZero()) {
            send();
        } else {
            timer = calls.seams.timers().after(wait, this::send);
        }
    }

    void cancel() {
        if (!ended) {
            leave();
        }
    }

    private void send() {
        if (!calls.seams.liveness().isAlive(source)) {
            giveUp("is believed dead");
            return;
        }
        id = calls.open(this);
        deadlineNanos =
                nowNanos() + (calls.settings.requestTimeout().toNanos() << Math.min(patience + tries, MOST_DOUBLINGS));
        isReserved = false;
        calls.seams.network().send(source, question.of(id, deadlineNanos));
        look();
    }

    private void look() {
        long left = deadlineNanos - nowNanos();
        if (!calls.seams.liveness().isAlive(source)) {
            giveUp("is believed dead");
        } else if (left > 0) {
            timer = calls.seams.timers().after(Duration.ofNanos(Math.min(left, LOOK_EVERY.toNanos())), this::look);
        } else {
            calls.close(id);
            tryAgain("did not answer");
        }
    }

    /** The answer to the question as it was last asked. */
    void answered(SyncReply reply) {
        if (timer != null) {
            timer.cancel();
        }
        long bytes = WireBytes.of(reply);
        calls.throttle.correct(bytes - expectedBytes);
        if (reply instanceof SyncReply.Refused refused) {
            refused(refused.failure());
            return;
        }
        counters.received(reply);
        ended = true;
        then.accept(new Answer.Replied(reply));
    }

    private void refused(Failure failure) {
        switch (failure) {
            case Failure.Overloaded ignored -> later(timesBusy++);
            case Failure.StaleRing ignored -> tryAgain(failure.message());
            case Failure.StorageFailed ignored -> giveUp(failure.message());
            case Failure.BadRequest ignored -> giveUp(failure.message());
            case Failure.Forbidden ignored -> giveUp(failure.message());
            case Failure.Unavailable ignored -> giveUp(failure.message());
            case Failure.Timeout ignored -> giveUp(failure.message());
            case Failure.ClockDrift ignored -> giveUp(failure.message());
        }
    }

    private void tryAgain(String why) {
        if (++tries == MOST_TRIES) {
            giveUp(why + ", " + tries + " times");
        } else {
            later(tries);
        }
    }

    private void later(int failures) {
        timer = calls.seams.timers().after(calls.backoff.after(failures), this::begin);
    }

    private void giveUp(String why) {
        leave();
        then.accept(new Answer.GaveUp(why));
    }

    private void leave() {
        ended = true;
        calls.close(id);
        if (timer != null) {
            timer.cancel();
        }
        if (isReserved) {
            // Nothing was asked for; what was, may come yet.
            calls.throttle.correct(-sentBytes - expectedBytes);
            isReserved = false;
        }
    }

    private long nowNanos() {
        return calls.seams.clock().monotonicNanos();
    }
}
