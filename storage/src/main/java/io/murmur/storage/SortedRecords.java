package io.murmur.storage;

import io.murmur.kernel.data.Key;
import java.util.Arrays;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * The records of one slot in the order of their keys. In chunks, so that no insertion moves many, however many keys somebody puts into one
 * slot. Sought and changed by one thread; others may go through it when it does not change any more.
 */
final class SortedRecords {

    private static final int FIRST_LENGTH = 4;
    private static final int MOST_IN_CHUNK = 256;

    private final Records records;

    /** None is empty but the only one. */
    private @Nullable Object[][] chunks = {new Object[FIRST_LENGTH]};

    private int[] lengths = {0};
    private int used = 1;

    /** Where the last key that was sought is, or would be. */
    private int chunk;

    private int index;

    /** @param records reads the keys of records */
    SortedRecords(Records records) {
        this.records = records;
    }

    /** The record of a key; null when there is none. */
    @Nullable
    Object seek(Key key) {
        chunk = chunkOf(key);
        int low = 0;
        int high = lengths[chunk];
        while (low < high) {
            int middle = (low + high) >>> 1;
            int order = records.compareKeys(at(chunk, middle), key);
            if (order == 0) {
                index = middle;
                return at(chunk, middle);
            }
            if (order < 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        index = low;
        return null;
    }

    /** The last one whose first key is not greater; the first one when there is none. */
    private int chunkOf(Key key) {
        int low = 0;
        int high = used - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (records.compareKeys(at(middle, 0), key) <= 0) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    private Object at(int inChunk, int place) {
        Object record = chunks[inChunk][place];
        if (record == null) {
            throw new IllegalStateException("no record where one must be");
        }
        return record;
    }

    /** Puts another record in the place of that which was found by the last {@link #seek}. */
    void replace(Object record) {
        chunks[chunk][index] = record;
    }

    /** Inserts the record of a key which the last {@link #seek} has not found. */
    void insert(Object record) {
        if (lengths[chunk] == chunks[chunk].length) {
            makeRoom();
        }
        @Nullable Object[] into = chunks[chunk];
        System.arraycopy(into, index, into, index + 1, lengths[chunk] - index);
        into[index] = record;
        lengths[chunk]++;
    }

    private void makeRoom() {
        int length = lengths[chunk];
        if (length < MOST_IN_CHUNK) {
            chunks[chunk] = Arrays.copyOf(chunks[chunk], 2 * length);
            return;
        }
        if (used == chunks.length) {
            chunks = Arrays.copyOf(chunks, 2 * used);
            lengths = Arrays.copyOf(lengths, 2 * used);
        }
        System.arraycopy(chunks, chunk + 1, chunks, chunk + 2, used - chunk - 1);
        System.arraycopy(lengths, chunk + 1, lengths, chunk + 2, used - chunk - 1);
        used++;
        int kept = length / 2;
        @Nullable Object[] upper = new Object[MOST_IN_CHUNK];
        System.arraycopy(chunks[chunk], kept, upper, 0, length - kept);
        Arrays.fill(chunks[chunk], kept, length, null);
        chunks[chunk + 1] = upper;
        lengths[chunk + 1] = length - kept;
        lengths[chunk] = kept;
        if (index > kept) {
            chunk++;
            index -= kept;
        }
    }

    /** All from the first on. */
    Iterator<Object> all() {
        return new Onward(0, 0);
    }

    /** All in their order. */
    Stream<Object> stream() {
        return StreamSupport.stream(Spliterators.spliteratorUnknownSize(all(), Spliterator.ORDERED), false);
    }

    /** All behind a key. */
    Iterator<Object> behind(Key key) {
        boolean isHere = seek(key) != null;
        return new Onward(chunk, isHere ? index + 1 : index);
    }

    private final class Onward implements Iterator<Object> {
        private int inChunk;
        private int place;

        Onward(int inChunk, int place) {
            this.inChunk = inChunk;
            this.place = place;
        }

        @Override
        public boolean hasNext() {
            while (inChunk < used && place == lengths[inChunk]) {
                inChunk++;
                place = 0;
            }
            return inChunk < used;
        }

        @Override
        public Object next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            return at(inChunk, place++);
        }
    }
}
