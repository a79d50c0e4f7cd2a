package io.murmur.storage;

import io.murmur.kernel.Storage.Entry;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;

/**
 * Tables merged into one, a bounded step at a time, so that look-ups get their turn between. Size-tiered: tables of about the same size
 * are merged when there are enough of them, so that each cell is rewritten a number of times that grows with the logarithm of the data.
 * Keeps the join of each key; tombstones and expired cells stay, since only an anti-entropy round may say when they are no longer needed
 * (invariant 5).
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
    private final TableWriter writer;
    private final Merge entries;

    /** What is to be merged must stay open until the last step. */
    Compaction(TableSet tables, List<Table> merged) throws IOException {
        this.tables = tables;
        this.merged = merged;
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
        this.entries = new Merge(merged, TableKey.startOf(0), true);
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
                tables.replace(merged, writer.finish());
                return false;
            }
            Entry entry = entries.next();
            bytes += entry.cell().weightBytes();
            writer.add(entry);
        }
        return true;
    }

    /** Gives up before the end; the tables stay as they are. */
    void abandon() {
        writer.abandon();
    }
}
