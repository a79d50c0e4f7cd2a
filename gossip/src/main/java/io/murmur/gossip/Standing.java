package io.murmur.gossip;

/** What this observer believes of a node. Others may believe otherwise. */
public enum Standing {
    /** It is heard of and it answers. */
    ALIVE,
    /** It is not heard of any more, and others are being asked; it still counts as alive. */
    SUSPECT,
    /**
     * It is heard of but does not count: it does not answer this observer (a cut, perhaps one way only), has not answered yet, or came
     * back too often to be trusted at once.
     */
    UNREACHABLE,
    /** Nobody asked hears of it, or it has said that it stops. */
    DEAD
}
