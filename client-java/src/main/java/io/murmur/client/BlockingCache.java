package io.murmur.client;

import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

/**
 * A named cache whose calls wait for their answer, and throw {@link MurmurException}. Safe from any thread but the client's own, on which
 * they throw {@link IllegalStateException} at once: not to be used in what is chained to a future of {@link Cache}.
 */
public final class BlockingCache<K, V> {

    private final Cache<K, V> cache;

    BlockingCache(Cache<K, V> cache) {
        this.cache = cache;
    }

    public Optional<V> get(K key) {
        return await(() -> cache.get(key));
    }

    public Optional<V> get(K key, CallOptions options) {
        return await(() -> cache.get(key, options));
    }

    public Read<V> read(K key) {
        return await(() -> cache.read(key));
    }

    /** As {@link #get}, with the version and the expiry. */
    public Read<V> read(K key, CallOptions options) {
        return await(() -> cache.read(key, options));
    }

    public Receipt put(K key, V value) {
        return await(() -> cache.put(key, value));
    }

    /** Durable at the level's number of owners on return. */
    public Receipt put(K key, V value, CallOptions options) {
        return await(() -> cache.put(key, value, options));
    }

    public Receipt delete(K key) {
        return await(() -> cache.delete(key));
    }

    public Receipt delete(K key, CallOptions options) {
        return await(() -> cache.delete(key, options));
    }

    public Change<V> putIfAbsent(K key, V value) {
        return await(() -> cache.putIfAbsent(key, value));
    }

    /** See {@link Cache#putIfAbsent(Object, Object, CallOptions)}, which says what holds for all atomic operations. */
    public Change<V> putIfAbsent(K key, V value, CallOptions options) {
        return await(() -> cache.putIfAbsent(key, value, options));
    }

    public Change<V> replace(K key, V value) {
        return await(() -> cache.replace(key, value));
    }

    /** See {@link Cache#replace(Object, Object, CallOptions)}. */
    public Change<V> replace(K key, V value, CallOptions options) {
        return await(() -> cache.replace(key, value, options));
    }

    public Change<V> compareAndSet(K key, V expected, V value) {
        return await(() -> cache.compareAndSet(key, expected, value));
    }

    /** See {@link Cache#compareAndSet(Object, Object, Object, CallOptions)}. */
    public Change<V> compareAndSet(K key, V expected, V value, CallOptions options) {
        return await(() -> cache.compareAndSet(key, expected, value, options));
    }

    public Change<V> remove(K key, V expected) {
        return await(() -> cache.remove(key, expected));
    }

    /** See {@link Cache#remove(Object, Object, CallOptions)}. */
    public Change<V> remove(K key, V expected, CallOptions options) {
        return await(() -> cache.remove(key, expected, options));
    }

    public Optional<V> getAndPut(K key, V value) {
        return await(() -> cache.getAndPut(key, value));
    }

    /** See {@link Cache#getAndPut(Object, Object, CallOptions)}. */
    public Optional<V> getAndPut(K key, V value, CallOptions options) {
        return await(() -> cache.getAndPut(key, value, options));
    }

    public Optional<V> getAndRemove(K key) {
        return await(() -> cache.getAndRemove(key));
    }

    /** See {@link Cache#getAndRemove(Object, CallOptions)}. */
    public Optional<V> getAndRemove(K key, CallOptions options) {
        return await(() -> cache.getAndRemove(key, options));
    }

    public long increment(K key, long delta) {
        return await(() -> cache.increment(key, delta));
    }

    /** See {@link Cache#increment(Object, long, CallOptions)}. */
    public long increment(K key, long delta, CallOptions options) {
        return await(() -> cache.increment(key, delta, options));
    }

    public Batch<K, V> getAll(Collection<? extends K> keys) {
        return await(() -> cache.getAll(keys));
    }

    /** See {@link Cache#getAll}. */
    public Batch<K, V> getAll(Collection<? extends K> keys, CallOptions options) {
        return await(() -> cache.getAll(keys, options));
    }

    public Batch<K, Receipt> putAll(Map<? extends K, ? extends V> entries) {
        return await(() -> cache.putAll(entries));
    }

    /** See {@link Cache#putAll}. */
    public Batch<K, Receipt> putAll(Map<? extends K, ? extends V> entries, CallOptions options) {
        return await(() -> cache.putAll(entries, options));
    }

    private <T> T await(Supplier<CompletableFuture<T>> call) {
        cache.mayBlock();
        try {
            return call.get().join();
        } catch (CompletionException e) {
            if (!(e.getCause() instanceof MurmurException named)) {
                throw e;
            }
            // The failure arose on the client's thread; whoever reads the trace wants to know who called.
            named.addSuppressed(new RuntimeException("called from here"));
            throw named;
        }
    }
}
