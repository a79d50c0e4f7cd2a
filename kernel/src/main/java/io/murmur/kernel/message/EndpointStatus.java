package io.murmur.kernel.message;

/** What a node says of itself. Its place in this list is its code on the wire: append, never reorder. */
public enum EndpointStatus {
    /** It takes over its share and serves no reads yet. */
    JOINING,
    /** It serves. */
    UP,
    /** It hands its share to others and serves until that is done. */
    LEAVING,
    /** It has handed everything over and will not come back under this identity. */
    LEFT,
    /** Its process ends, on purpose, and will come back. */
    STOPPING;

    /** Whether requests may be sent to it. */
    public boolean serves() {
        return switch (this) {
            case JOINING, UP, LEAVING -> true;
            case LEFT, STOPPING -> false;
        };
    }
}
