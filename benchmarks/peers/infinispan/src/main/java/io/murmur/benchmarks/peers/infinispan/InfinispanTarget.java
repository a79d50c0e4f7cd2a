package io.murmur.benchmarks.peers.infinispan;

import io.murmur.benchmarks.driver.Target;
import java.io.IOException;
import java.util.concurrent.CompletionStage;
import org.infinispan.AdvancedCache;
import org.infinispan.configuration.cache.ConfigurationBuilder;
import org.infinispan.context.Flag;
import org.infinispan.manager.DefaultCacheManager;

/** A member that owns no entries: it asks the owners over the network as a client would, and its processor time is a client's. */
final class InfinispanTarget implements Target {

    private final DefaultCacheManager manager;
    private final AdvancedCache<byte[], byte[]> reads;
    private final AdvancedCache<byte[], byte[]> writes;
    private volatile int valueBytes;

    private InfinispanTarget(DefaultCacheManager manager, AdvancedCache<byte[], byte[]> cache) {
        this.manager = manager;
        this.reads = cache;
        this.writes = cache.withFlags(Flag.IGNORE_RETURN_VALUES);
    }

    static InfinispanTarget connect() throws IOException {
        ConfigurationBuilder configuration = Members.cache();
        configuration.clustering().hash().capacityFactor(0);
        DefaultCacheManager manager = Members.join();
        return new InfinispanTarget(
                manager,
                manager.<byte[], byte[]>createCache(Members.CACHE, configuration.build())
                        .getAdvancedCache());
    }

    @Override
    public void expect(int valueBytes) {
        this.valueBytes = valueBytes;
    }

    @Override
    public CompletionStage<Boolean> get(byte[] key) {
        return reads.getAsync(key).thenApply(value -> value != null && value.length == valueBytes);
    }

    @Override
    public CompletionStage<?> put(byte[] key, byte[] value) {
        return writes.putAsync(key, value);
    }

    @Override
    public void close() {
        manager.stop();
    }
}
