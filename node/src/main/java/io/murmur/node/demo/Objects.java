package io.murmur.node.demo;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Objects whose key and value are derived from their id, so that what is read can be compared byte for byte with what was written. */
final class Objects {

    private static final int LEAST_BYTES = 20;
    private static final int MOST_BYTES = 2000;

    private Objects() {}

    static byte[] key(int id) {
        return ("object:" + Integer.toUnsignedString(id)).getBytes(StandardCharsets.US_ASCII);
    }

    /** 20 to 2,000 bytes, small ones more often. */
    static byte[] value(int id) {
        long state = mix(id * 0x9E3779B97F4A7C15L + 1);
        double share = (state >>> 11) * 0x1.0p-53;
        int length = LEAST_BYTES + (int) ((MOST_BYTES - LEAST_BYTES) * share * share * share);
        ByteBuffer value = ByteBuffer.allocate((length + 7) & ~7);
        while (value.hasRemaining()) {
            state += 0x9E3779B97F4A7C15L;
            value.putLong(mix(state));
        }
        return Arrays.copyOf(value.array(), length);
    }

    private static long mix(long value) {
        long z = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
