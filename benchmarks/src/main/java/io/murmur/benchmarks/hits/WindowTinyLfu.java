package io.murmur.benchmarks.hits;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;

/** Caffeine, each entry weighed by the bytes of its key and value. */
final class WindowTinyLfu implements BoundedCache {

    private final Requests requests;
    private final Cache<Integer, Integer> bytesOf;

    WindowTinyLfu(Requests requests, long mostBytes) {
        this.requests = requests;
        this.bytesOf = Caffeine.newBuilder()
                .maximumWeight(mostBytes)
                .weigher((Integer id, Integer bytes) -> bytes)
                .executor(Runnable::run)
                .build();
    }

    @Override
    public boolean request(int id) {
        if (bytesOf.getIfPresent(id) != null) {
            return true;
        }
        bytesOf.put(id, requests.bytes(id));
        return false;
    }

    @Override
    public long heldBytes() {
        bytesOf.cleanUp();
        return bytesOf.asMap().values().stream().mapToLong(Integer::longValue).sum();
    }
}
