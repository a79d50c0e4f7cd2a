package io.murmur.kernel.data;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What a replica holds for a key. Every change to a replica is {@link #join}, which is commutative, associative and idempotent, so that
 * messages may be lost, doubled, delayed and reordered and the replicas still end up equal.
 *
 * <p>The join keeps the greater version. Two different cells of one version exist only where a node's clock went back across a restart;
 * then a tombstone wins over a value, and the greater bytes over the smaller, so that the join stays a maximum over a total order.
 */
public sealed interface Cell {

    /** The expiry time of a cell that does not expire. */
    long NEVER = Long.MAX_VALUE;

    Version version();

    /** The bytes this cell occupies in memory, about. */
    int weightBytes();

    /**
     * A value.
     *
     * @param expiresAtMillis wall-clock milliseconds since the Unix epoch from which on the value is as good as deleted, chosen once by
     *     the coordinator; {@link #NEVER} for no expiry
     * @param value not to be changed
     */
    record Live(Version version, long expiresAtMillis, byte[] value) implements Cell {

        @Override
        public int weightBytes() {
            return 96 + value.length;
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Live that
                    && version.equals(that.version)
                    && expiresAtMillis == that.expiresAtMillis
                    && Arrays.equals(value, that.value);
        }

        @Override
        public int hashCode() {
            return 31 * version.hashCode() + Arrays.hashCode(value);
        }

        @Override
        public String toString() {
            return "Live[" + version + ", " + value.length + " bytes"
                    + (expiresAtMillis == NEVER ? "" : ", expires " + expiresAtMillis) + "]";
        }
    }

    /** A deletion, kept so that older values that still travel cannot return. */
    record Tombstone(Version version) implements Cell {

        @Override
        public int weightBytes() {
            return 64;
        }
    }

    /** The greater of two cells; either may be absent. */
    static @Nullable Cell join(@Nullable Cell a, @Nullable Cell b) {
        if (a == null) {
            return b;
        }
        return b == null ? a : joinPresent(a, b);
    }

    /** The greater of two cells. */
    static Cell joinPresent(Cell a, Cell b) {
        return compare(a, b) >= 0 ? a : b;
    }

    /** The total order whose maximum is the join. */
    static int compare(Cell a, Cell b) {
        int byVersion = a.version().compareTo(b.version());
        if (byVersion != 0) {
            return byVersion;
        }
        return switch (a) {
            case Tombstone ignored -> b instanceof Tombstone ? 0 : 1;
            case Live left ->
                switch (b) {
                    case Tombstone ignored -> -1;
                    case Live right -> {
                        int byValue = Arrays.compareUnsigned(left.value, right.value);
                        yield byValue != 0 ? byValue : Long.compare(left.expiresAtMillis, right.expiresAtMillis);
                    }
                };
        };
    }

    /** The value a reader may see at this moment, or null when there is none: no cell, a tombstone, or expired. */
    static @Nullable Live visible(@Nullable Cell cell, long wallMillis) {
        return cell instanceof Live live && wallMillis < live.expiresAtMillis ? live : null;
    }
}
