package io.murmur.kernel;

/**
 * Bounds on what a caller may store.
 *
 * @param maxKeyBytes a longer key is refused
 * @param warnValueBytes a longer value is stored and logged
 * @param maxValueBytes a longer value is refused
 */
public record Limits(int maxKeyBytes, int warnValueBytes, int maxValueBytes) {

    /** No setting may raise a key above this. */
    public static final int KEY_CEILING_BYTES = 64 << 10;

    /** No setting may raise a value above this. */
    public static final int VALUE_CEILING_BYTES = 8 << 20;

    public static final Limits DEFAULT = new Limits(KEY_CEILING_BYTES, 1 << 20, VALUE_CEILING_BYTES);

    public Limits {
        if (maxKeyBytes < 1 || maxKeyBytes > KEY_CEILING_BYTES) {
            throw new IllegalArgumentException("max key bytes must be 1.." + KEY_CEILING_BYTES + ": " + maxKeyBytes);
        }
        if (maxValueBytes < 0 || maxValueBytes > VALUE_CEILING_BYTES) {
            throw new IllegalArgumentException(
                    "max value bytes must be 0.." + VALUE_CEILING_BYTES + ": " + maxValueBytes);
        }
    }
}
