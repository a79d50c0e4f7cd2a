package io.murmur.antientropy;

import io.murmur.kernel.Storage.Entry;
import io.murmur.kernel.Storage.ScanOutcome;
import io.murmur.kernel.Storage.StorageFault;
import io.murmur.kernel.Timers;
import io.murmur.kernel.data.Key;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Scans of any length in small steps, between which the shard's other work has its turn. A storage counts a step in entries and what is to
 * be bounded is bytes, so the steps grow while they bring little and shrink at once when one has brought much; what was learned is kept for
 * the next scan. (Keys are spread over the slots by a hash, so large values seldom come all at once after small ones.)
 */
final class SteppedScan {

    private static final int MOST_ENTRIES = 256;
    private static final long STEP_BYTES = 128 << 10;

    private final Cells cells;
    private final Timers timers;
    private int stepEntries = 8;

    SteppedScan(Cells cells, Timers timers) {
        this.cells = cells;
        this.timers = timers;
    }

    /** What is scanned: {@link io.murmur.kernel.Storage#scan}. */
    @FunctionalInterface
    interface Cells {
        void scan(int firstSlot, int lastSlot, @Nullable Key after, int limit, Consumer<ScanOutcome> then);
    }

    /** How a scan ended. */
    sealed interface End {
        /** All entries of the range have been taken. */
        record Whole() implements End {}

        /** One was not taken, and is behind the last that was. */
        record Cut() implements End {}

        /** Nobody wanted it any more. */
        record Unwanted() implements End {}

        record Refused(StorageFault fault, String detail) implements End {}
    }

    /** How many entries, or cells, to read at once. */
    int stepEntries() {
        return stepEntries;
    }

    /** What so many brought. */
    void learn(int entries, long bytes) {
        if (bytes > STEP_BYTES) {
            stepEntries = (int) Math.max(1, stepEntries * STEP_BYTES / bytes);
        } else if (entries >= stepEntries && bytes < STEP_BYTES / 2) {
            stepEntries = Math.min(MOST_ENTRIES, stepEntries * 2);
        }
    }

    /**
     * Reads the slots {@code firstSlot..lastSlot} behind a key, or from the first.
     *
     * @param isWanted asked before each step
     * @param taker gets each entry in key order; false ends the scan
     * @param then called exactly once, unless the process ends first
     */
    void run(
            int firstSlot,
            int lastSlot,
            @Nullable Key after,
            BooleanSupplier isWanted,
            Predicate<Entry> taker,
            Consumer<End> then) {
        if (!isWanted.getAsBoolean()) {
            then.accept(new End.Unwanted());
            return;
        }
        cells.scan(firstSlot, lastSlot, after, stepEntries, outcome -> {
            switch (outcome) {
                case ScanOutcome.Refused refused -> then.accept(new End.Refused(refused.fault(), refused.detail()));
                case ScanOutcome.Page page -> {
                    List<Entry> entries = page.entries();
                    learn(
                            entries.size(),
                            entries.stream().mapToLong(WireBytes::of).sum());
                    for (Entry entry : entries) {
                        if (!taker.test(entry)) {
                            then.accept(new End.Cut());
                            return;
                        }
                    }
                    if (!page.more() || entries.isEmpty()) {
                        then.accept(new End.Whole());
                        return;
                    }
                    Key last = entries.get(entries.size() - 1).key();
                    timers.after(Duration.ZERO, () -> run(firstSlot, lastSlot, last, isWanted, taker, then));
                }
            }
        });
    }
}
