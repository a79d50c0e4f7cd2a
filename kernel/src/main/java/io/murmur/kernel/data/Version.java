package io.murmur.kernel.data;

import io.murmur.kernel.ring.NodeId;

/**
 * When and by whom a cell was written: a hybrid logical clock reading (Kulkarni 2014), and the coordinator's id as the tie-break. A
 * total order over all versions of all nodes.
 *
 * @param reading 48 bits of wall-clock milliseconds and 16 bits of counter
 * @param node the coordinator that chose it
 */
public record Version(long reading, NodeId node) implements Comparable<Version> {

    static final int COUNTER_BITS = 16;

    /** The greatest version of all that are older than a moment, in milliseconds since the Unix epoch, at least 1. */
    public static Version before(long wallMillis) {
        return new Version((wallMillis << COUNTER_BITS) - 1, NodeId.GREATEST);
    }

    /** The wall-clock part, in milliseconds since the Unix epoch. */
    public long wallMillis() {
        return reading >>> COUNTER_BITS;
    }

    @Override
    public int compareTo(Version other) {
        int byReading = Long.compareUnsigned(reading, other.reading);
        return byReading != 0 ? byReading : node.compareTo(other.node);
    }

    public boolean isAfter(Version other) {
        return compareTo(other) > 0;
    }

    @Override
    public String toString() {
        return wallMillis() + "." + (reading & 0xFFFF) + "@" + node.abbreviated();
    }
}
