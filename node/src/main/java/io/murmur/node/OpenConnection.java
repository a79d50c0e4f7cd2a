package io.murmur.node;

/**
 * How a connection stands, for people.
 *
 * @param name the other side's, as it says; empty while it has said nothing
 * @param address the other side's
 * @param sinceMillis for how long it stands, 0 when it does not
 * @param inFlight calls of a client that are not answered yet
 * @param waitingBytes that wait for the socket
 * @param isTaking whether the other side takes what is sent: who does not is not read from
 */
record OpenConnection(
        Kind kind, String name, String address, long sinceMillis, int inFlight, long waitingBytes, boolean isTaking) {

    /** Who opened it, and what the other side is. */
    enum Kind {
        /** A client opened it. */
        CLIENT,
        /** Another node opened it. */
        FROM_NODE,
        /** This node opened it to another. */
        TO_NODE,
        /** It has not been greeted with yet. */
        STRANGER
    }
}
