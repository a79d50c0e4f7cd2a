package io.murmur.storage;

import io.murmur.kernel.Storage.Entry;
import io.murmur.kernel.data.Cell;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * All entries of several tables behind a table key, in order, each key once with the join of its cells. Throws
 * {@link java.io.UncheckedIOException} on the way when a table is broken.
 */
final class Merge implements Iterator<Entry> {

    private final PriorityQueue<Head> heads = new PriorityQueue<>(Comparator.comparing(head -> head.entry.key()));
    private @Nullable Entry next;

    /** The next entry of a table, and where the one behind it comes from. */
    private record Head(Entry entry, Iterator<Entry> source) {}

    Merge(List<Table> tables, byte[] from, boolean inclusive) {
        tables.forEach(table -> push(table.from(from, inclusive)));
        advance();
    }

    private void push(Iterator<Entry> source) {
        if (source.hasNext()) {
            heads.add(new Head(source.next(), source));
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
        for (Head same = heads.peek(); same != null && same.entry.key().equals(head.entry.key()); same = heads.peek()) {
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
