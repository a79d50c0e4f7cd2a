package io.murmur.kernel.ring;

import java.util.UUID;

/** Who a node (or a client) is: a UUID kept on its disk. Ordered as unsigned 128-bit numbers, so the order is that of the text form. */
public record NodeId(long high, long low) implements Comparable<NodeId> {

    /** No id is greater. Nobody's. */
    public static final NodeId GREATEST = new NodeId(-1, -1);

    public static NodeId of(UUID uuid) {
        return new NodeId(uuid.getMostSignificantBits(), uuid.getLeastSignificantBits());
    }

    /** Reads the text form of a UUID; throws {@link IllegalArgumentException} on anything else. */
    public static NodeId parse(String text) {
        return of(UUID.fromString(text));
    }

    /** The first eight hexadecimal digits, for people. */
    public String abbreviated() {
        return toString().substring(0, 8);
    }

    @Override
    public int compareTo(NodeId other) {
        int byHigh = Long.compareUnsigned(high, other.high);
        return byHigh != 0 ? byHigh : Long.compareUnsigned(low, other.low);
    }

    @Override
    public String toString() {
        return new UUID(high, low).toString();
    }
}
