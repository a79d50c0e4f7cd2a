package io.murmur.antientropy;

import io.murmur.kernel.Storage.Entry;
import io.murmur.kernel.Storage.JoinOutcome;
import io.murmur.kernel.Timers;
import io.murmur.kernel.data.Cell;
import io.murmur.kernel.data.Key;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Joins what came from a source, a page at a time, and durably whatever the cache's durability: other owners let go of what this node says
 * it holds. A storage that is busy is asked again.
 */
final class Intake {

    private final Joins joins;
    private final Timers timers;
    private final Backoff backoff;

    Intake(Joins joins, Timers timers, Backoff backoff) {
        this.joins = joins;
        this.timers = timers;
        this.backoff = backoff;
    }

    /** How a cell is joined, durably. */
    @FunctionalInterface
    interface Joins {
        void join(Key key, Cell cell, Consumer<JoinOutcome> then);
    }

    sealed interface Taken {
        /** Each of the cells, or a greater one, is held durably. */
        record Whole() implements Taken {}

        /** The storage does not take them, and will not until somebody has looked after it. */
        record Refused(String detail) implements Taken {}
    }

    /**
     * @param then called once, but not when it is no longer wanted
     */
    void take(List<Entry> entries, SyncCounters counters, BooleanSupplier isWanted, Consumer<Taken> then) {
        new Batch(counters, isWanted, then).join(entries);
    }

    private final class Batch {
        private final SyncCounters counters;
        private final BooleanSupplier isWanted;
        private final Consumer<Taken> then;
        private int waiting;
        private int timesBusy;
        private List<Entry> refusedAsBusy = new ArrayList<>();
        private @Nullable String fault;

        Batch(SyncCounters counters, BooleanSupplier isWanted, Consumer<Taken> then) {
            this.counters = counters;
            this.isWanted = isWanted;
            this.then = then;
        }

        void join(List<Entry> entries) {
            if (!isWanted.getAsBoolean()) {
                return;
            }
            // One more than there are joins, so that answers at once do not end it before all have been called.
            waiting = entries.size() + 1;
            for (Entry entry : entries) {
                joins.join(entry.key(), entry.cell(), outcome -> {
                    joined(entry, outcome);
                    endOne();
                });
            }
            endOne();
        }

        private void joined(Entry entry, JoinOutcome outcome) {
            switch (outcome) {
                case JoinOutcome.Held held -> {
                    if (Cell.compare(held.cell(), entry.cell()) == 0) {
                        counters.mended(1);
                    }
                }
                case JoinOutcome.Refused refused -> {
                    switch (refused.fault()) {
                        case OVERLOADED -> refusedAsBusy.add(entry);
                        case DISK_FULL, DAMAGED, STOPPED -> fault = refused.fault() + ": " + refused.detail();
                    }
                }
            }
        }

        private void endOne() {
            if (--waiting > 0 || !isWanted.getAsBoolean()) {
                return;
            }
            if (fault != null) {
                then.accept(new Taken.Refused(fault));
            } else if (refusedAsBusy.isEmpty()) {
                then.accept(new Taken.Whole());
            } else {
                List<Entry> again = refusedAsBusy;
                refusedAsBusy = new ArrayList<>();
                timers.after(backoff.after(timesBusy++), () -> join(again));
            }
        }
    }
}
