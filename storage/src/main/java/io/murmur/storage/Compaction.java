package io.murmur.storage;

import io.murmur.kernel.Storage.Entry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tables merged into one, a bounded step at a time, so that look-ups get their turn between. Size-tiered: tables of about the same size
 * are merged when there are enough of them, so that each cell is rewritten a number of times that grows with the logarithm of the data.
 * Keeps the join of each key, but for those that are dead, past their slot's horizon, and may go ({@link Purge}). What a cell is judged by
 * is the join of all there is: so it stays if any table outside the merge may hold that key.
 */
final class Compaction {

    private static final int FAN_IN = 4;
    private static final int MOST_AT_ONCE = 16;

    /** Tables smaller than this are all of one size. */
    private static final long SMALLEST_TIER_BYTES = 4 << 20;

    private static final long STEP_BYTES = 1 << 20;
    private static final int STEP_ENTRIES = 2_000;

    private final TableSet tables;
    private final List<Table> merged;
    private final Purge purge;
    private final StoreCounters counters;
    private final Set<Table> keptFor = new HashSet<>();
    private long kept;
    private long purged;
    private final TableWriter writer;
    private final Merge entries;

    /**
     * What is to be merged must stay open until the last step.
     *
     * @param merged opened by {@link #begin}
     */
    private Compaction(TableSet tables, List<Table> merged, Purge purge, StoreCounters counters) throws IOException {
        this.tables = tables;
        this.merged = merged;
        this.purge = purge;
        this.counters = counters;
        long expectedEntries = 0;
        long expectedBytes = 0;
        int largestCellBytes = 0;
        for (Table table : merged) {
            expectedEntries += table.facts().entries();
            expectedBytes += table.facts().fileBytes();
            largestCellBytes = Math.max(largestCellBytes, table.facts().largestCellBytes());
        }
        this.writer = new TableWriter(
                tables.disk(),
                tables.nextNumber(),
                new TableWriter.Expected(expectedEntries, expectedBytes, largestCellBytes));
        boolean isOpen = false;
        try {
            this.entries = new Merge(merged, TableKey.startOf(0), true);
            isOpen = true;
        } finally {
            if (!isOpen) {
                writer.abandon();
            }
        }
    }

    /** Begins to merge these; null when one of them has been set aside meanwhile. */
    static @Nullable Compaction begin(TableSet tables, List<Table> merged, Purge purge, StoreCounters counters)
            throws IOException {
        List<Table> acquired = new ArrayList<>();
        boolean isBegun = false;
        try {
            for (Table table : merged) {
                if (!table.acquire()) {
                    return null;
                }
                acquired.add(table);
            }
            Compaction compaction = new Compaction(tables, merged, purge, counters);
            isBegun = true;
            return compaction;
        } finally {
            if (!isBegun) {
                acquired.forEach(Table::release);
            }
        }
    }

    /** The tables to merge now, by their sizes; empty when there is nothing to do. */
    static List<Table> choose(List<Table> tables) {
        List<Table> bySize = tables.stream()
                .sorted(Comparator.comparingLong((Table table) -> table.facts().fileBytes())
                        .thenComparingLong(Table::number))
                .toList();
        for (int first = 0; first + FAN_IN <= bySize.size(); first++) {
            long tier = Math.max(SMALLEST_TIER_BYTES, bySize.get(first).facts().fileBytes());
            int end = first;
            while (end < bySize.size() && bySize.get(end).facts().fileBytes() <= 2 * tier) {
                end++;
            }
            if (end - first >= FAN_IN) {
                return bySize.subList(first, Math.min(end, first + MOST_AT_ONCE));
            }
        }
        return List.of();
    }

    /**
     * Merges a little more; false when the merged table has taken the others' place. After a throw, {@link #abandon} it.
     *
     * @throws IOException when the merged table cannot be written
     * @throws java.io.UncheckedIOException when one of the tables is broken
     */
    boolean step() throws IOException {
        long bytes = 0;
        for (int count = 0; count < STEP_ENTRIES && bytes < STEP_BYTES; count++) {
            if (!entries.hasNext()) {
                end();
                return false;
            }
            Entry entry = entries.next();
            bytes += entry.cell().weightBytes();
            if (mayGo(entry)) {
                purged++;
            } else {
                writer.add(entry);
            }
        }
        return true;
    }

    /** The horizon first, then the tables: what was in memory before the horizon counted is in those. */
    private boolean mayGo(Entry entry) {
        if (!purge.isPast(entry)) {
            return false;
        }
        for (Table table : tables.tables()) {
            if (table.mayHold(entry.key()) && !merged.contains(table)) {
                keptFor.add(table);
                kept++;
                return false;
            }
        }
        return true;
    }

    private void end() throws IOException {
        if (writer.entries() == 0) {
            writer.abandon();
            tables.replace(merged, null);
            purge.merged(merged);
        } else {
            Table fresh = writer.finish();
            tables.replace(merged, fresh);
            purge.merged(merged);
            purge.keptFor(fresh, keptFor, kept);
        }
        counters.purged.add(purged);
        merged.forEach(Table::release);
    }

    /** Gives up before the end; the tables stay as they are, and what they were chosen for stays due. */
    void abandon() {
        writer.abandon();
        merged.forEach(Table::release);
    }
}
