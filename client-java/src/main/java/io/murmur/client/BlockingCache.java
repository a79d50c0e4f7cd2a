package io.murmur.client;

import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * A named cache whose calls wait for their answer, and throw {@link MurmurException}. Safe from any thread but the client's own, that is,
 * not from what is chained to a future of {@link Cache}.
 */
public final class BlockingCache<K, V> {

    private final Cache<K, V> cache;

    BlockingCache(Cache<K, V> cache) {
        this.cache = cache;
    }

    public Optional<V> get(K key) {
        return await(cache.get(key));
    }

    public Optional<V> get(K key, CallOptions options) {
        return await(cache.get(key, options));
    }

    /** As {@link #get}, with the version and the expiry. */
    public Read<V> read(K key, CallOptions options) {
        return await(cache.read(key, options));
    }

    public Receipt put(K key, V value) {
        return await(cache.put(key, value));
    }

    /** Durable at the level's number of owners on return. */
    public Receipt put(K key, V value, CallOptions options) {
        return await(cache.put(key, value, options));
    }

    public Receipt delete(K key) {
        return await(cache.delete(key));
    }

    public Receipt delete(K key, CallOptions options) {
        return await(cache.delete(key, options));
    }

    /** See {@link Cache#getAll}. */
    public Batch<K, V> getAll(Collection<? extends K> keys, CallOptions options) {
        return await(cache.getAll(keys, options));
    }

    /** See {@link Cache#putAll}. */
    public Batch<K, Receipt> putAll(Map<? extends K, ? extends V> entries, CallOptions options) {
        return await(cache.putAll(entries, options));
    }

    private static <T> T await(CompletableFuture<T> future) {
        try {
            return future.join();
        } catch (CompletionException | CancellationException e) {
            MurmurException named = Cache.unwrapped(e);
            // The failure arose on the client's thread; whoever reads the trace wants to know who called.
            named.addSuppressed(new RuntimeException("called from here"));
            throw named;
        }
    }
}
