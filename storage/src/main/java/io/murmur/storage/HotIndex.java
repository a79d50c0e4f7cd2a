package io.murmur.storage;

import io.murmur.kernel.data.Key;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Finds records by their keys: extendible hashing (Fagin, Nievergelt, Pippenger, Strong 1979), so that no growth ever takes more than the
 * splitting of one segment. A segment is a table of buckets of eight; a record is in the emptier of two buckets at the time it came. Eight
 * tags of one byte are compared at once, so a look-up nearly always sees no record but its own.
 */
final class HotIndex {

    private static final int BUCKETS = 256;
    private static final int IN_BUCKET = 8;

    /** So many doublings of the directory at most: some 600 million records. */
    private static final int DEEPEST = 19;

    private static final long ONES = 0x0101010101010101L;
    private static final long TOPS = 0x8080808080808080L;

    private final Records records;
    private Segment[] directory = {new Segment(0)};
    private int depth;
    private int size;

    /** @param records reads the keys of records */
    HotIndex(Records records) {
        this.records = records;
    }

    private static final class Segment {
        /** So many of a hash's first bits are the same for all records in here. */
        final int depth;

        /** A byte for each place, 0 for an empty one. */
        final long[] tags = new long[BUCKETS];

        final @Nullable Object[] places = new Object[BUCKETS * IN_BUCKET];
        int size;

        Segment(int depth) {
            this.depth = depth;
        }

        /** A place in a bucket that holds this very record; -1 when none does. */
        @SuppressWarnings("ReferenceEquality")
        int placeOf(Object record, int bucket) {
            for (int place = bucket * IN_BUCKET; place < (bucket + 1) * IN_BUCKET; place++) {
                if (places[place] == record) {
                    return place;
                }
            }
            return -1;
        }

        void set(int place, int tag, @Nullable Object record) {
            int bucket = place / IN_BUCKET;
            int shift = place % IN_BUCKET * Byte.SIZE;
            tags[bucket] = (tags[bucket] & ~(0xFFL << shift)) | ((long) tag << shift);
            places[place] = record;
        }
    }

    static long spread(int hash) {
        long product = (hash + 1L) * 0x9E3779B97F4A7C15L;
        long mixed = (product ^ (product >>> 32)) * 0xD6E8FEB86659FD93L;
        return mixed ^ (mixed >>> 32);
    }

    int size() {
        return size;
    }

    /** How often the directory has been doubled. */
    int depth() {
        return depth;
    }

    @Nullable
    Object find(Key key) {
        long spread = spread(key.hashCode());
        Segment segment = segment(spread);
        int bucket = bucket(spread);
        Object found = find(segment, bucket, tag(spread), key);
        return found != null ? found : find(segment, otherBucket(spread), tag(spread), key);
    }

    private @Nullable Object find(Segment segment, int bucket, int tag, Key key) {
        for (long equal = zeros(segment.tags[bucket] ^ tag * ONES); equal != 0; equal &= equal - 1) {
            Object record = segment.places[bucket * IN_BUCKET + (Long.numberOfTrailingZeros(equal) >>> 3)];
            if (record != null && records.isOf(record, key)) {
                return record;
            }
        }
        return null;
    }

    /** Something that depends on where a key's tags are, so that the processor has them. */
    long touch(Key key) {
        long spread = spread(key.hashCode());
        Segment segment = segment(spread);
        return segment.tags[bucket(spread)];
    }

    /**
     * Adds a record of a key that has none. Whose buckets are full and whose segment is not takes the place of another: their hashes are
     * alike, which somebody may have seen to.
     */
    void add(Object record, int hash) {
        long spread = spread(hash);
        Segment segment = segment(spread);
        int place = emptyPlace(segment, spread);
        while (place < 0 && segment.size >= BUCKETS * IN_BUCKET / 2 && segment.depth < DEEPEST) {
            split(segment, spread);
            segment = segment(spread);
            place = emptyPlace(segment, spread);
        }
        if (place < 0) {
            place = bucket(spread) * IN_BUCKET;
        } else {
            segment.size++;
            size++;
        }
        segment.set(place, tag(spread), record);
    }

    private static int emptyPlace(Segment segment, long spread) {
        int one = bucket(spread);
        int other = otherBucket(spread);
        long emptyInOne = zeros(segment.tags[one]);
        long emptyInOther = zeros(segment.tags[other]);
        if (emptyInOne == 0 && emptyInOther == 0) {
            return -1;
        }
        return Long.bitCount(emptyInOne) >= Long.bitCount(emptyInOther)
                ? one * IN_BUCKET + (Long.numberOfTrailingZeros(emptyInOne) >>> 3)
                : other * IN_BUCKET + (Long.numberOfTrailingZeros(emptyInOther) >>> 3);
    }

    private void split(Segment segment, long spread) {
        if (segment.depth == depth) {
            Segment[] doubled = new Segment[directory.length * 2];
            for (int i = 0; i < doubled.length; i++) {
                doubled[i] = directory[i / 2];
            }
            directory = doubled;
            depth++;
        }
        Segment zeros = new Segment(segment.depth + 1);
        Segment ones = new Segment(segment.depth + 1);
        for (int place = 0; place < segment.places.length; place++) {
            Object record = segment.places[place];
            if (record != null) {
                long its = spread(records.hash(record));
                Segment half = (its << segment.depth) < 0 ? ones : zeros;
                // In the same place of its half, where there is room for sure.
                half.set(place, tag(its), record);
                half.size++;
            }
        }
        int shared = depth - segment.depth;
        int first = segment.depth == 0 ? 0 : (int) (spread >>> (Long.SIZE - segment.depth)) << shared;
        Arrays.fill(directory, first, first + (1 << (shared - 1)), zeros);
        Arrays.fill(directory, first + (1 << (shared - 1)), first + (1 << shared), ones);
    }

    /** Puts another record of the same key in the place of one that is in here. */
    void replace(Object former, Object record, int hash) {
        long spread = spread(hash);
        Segment segment = segment(spread);
        segment.places[place(segment, former, spread)] = record;
    }

    /** False when it is not in here: another has taken its place. */
    boolean remove(Object record, int hash) {
        long spread = spread(hash);
        Segment segment = segment(spread);
        int place = place(segment, record, spread);
        if (place < 0) {
            return false;
        }
        segment.set(place, 0, null);
        segment.size--;
        size--;
        return true;
    }

    boolean has(Object record, int hash) {
        long spread = spread(hash);
        return place(segment(spread), record, spread) >= 0;
    }

    private static int place(Segment segment, Object record, long spread) {
        int place = segment.placeOf(record, bucket(spread));
        return place >= 0 ? place : segment.placeOf(record, otherBucket(spread));
    }

    /** The highest bit of each byte that is zero. */
    private static long zeros(long bytes) {
        return ~(((bytes & ~TOPS) + ~TOPS) | bytes | ~TOPS);
    }

    private Segment segment(long spread) {
        return directory[depth == 0 ? 0 : (int) (spread >>> (Long.SIZE - depth))];
    }

    private static int bucket(long spread) {
        return (int) spread & (BUCKETS - 1);
    }

    private static int otherBucket(long spread) {
        return (int) (spread >>> 8) & (BUCKETS - 1);
    }

    /** 1 to 255. */
    private static int tag(long spread) {
        return Math.max(1, (int) (spread >>> 16) & 0xFF);
    }
}
