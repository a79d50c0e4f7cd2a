package io.murmur.storage;

import io.murmur.kernel.Horizons;
import io.murmur.kernel.data.Cell;
import java.util.function.IntToLongFunction;

/**
 * The cells of a table that are dead or will be, and when their slot's horizon is past them: tombstones, and cells that expire. All are
 * counted; of a regular sample it is known which slot they are of and when, to tell how many are past by now.
 *
 * @param count how many
 * @param oldest past this horizon the first of them is; {@link #NEVER} when there is none
 * @param slots of the sample
 * @param moments of the sample
 */
record Deaths(long count, long oldest, short[] slots, long[] moments) {

    static final long NEVER = Cell.NEVER;
    static final int MOST_SAMPLED = 256;

    static final Deaths NONE = new Deaths(0, NEVER, new short[0], new long[0]);

    /** What is to be assumed of a table that does not tell: that there may be some. */
    static final Deaths UNKNOWN = new Deaths(0, Horizons.NONE, new short[0], new long[0]);

    /** A horizon greater than this is past the cell ({@link Horizons#isPast}); {@link #NEVER} when none is. */
    static long momentOf(Cell cell) {
        return switch (cell) {
            case Cell.Tombstone tombstone -> tombstone.version().wallMillis();
            case Cell.Live live -> Math.max(live.version().wallMillis(), live.expiresAtMillis());
        };
    }

    /** About how many are past their slot's horizon. */
    long past(IntToLongFunction horizonOfSlot) {
        long sampled = 0;
        for (int i = 0; i < slots.length; i++) {
            sampled += moments[i] < horizonOfSlot.applyAsLong(slots[i]) ? 1 : 0;
        }
        return slots.length == 0 ? 0 : count * sampled / slots.length;
    }

    /** Counts as a table is written. */
    static final class Census {
        private final short[] slots = new short[MOST_SAMPLED];
        private final long[] moments = new long[MOST_SAMPLED];
        private int sampled;
        private long each = 1;
        private long count;
        private long oldest = NEVER;

        void add(int slot, Cell cell) {
            long moment = momentOf(cell);
            if (moment == NEVER) {
                return;
            }
            oldest = Math.min(oldest, moment);
            if (count % each == 0) {
                if (sampled == MOST_SAMPLED) {
                    thinOut();
                }
                if (count % each == 0) {
                    slots[sampled] = (short) slot;
                    moments[sampled] = moment;
                    sampled++;
                }
            }
            count++;
        }

        /** Every other one stays. */
        private void thinOut() {
            for (int i = 0; i < MOST_SAMPLED / 2; i++) {
                slots[i] = slots[2 * i];
                moments[i] = moments[2 * i];
            }
            sampled = MOST_SAMPLED / 2;
            each *= 2;
        }

        Deaths deaths() {
            return new Deaths(
                    count, oldest, java.util.Arrays.copyOf(slots, sampled), java.util.Arrays.copyOf(moments, sampled));
        }
    }
}
