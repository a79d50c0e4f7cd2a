package io.murmur.storage;

import io.murmur.kernel.data.Cell;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.data.Version;
import io.murmur.kernel.ring.NodeId;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Cells with their keys as records of few bytes, as a shard keeps them in memory. A record is an array of bytes, or a {@link Whole} where a
 * copy of the value would cost more than the objects do.
 *
 * <pre>
 *   0  reading of the version
 *   8  node of the version, as a number
 *  10  cache, as a number
 *  12  length of the key, kind, uses, whether it is in the main queue, and how many bytes at the end are not used
 *  16  expiry, where there is one; the key; the value
 * </pre>
 *
 * <p>A value of 100 bytes with a key of 24 takes 152 bytes of heap; as a key, a cell and a version they would take 224, and five objects to
 * be copied by each collection in place of one. Records are made and changed on the shard's thread; those that do not change any more may
 * be read by others.
 */
final class Records {

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);

    private static final int NODE_AT = 8;
    private static final int CACHE_AT = 10;
    private static final int STATE_AT = 12;
    private static final int BODY_AT = 16;

    private static final int KEY_MASK = (1 << 17) - 1;
    private static final int KIND_SHIFT = 17;
    private static final int KIND_MASK = 3;
    private static final int USES_SHIFT = 19;
    private static final int USES_MASK = 3;
    private static final int IN_MAIN = 1 << 21;
    private static final int UNUSED_SHIFT = 22;
    private static final int MOST_UNUSED = (1 << 10) - 1;

    private static final int TOMBSTONE = 0;
    private static final int LIVE = 1;
    private static final int LIVE_WITH_EXPIRY = 2;

    /** Larger values are not copied with each read. */
    private static final int LARGEST_PACKED_VALUE = 2048;

    private static final int ARRAY_HEADER_BYTES = 16;

    /** Of a key, a cell, a version and an array for each of key and value. */
    private static final int WHOLE_OVERHEAD_BYTES = 144;

    private final Names<NodeId> nodes = new Names<>();
    private final Names<String> caches = new Names<>();

    /** A record that refers to key and cell as they are. */
    private static final class Whole {
        final Key key;
        final Cell cell;
        int state;

        Whole(Key key, Cell cell) {
            this.key = key;
            this.cell = cell;
        }
    }

    /** Numbers for the few names that millions of records share. */
    private static final class Names<T> {

        private static final int MOST = 1 << Short.SIZE;

        private final Map<T, Integer> numbers = new HashMap<>();

        /** By number; a new array when one comes, since other threads read it. */
        private volatile List<T> names = List.of();

        /** -1 when all numbers are taken. */
        int numberOf(T name) {
            Integer number = numbers.get(name);
            if (number != null) {
                return number;
            }
            int next = names.size();
            if (next == MOST) {
                return -1;
            }
            numbers.put(name, next);
            names = Stream.concat(names.stream(), Stream.of(name)).toList();
            return next;
        }

        T name(short number) {
            return names.get(Short.toUnsignedInt(number));
        }
    }

    /** A record that has not been used yet. */
    Object of(Key key, Cell cell) {
        int length = packedLength(key, cell);
        int node = nodes.numberOf(cell.version().node());
        int cache = caches.numberOf(key.cache());
        if (length < 0 || node < 0 || cache < 0) {
            return new Whole(key, cell);
        }
        byte[] packed = new byte[length];
        SHORT.set(packed, CACHE_AT, (short) cache);
        pack(packed, key, cell, node, 0, 0);
        return packed;
    }

    /** Writes another cell of its key over a record, when it has just about the right length. */
    boolean overwrite(Object record, Key key, Cell cell) {
        int length = packedLength(key, cell);
        int node = nodes.numberOf(cell.version().node());
        if (!(record instanceof byte[] packed) || length < 0 || node < 0) {
            return false;
        }
        int unused = packed.length - length;
        // A quarter may lie idle: else each change of length would leave a record in the queue that is nobody's.
        if (unused < 0 || unused > Math.min(MOST_UNUSED, packed.length / 4)) {
            return false;
        }
        pack(packed, key, cell, node, unused, state(packed) & ((USES_MASK << USES_SHIFT) | IN_MAIN));
        return true;
    }

    /** Less than 0 when it is not to be packed. */
    private static int packedLength(Key key, Cell cell) {
        return switch (cell) {
            case Cell.Tombstone ignored -> BODY_AT + key.bytes().length;
            case Cell.Live live ->
                live.value().length > LARGEST_PACKED_VALUE
                        ? -1
                        : bodyAt(kindOf(live)) + key.bytes().length + live.value().length;
        };
    }

    private static int kindOf(Cell.Live live) {
        return live.expiresAtMillis() == Cell.NEVER ? LIVE : LIVE_WITH_EXPIRY;
    }

    private static int bodyAt(int kind) {
        return kind == LIVE_WITH_EXPIRY ? BODY_AT + Long.BYTES : BODY_AT;
    }

    private static void pack(byte[] packed, Key key, Cell cell, int node, int unused, int kept) {
        byte[] name = key.bytes();
        int kind = cell instanceof Cell.Live live ? kindOf(live) : TOMBSTONE;
        int at = bodyAt(kind);
        LONG.set(packed, 0, cell.version().reading());
        SHORT.set(packed, NODE_AT, (short) node);
        INT.set(packed, STATE_AT, kept | name.length | (kind << KIND_SHIFT) | (unused << UNUSED_SHIFT));
        System.arraycopy(name, 0, packed, at, name.length);
        if (cell instanceof Cell.Live live) {
            if (kind == LIVE_WITH_EXPIRY) {
                LONG.set(packed, BODY_AT, live.expiresAtMillis());
            }
            System.arraycopy(live.value(), 0, packed, at + name.length, live.value().length);
        }
    }

    boolean isOf(Object record, Key key) {
        if (record instanceof byte[] packed) {
            int state = state(packed);
            byte[] name = key.bytes();
            int at = bodyAt(kind(state));
            return (state & KEY_MASK) == name.length
                    && Arrays.equals(packed, at, at + name.length, name, 0, name.length)
                    && cache(packed).equals(key.cache());
        }
        return ((Whole) record).key.equals(key);
    }

    Cell cell(Object record) {
        if (!(record instanceof byte[] packed)) {
            return ((Whole) record).cell;
        }
        int state = state(packed);
        Version version = new Version((long) LONG.get(packed, 0), nodes.name((short) SHORT.get(packed, NODE_AT)));
        int kind = kind(state);
        if (kind == TOMBSTONE) {
            return new Cell.Tombstone(version);
        }
        long expiry = kind == LIVE_WITH_EXPIRY ? (long) LONG.get(packed, BODY_AT) : Cell.NEVER;
        return new Cell.Live(
                version,
                expiry,
                Arrays.copyOfRange(
                        packed, bodyAt(kind) + (state & KEY_MASK), packed.length - (state >>> UNUSED_SHIFT)));
    }

    Key key(Object record) {
        if (!(record instanceof byte[] packed)) {
            return ((Whole) record).key;
        }
        int at = bodyAt(kind(state(packed)));
        return new Key(cache(packed), Arrays.copyOfRange(packed, at, at + (state(packed) & KEY_MASK)));
    }

    /** The order of keys within a slot. */
    int compareKeys(Object record, Key key) {
        if (!(record instanceof byte[] packed)) {
            return ((Whole) record).key.compareTo(key);
        }
        int byCache = cache(packed).compareTo(key.cache());
        if (byCache != 0) {
            return byCache;
        }
        int at = bodyAt(kind(state(packed)));
        byte[] name = key.bytes();
        return Arrays.compareUnsigned(packed, at, at + (state(packed) & KEY_MASK), name, 0, name.length);
    }

    /** As {@link Cell#compare}. */
    int compare(Object record, Cell cell) {
        if (record instanceof byte[] packed) {
            int byReading = Long.compareUnsigned(
                    (long) LONG.get(packed, 0), cell.version().reading());
            if (byReading != 0) {
                return byReading;
            }
        }
        return Cell.compare(cell(record), cell);
    }

    private String cache(byte[] packed) {
        return caches.name((short) SHORT.get(packed, CACHE_AT));
    }

    /** As {@link Key#hashCode} of its key. */
    int hash(Object record) {
        if (!(record instanceof byte[] packed)) {
            return ((Whole) record).key.hashCode();
        }
        int state = state(packed);
        int at = bodyAt(kind(state));
        return Key.hash(cache(packed), packed, at, at + (state & KEY_MASK));
    }

    /** In memory, about, without what finds and orders it. */
    static int weightBytes(Object record) {
        return record instanceof byte[] packed
                ? ARRAY_HEADER_BYTES + packed.length
                : WHOLE_OVERHEAD_BYTES + ((Whole) record).key.bytes().length + ((Whole) record).cell.weightBytes();
    }

    /** The first and the last byte of a record, so that the processor has them. */
    static int touch(Object record) {
        return record instanceof byte[] packed ? packed[0] + packed[packed.length - 1] : 0;
    }

    static int uses(Object record) {
        return (state(record) >>> USES_SHIFT) & USES_MASK;
    }

    /** More than three uses are not counted. */
    static void use(Object record) {
        if (uses(record) < USES_MASK) {
            setState(record, state(record) + (1 << USES_SHIFT));
        }
    }

    /** Only when it has been used. */
    static void forgetUse(Object record) {
        setState(record, state(record) - (1 << USES_SHIFT));
    }

    static boolean isInMain(Object record) {
        return (state(record) & IN_MAIN) != 0;
    }

    /** As one that has not been used yet. */
    static void enterMain(Object record) {
        setState(record, (state(record) & ~(USES_MASK << USES_SHIFT)) | IN_MAIN);
    }

    private static int kind(int state) {
        return (state >>> KIND_SHIFT) & KIND_MASK;
    }

    private static int state(Object record) {
        return record instanceof byte[] packed ? (int) INT.get(packed, STATE_AT) : ((Whole) record).state;
    }

    private static void setState(Object record, int state) {
        if (record instanceof byte[] packed) {
            INT.set(packed, STATE_AT, state);
        } else {
            ((Whole) record).state = state;
        }
    }
}
