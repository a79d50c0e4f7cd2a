package io.murmur.storage;

import io.murmur.kernel.data.Cell;
import io.murmur.kernel.data.Key;
import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The cells a shard answers from memory, within so many bytes. On the shard's thread alone.
 *
 * <p>Which stay is decided by S3-FIFO (Yang, Zhang, Qiu, Yue, Vigfusson: FIFO queues are all you need for cache eviction, SOSP 2023): a
 * new cell waits in a small queue and comes into the main one only if it was used meanwhile, or had left not long ago; at the head of the
 * main queue a use buys another round. A read so moves nothing, and what is read once, by a scan for instance, pushes nothing out.
 */
final class HotCells {

    /** Of all bytes, as the paper has it. */
    private static final double SMALL_SHARE = 0.1;

    /** Bytes of a record in the index and a queue, about. */
    private static final int OVERHEAD_BYTES = 16;

    /** At most so many go another round when there has to be room: when all have been used that must not take longer than 0.2 ms. */
    private static final int MOST_ROUNDS = 1000;

    private final long maxBytes;
    private final Records records;
    private final HotIndex index;
    private final Queue small = new Queue();
    private final Queue main = new Queue();
    private Ghosts ghosts = new Ghosts(1 << 10);

    /** What was touched: else the compiler would see that it is not needed. */
    long touched;

    /** @param maxBytes of memory for all that is held, about; a cell that would take more than a tenth of it is not held */
    HotCells(long maxBytes, Records records) {
        this.maxBytes = maxBytes;
        this.records = records;
        this.index = new HotIndex(records);
    }

    /** Records in the order in which they came, those included whose key has another record by now. */
    private static final class Queue {

        private static final int CHUNK = 4096;

        /** In chunks: one array would be copied when it grows, with millions of records in one turn. */
        private final ArrayDeque<@Nullable Object[]> chunks = new ArrayDeque<>();

        private int first;
        private int end = CHUNK;
        private long bytes;

        void add(Object record) {
            if (end == CHUNK) {
                chunks.addLast(new Object[CHUNK]);
                end = 0;
            }
            chunks.getLast()[end++] = record;
            bytes += weight(record);
        }

        /** Null when it is empty. */
        @Nullable
        Object poll() {
            if (chunks.isEmpty() || (chunks.size() == 1 && first == end)) {
                return null;
            }
            @Nullable Object[] chunk = chunks.getFirst();
            Object record = chunk[first];
            chunk[first++] = null;
            if (first == CHUNK) {
                chunks.removeFirst();
                first = 0;
            }
            if (record != null) {
                bytes -= weight(record);
            }
            return record;
        }

        long bytes() {
            return bytes;
        }
    }

    /** Which keys have left the small queue not long ago: the newest that fits into each place, by 16 bits of its hash. */
    private static final class Ghosts {

        private final short[] places;

        Ghosts(int size) {
            places = new short[size];
        }

        int size() {
            return places.length;
        }

        void add(long spread) {
            places[place(spread)] = mark(spread);
        }

        boolean remove(long spread) {
            int place = place(spread);
            boolean isIn = places[place] == mark(spread);
            if (isIn) {
                places[place] = 0;
            }
            return isIn;
        }

        private int place(long spread) {
            return (int) (spread >>> 16) & (places.length - 1);
        }

        /** Not 0, which is nobody's. */
        private static short mark(long spread) {
            return (short) ((spread >>> 48) | 1);
        }
    }

    private static long weight(Object record) {
        return (long) OVERHEAD_BYTES + Records.weightBytes(record);
    }

    /** What is held for a key, which counts as a use. */
    @Nullable
    Cell get(Key key) {
        Object record = index.find(key);
        if (record == null) {
            return null;
        }
        Records.use(record);
        return records.cell(record);
    }

    /** Holds a cell, or nothing, in place of what was held for its key. */
    void put(Key key, Cell cell) {
        Object former = index.find(key);
        if (former == null) {
            Object record = records.of(key, cell);
            if (weight(record) <= maxBytes * SMALL_SHARE) {
                boolean wasHere = ghosts.remove(HotIndex.spread(key.hashCode()));
                index.add(record, key.hashCode());
                enter(record, wasHere);
            }
            return;
        }
        if (records.overwrite(former, key, cell)) {
            return;
        }
        Object record = records.of(key, cell);
        if (weight(record) <= maxBytes * SMALL_SHARE) {
            index.replace(former, record, key.hashCode());
            enter(record, Records.isInMain(former));
        } else {
            index.remove(former, key.hashCode());
        }
    }

    private void enter(Object record, boolean inMain) {
        if (inMain) {
            Records.enterMain(record);
            main.add(record);
        } else {
            small.add(record);
        }
        int rounds = 0;
        while (bytes() > maxBytes) {
            boolean fromSmall = small.bytes() > maxBytes * SMALL_SHARE || main.bytes() == 0;
            Object oldest = fromSmall ? small.poll() : main.poll();
            if (oldest == null) {
                return;
            }
            int hash = records.hash(oldest);
            if (Records.uses(oldest) > 0 && rounds < MOST_ROUNDS && index.has(oldest, hash)) {
                rounds++;
                if (fromSmall) {
                    Records.enterMain(oldest);
                } else {
                    Records.forgetUse(oldest);
                }
                main.add(oldest);
            } else if (index.remove(oldest, hash) && fromSmall) {
                remember(hash);
            }
        }
    }

    private void remember(int hash) {
        if (index.size() > ghosts.size()) {
            ghosts = new Ghosts(2 * ghosts.size());
        }
        ghosts.add(HotIndex.spread(hash));
    }

    /**
     * Has the processor's cache take in what these keys are going to need. A loop for each step of the way: within a loop no miss has to
     * wait for another.
     */
    void expect(List<Key> keys) {
        for (Key key : keys) {
            touched += index.touch(key);
        }
        for (Key key : keys) {
            Object record = index.find(key);
            if (record != null) {
                touched += Records.touch(record);
            }
        }
    }

    /** Of memory, about, what is in the queues for keys that have another record by now included. */
    long bytes() {
        return small.bytes() + main.bytes();
    }

    /** How many cells are held. */
    int size() {
        return index.size();
    }
}
