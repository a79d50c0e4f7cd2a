package io.murmur.benchmarks.hits;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/** Objects in the order in which they are asked for; an object's key and size follow from its id. */
record Requests(int[] ids, ValueSizes sizes) {

    static final int KEY_BYTES = 12;

    /** How large values are. */
    enum ValueSizes {
        FIXED,
        /** Pareto's law between 40 bytes and 16 KiB: half are below 72 bytes, and one in a hundred is above 1,800. */
        LONG_TAIL;

        private static final int FIXED_BYTES = 100;
        private static final double LEAST_BYTES = 40;
        private static final double EXPONENT = 1.2;
        private static final int MOST_BYTES = 16 << 10;

        int of(int id) {
            return switch (this) {
                case FIXED -> FIXED_BYTES;
                case LONG_TAIL -> {
                    double share = ((mix(id) >>> 11) + 1) * 0x1.0p-53;
                    yield (int) Math.min(MOST_BYTES, LEAST_BYTES / Math.pow(share, 1 / EXPONENT));
                }
            };
        }

        /** For people and on the command line. */
        String label() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        /** A good hash of a number (splitmix64). */
        private static long mix(int id) {
            long z = id * 0x9E3779B97F4A7C15L + 0x9E3779B97F4A7C15L;
            z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
            z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
            return z ^ (z >>> 31);
        }
    }

    /** Of key and value. */
    int bytes(int id) {
        return KEY_BYTES + sizes.of(id);
    }

    static byte[] key(int id) {
        return String.format(Locale.ROOT, "%0" + KEY_BYTES + "d", Integer.toUnsignedLong(id))
                .getBytes(StandardCharsets.US_ASCII);
    }

    static int idOf(byte[] key) {
        return Integer.parseUnsignedInt(new String(key, StandardCharsets.US_ASCII));
    }

    int[] distinct() {
        return Arrays.stream(ids).distinct().toArray();
    }

    long distinctBytes() {
        return Arrays.stream(distinct()).mapToLong(this::bytes).sum();
    }
}
