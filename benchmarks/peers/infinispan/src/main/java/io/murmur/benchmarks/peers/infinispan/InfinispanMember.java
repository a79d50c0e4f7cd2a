package io.murmur.benchmarks.peers.infinispan;

import io.murmur.benchmarks.peers.server.PeerServer;
import java.io.IOException;
import org.infinispan.Cache;
import org.infinispan.configuration.cache.ConfigurationBuilder;
import org.infinispan.manager.DefaultCacheManager;

/** A member that owns data. The arguments are the number of members, and {@code memory}, {@code file} or {@code synced-file}. */
final class InfinispanMember {

    private InfinispanMember() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        PeerServer.endWithStandardInput();
        int members = Integer.parseInt(arguments[0]);
        ConfigurationBuilder configuration = Members.cache();
        switch (arguments[1]) {
            case "memory" -> {}
            case "file" -> store(configuration, false);
            case "synced-file" -> store(configuration, true);
            default -> throw new IllegalArgumentException("memory, file or synced-file, not " + arguments[1]);
        }
        DefaultCacheManager manager = Members.join();
        Cache<byte[], byte[]> cache = manager.createCache(Members.CACHE, configuration.build());
        PeerServer.tellProgress(() -> cache.getAdvancedCache()
                                .getDistributionManager()
                                .getCacheTopology()
                                .getMembers()
                                .size()
                        == members
                && !cache.getAdvancedCache().getDistributionManager().isRehashInProgress());
    }

    private static void store(ConfigurationBuilder configuration, boolean isSynced) {
        configuration.persistence().addSoftIndexFileStore().syncWrites(isSynced).purgeOnStartup(true);
    }
}
