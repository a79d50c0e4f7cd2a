package io.murmur.storage;

import io.murmur.kernel.Storage.Entry;
import io.murmur.kernel.data.Cell;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Which tables to merge, and the merge. Size-tiered: tables of about the same size are merged when there are enough of them, so that each
 * cell is rewritten a number of times that grows with the logarithm of the data. Keeps the join of each key; tombstones and expired cells
 * stay, since only an anti-entropy round may say when they are no longer needed (invariant 5).
 */
final class Compaction {

    private static final int FAN_IN = 4;

    /** Tables smaller than this are all of one size. */
    private static final long SMALLEST_TIER_BYTES = 4 << 20;

    private Compaction() {}

    /** The tables to merge now; empty when there is nothing to do. */
    static List<Table> choose(List<Table> tables) {
        List<Table> bySize = tables.stream()
                .sorted(Comparator.comparingLong((Table t) -> t.facts().fileBytes())
                        .thenComparingLong(Table::number))
                .toList();
        for (int first = 0; first + FAN_IN <= bySize.size(); first++) {
            long smallest =
                    Math.max(SMALLEST_TIER_BYTES, bySize.get(first).facts().fileBytes());
            int end = first;
            while (end < bySize.size() && bySize.get(end).facts().fileBytes() <= 2 * smallest) {
                end++;
            }
            if (end - first >= FAN_IN) {
                return bySize.subList(first, Math.min(end, first + 4 * FAN_IN));
            }
        }
        return List.of();
    }

    /** All entries of these tables behind a table key, in order, each key once with the join of its cells. */
    static Iterator<Entry> merge(List<Table> tables, byte[] from, boolean inclusive) {
        return new Merge(tables, from, inclusive);
    }

    private static final class Merge implements Iterator<Entry> {
        private final PriorityQueue<Head> heads = new PriorityQueue<>(Comparator.comparing(head -> head.entry.key()));
        private @Nullable Entry next;

        Merge(List<Table> tables, byte[] from, boolean inclusive) {
            for (Table table : tables) {
                push(table.from(from, inclusive));
            }
            advance();
        }

        private void push(Iterator<Map.Entry<byte[], byte[]>> source) {
            if (source.hasNext()) {
                try {
                    heads.add(new Head(Table.entry(source.next()), source));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        }

        private void advance() {
            Head head = heads.poll();
            if (head == null) {
                next = null;
                return;
            }
            Cell joined = head.entry.cell();
            push(head.source);
            for (Head same = heads.peek();
                    same != null && same.entry.key().equals(head.entry.key());
                    same = heads.peek()) {
                heads.poll();
                joined = Cell.joinPresent(joined, same.entry.cell());
                push(same.source);
            }
            next = new Entry(head.entry.key(), joined);
        }

        @Override
        public boolean hasNext() {
            return next != null;
        }

        @Override
        public Entry next() {
            Entry current = next;
            if (current == null) {
                throw new NoSuchElementException();
            }
            advance();
            return current;
        }
    }

    private record Head(Entry entry, Iterator<Map.Entry<byte[], byte[]>> source) {}
}
