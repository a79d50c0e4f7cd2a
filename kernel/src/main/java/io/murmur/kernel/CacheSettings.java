package io.murmur.kernel;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A named cache (Cassandra would say keyspace) and what its calls get unless they ask for something else.
 *
 * @param name 1 to 64 of {@code a-z A-Z 0-9 . _ -}
 * @param replicas owners of each key in each region, 1 to the ring's replicas
 * @param readLevel default level of reads
 * @param writeLevel default level of writes
 * @param durability when a replica acknowledges
 * @param timeToLive default time to live, or null for no expiry
 */
public record CacheSettings(
        String name,
        int replicas,
        Level readLevel,
        Level writeLevel,
        Durability durability,
        @Nullable Duration timeToLive) {

    public CacheSettings {
        if (!isValidName(name)) {
            throw new IllegalArgumentException("a cache's name is 1 to 64 of a-z A-Z 0-9 . _ - but was '" + name + "'");
        }
        if (replicas < 1) {
            throw new IllegalArgumentException("replicas of cache '" + name + "' must be at least 1: " + replicas);
        }
        if (readLevel.equals(Level.ANY)) {
            throw new IllegalArgumentException(
                    "read level of cache '" + name + "' cannot be ANY: it is for writes only");
        }
        if (timeToLive != null && (timeToLive.isNegative() || timeToLive.isZero())) {
            throw new IllegalArgumentException("time to live of cache '" + name + "' must be positive: " + timeToLive);
        }
    }

    /** The architecture's defaults: three replicas, LOCAL_QUORUM both ways, fsync, no expiry. */
    public static CacheSettings named(String name) {
        return new CacheSettings(name, 3, Level.LOCAL_QUORUM, Level.LOCAL_QUORUM, Durability.FSYNC, null);
    }

    public static boolean isValidName(String name) {
        int length = name.length();
        if (length == 0 || length > 64) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            char c = name.charAt(i);
            boolean allowed = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
            if (!allowed && c != '.' && c != '_' && c != '-') {
                return false;
            }
        }
        return true;
    }
}
