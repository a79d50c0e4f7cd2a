package io.murmur.antientropy;

import io.murmur.kernel.Storage;
import io.murmur.kernel.Storage.Entry;
import io.murmur.kernel.Storage.ReadOutcome;
import io.murmur.kernel.Timers;
import io.murmur.kernel.data.Cell;
import io.murmur.kernel.data.Key;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Reads of many keys, some at a time, for one asker. */
final class CellReads {

    private final Storage storage;
    private final Timers timers;
    private final SteppedScan pace;
    private final List<Key> keys;
    private final BooleanSupplier isWanted;
    private final Predicate<Entry> taker;
    private final Consumer<SteppedScan.End> then;
    private int next;

    /**
     * @param pace how many to read at a time: as many as it would scan
     * @param taker gets each entry there is in the order of the keys; false ends the reads
     * @param then called exactly once, unless the process ends first
     */
    CellReads(
            Storage storage,
            Timers timers,
            SteppedScan pace,
            List<Key> keys,
            BooleanSupplier isWanted,
            Predicate<Entry> taker,
            Consumer<SteppedScan.End> then) {
        this.storage = storage;
        this.timers = timers;
        this.pace = pace;
        this.keys = keys;
        this.isWanted = isWanted;
        this.taker = taker;
        this.then = then;
    }

    void run() {
        if (next == keys.size()) {
            then.accept(new SteppedScan.End.Whole());
        } else if (!isWanted.getAsBoolean()) {
            then.accept(new SteppedScan.End.Unwanted());
        } else {
            List<Key> some = keys.subList(next, Math.min(keys.size(), next + pace.stepEntries()));
            next += some.size();
            new Round(some).begin();
        }
    }

    private final class Round {
        private final List<Key> some;
        private final @Nullable Cell[] found;
        private ReadOutcome.@Nullable Refused refused;
        private int waiting;

        Round(List<Key> some) {
            this.some = some;
            this.found = new @Nullable Cell[some.size()];
        }

        void begin() {
            // One more than there are reads, so that answers at once do not end it before all have been called.
            waiting = some.size() + 1;
            for (int i = 0; i < some.size(); i++) {
                int place = i;
                storage.read(some.get(i), outcome -> {
                    switch (outcome) {
                        case ReadOutcome.Found cell -> found[place] = cell.cell();
                        case ReadOutcome.Refused why -> refused = why;
                    }
                    endOne();
                });
            }
            endOne();
        }

        private void endOne() {
            if (--waiting > 0) {
                return;
            }
            if (refused != null) {
                then.accept(new SteppedScan.End.Refused(refused.fault(), refused.detail()));
                return;
            }
            long bytes = 0;
            for (int i = 0; i < some.size(); i++) {
                Cell cell = found[i];
                if (cell != null) {
                    Entry entry = new Entry(some.get(i), cell);
                    bytes += WireBytes.of(entry);
                    if (!taker.test(entry)) {
                        pace.learn(i, bytes);
                        then.accept(new SteppedScan.End.Cut());
                        return;
                    }
                }
            }
            pace.learn(some.size(), bytes);
            timers.after(Duration.ZERO, CellReads.this::run);
        }
    }
}
