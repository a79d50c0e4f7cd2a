package io.murmur.kernel;

import java.util.Locale;

/**
 * How many owners must answer before a call is done. Cassandra's consistency levels, or a plain number.
 *
 * <p>With R + W greater than the number of owners, a read sees every write acknowledged before it began.
 */
public sealed interface Level {

    Level ANY = Named.ANY;
    Level ONE = Named.ONE;
    Level TWO = Named.TWO;
    Level THREE = Named.THREE;
    Level QUORUM = Named.QUORUM;
    Level ALL = Named.ALL;
    Level LOCAL_ONE = Named.LOCAL_ONE;
    Level LOCAL_QUORUM = Named.LOCAL_QUORUM;
    Level EACH_QUORUM = Named.EACH_QUORUM;
    Level SERIAL = Named.SERIAL;

    /** The levels with a name. */
    enum Named implements Level {
        /** Writes only: one durable copy anywhere, be it a hint. */
        ANY,
        ONE,
        TWO,
        THREE,
        /** A majority of all owners in all regions. */
        QUORUM,
        ALL,
        /** One owner in the coordinator's region. */
        LOCAL_ONE,
        /** A majority of the owners in the coordinator's region. */
        LOCAL_QUORUM,
        /** A majority of the owners in every region. */
        EACH_QUORUM,
        /** A majority of all owners, in one order with all atomic operations on the key. */
        SERIAL
    }

    /** Exactly so many owners, wherever they are; at least 1. */
    record Count(int replicas) implements Level {
        public Count {
            if (replicas < 1 || replicas > 255) {
                throw new IllegalArgumentException("a numeric level is 1 to 255: " + replicas);
            }
        }

        @Override
        public String toString() {
            return Integer.toString(replicas);
        }
    }

    /** Reads a level as people write it: {@code quorum}, {@code LOCAL_QUORUM}, {@code local-quorum}, {@code 2}. */
    static Level parse(String text) {
        String name = text.strip().toUpperCase(Locale.ROOT).replace('-', '_');
        if (!name.isEmpty() && name.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return new Count(name.length() > 3 ? Integer.MAX_VALUE : Integer.parseInt(name));
        }
        for (Named level : Named.values()) {
            if (level.name().equals(name)) {
                return level;
            }
        }
        throw new IllegalArgumentException("unknown level '" + text
                + "': use ANY, ONE, TWO, THREE, QUORUM, ALL, LOCAL_ONE, LOCAL_QUORUM, EACH_QUORUM, SERIAL or a number");
    }
}
