package io.murmur.redis;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What {@link ClientContract} asks of a Redis client, in the client's own calls. Errors are the client's exceptions. */
interface Client extends AutoCloseable {

    void set(String key, String value);

    @Nullable
    String get(String key);

    /** SET NX. */
    boolean setIfAbsent(String key, String value);

    /** SET XX. */
    boolean setIfPresent(String key, String value);

    /** What was there before. */
    @Nullable
    String getAndSet(String key, String value);

    /** SET PX. */
    void set(String key, String value, Duration life);

    boolean expire(String key, Duration life);

    boolean persist(String key);

    /** PTTL. */
    long millisLeft(String key);

    long append(String key, String value);

    long increment(String key);

    void setAll(Map<String, String> values);

    /** In the order of the keys, null for what is not there. */
    List<@Nullable String> getAll(List<String> keys);

    long delete(String... keys);

    /** All that SCAN MATCH finds, on all nodes the client asks. */
    Set<String> scan(String pattern);

    /** Any command, with a key as its first argument, for the sake of the error it answers. */
    void command(String name, String key);

    /** CLIENT INFO of one of its connections. */
    String connection();

    /** Whom it asks for each slot, as {@code host:port}; empty when it knows nothing of slots. */
    default List<String> slotOwners() {
        return List.of();
    }

    @Override
    void close();
}
