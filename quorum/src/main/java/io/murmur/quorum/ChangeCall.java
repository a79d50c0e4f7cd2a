package io.murmur.quorum;

import io.murmur.kernel.Timers.Timer;
import io.murmur.kernel.data.Cell;
import io.murmur.kernel.data.Version;
import io.murmur.kernel.message.Failure;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One atomic operation from when it comes to its answer. It may be applied to several cells before one of the results is accepted.
 *
 * @param <R> what its change answers
 */
final class ChangeCall<R> {

    /** Who waits for it; one of the two is called, once. */
    interface Told<R> {
        /**
         * @param version of the cell that was left, or found; null when there was none
         * @param holders owners that hold it
         * @param required owners that were needed
         */
        void done(R answer, @Nullable Version version, int holders, int required);

        void failed(Failure failure);
    }

    private static final Logger LOG = LoggerFactory.getLogger(ChangeCall.class);

    final Track track;
    private final Change<R> change;
    private final Told<R> told;
    private boolean isAnswered;
    private @Nullable Timer deadline;

    ChangeCall(Track track, Change<R> change, Told<R> told) {
        this.track = track;
        this.change = change;
        this.told = told;
    }

    /** What came of applying it once. */
    record Applied<R>(ChangeCall<R> call, Change.Step<R> step) {

        void done(@Nullable Version version, int holders, int required) {
            if (call.end()) {
                guarded(() -> call.told.done(step.answer(), version, holders, required));
            }
        }
    }

    Applied<R> apply(Cell.@Nullable Live current, long wallMillis) {
        return new Applied<>(this, change.apply(current, wallMillis));
    }

    void fail(Failure failure) {
        if (end()) {
            guarded(() -> told.failed(failure));
        }
    }

    /** Others wait for the same round, and the next one follows it, whatever becomes of one answer. */
    private static void guarded(Runnable telling) {
        try {
            telling.run();
        } catch (RuntimeException e) {
            LOG.error("whoever was told the outcome of an atomic operation has failed", e);
        }
    }

    private boolean end() {
        if (isAnswered) {
            return false;
        }
        isAnswered = true;
        if (deadline != null) {
            deadline.cancel();
        }
        return true;
    }

    boolean isAnswered() {
        return isAnswered;
    }

    void endsAt(Timer timer) {
        deadline = timer;
    }
}
