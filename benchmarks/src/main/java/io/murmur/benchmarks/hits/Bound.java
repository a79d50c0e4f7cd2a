package io.murmur.benchmarks.hits;

import java.io.IOException;
import java.util.function.ToLongFunction;

/** Which bound, in a cache's own measure of bytes, makes it hold a budget of keys and values. */
final class Bound {

    private static final int TURNS = 6;
    private static final double CLOSE_ENOUGH = 0.02;

    private Bound() {}

    /** Something that is done with a bound. */
    interface Trial<T> {
        T with(long bound) throws IOException, InterruptedException;
    }

    /**
     * Tries bounds in proportion to what was held, six at most, until what is held is within 2 % of the budget; returns the outcome that came
     * nearest.
     */
    static <T> T search(long budget, long first, ToLongFunction<T> heldBytes, Trial<T> trial)
            throws IOException, InterruptedException {
        long bound = first;
        T best = trial.with(bound);
        long held = heldBytes.applyAsLong(best);
        for (int turn = 1; turn < TURNS && distance(heldBytes.applyAsLong(best), budget) > CLOSE_ENOUGH; turn++) {
            bound = held == 0 ? 2 * bound : Math.max(1, (long) (bound * (double) budget / held));
            T next = trial.with(bound);
            held = heldBytes.applyAsLong(next);
            if (distance(held, budget) < distance(heldBytes.applyAsLong(best), budget)) {
                best = next;
            }
        }
        return best;
    }

    private static double distance(long held, long budget) {
        return Math.abs(held / (double) budget - 1);
    }
}
