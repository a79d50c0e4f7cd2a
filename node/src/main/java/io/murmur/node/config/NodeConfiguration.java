package io.murmur.node.config;

import io.murmur.kernel.CacheSettings;
import io.murmur.kernel.Limits;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * All a node goes by, checked. What each value means is said once, in {@link Setting}.
 */
public record NodeConfiguration(
        String cluster,
        String name,
        Path data,
        String host,
        int port,
        String httpHost,
        int httpPort,
        String region,
        String zone,
        int weight,
        List<InitialMember> members,
        int partitions,
        int replicas,
        int shards,
        Map<String, CacheSettings> caches,
        Limits limits,
        Duration readTimeout,
        Duration writeTimeout,
        Duration maxClockDrift,
        Duration drainTimeout,
        int maxPending,
        double hedgeShare,
        long memoryTableBytes,
        long hotBytes,
        int logSegmentBytes,
        Duration syncInterval,
        double freeDiskFloor) {

    public static final String DEFAULT_REGION = "region-1";
    public static final String DEFAULT_ZONE = "zone-a";

    /** {@code host:port} for nodes and clients. */
    public String address() {
        return host + ":" + port;
    }
}
