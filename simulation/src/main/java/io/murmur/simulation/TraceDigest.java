package io.murmur.simulation;

/**
 * A running hash over all that happens. Two runs of one seed must end with equal digests; if they do not, something in the code under
 * test depends on more than the seed.
 */
final class TraceDigest {

    private long state = 0x9E37_79B9_7F4A_7C15L;

    void add(long word) {
        long mixed = (state ^ word) * 0xBF58_476D_1CE4_E5B9L;
        state = (mixed ^ (mixed >>> 29)) * 0x94D0_49BB_1331_11EBL;
    }

    long value() {
        return state ^ (state >>> 32);
    }
}
