package io.murmur.handoff;

/** Why a hint is not, or no longer, kept though it was not handed over. Each time its partition is owed to anti-entropy. */
public enum Loss {
    /** It is older than the window. */
    EXPIRED,
    /** Its node has been away for longer than the window: anti-entropy has to go over it anyway. */
    AWAY_TOO_LONG,
    /** Its node is alive and has been given enough. */
    TARGET_IS_ALIVE,
    /** There are too many bytes for its node. */
    TARGET_IS_FULL,
    /** There are too many bytes in all. */
    ALL_IS_FULL,
    /** Too much waits to be written. */
    OVERLOADED,
    /** The disk has no room. */
    DISK_IS_FULL,
    /** Its node refused it for good. */
    REFUSED,
    /** It could not be read back. */
    DAMAGED,
    /** Another cell of the very same version is held: which is the greater is not known without reading it. */
    AMBIGUOUS,
    /** This node is stopping. */
    STOPPED
}
