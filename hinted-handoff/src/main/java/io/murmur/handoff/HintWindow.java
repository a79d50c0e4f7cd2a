package io.murmur.handoff;

import io.murmur.kernel.data.Version;

/**
 * How old a hint may be. Purge horizons lie behind the window: a tombstone that is younger is still held by every replica, so whatever a
 * hint within the window brings is met by what it lost against; an older one might bring back the dead (invariant 5). Pure.
 */
record HintWindow(long millis) {

    /**
     * Whether a cell may still be given to a replica, now and for as long as it is on the way.
     *
     * @param takesMillis until then it has arrived, or never will
     */
    boolean admits(Version version, long wallMillis, long takesMillis) {
        return wallMillis + takesMillis < version.wallMillis() + millis;
    }

    /** Whether a node has been away for so long that hints cannot bring it up to date any more. */
    boolean isShorterThan(long awayNanos) {
        return awayNanos / 1_000_000 >= millis;
    }
}
