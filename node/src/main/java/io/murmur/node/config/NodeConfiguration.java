package io.murmur.node.config;

import io.murmur.kernel.CacheSettings;
import io.murmur.kernel.Limits;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All a node goes by, checked. What each value means is said once, in {@link Setting}.
 *
 * @param resp null where there is no port for Redis clients
 * @param security null where it is off
 * @param said every setting as it was said, and where
 */
public record NodeConfiguration(
        String cluster,
        String name,
        Path data,
        String host,
        String advertisedHost,
        int port,
        String httpHost,
        int httpPort,
        @Nullable Secret httpToken,
        @Nullable Path httpTokenFile,
        @Nullable RespSettings resp,
        String region,
        String zone,
        int weight,
        List<String> seeds,
        int initialNodes,
        boolean join,
        String replace,
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
        Duration slowRequestThreshold,
        long streamingBytesPerSecond,
        Duration repairInterval,
        boolean hints,
        Duration hintWindow,
        long memoryTableBytes,
        long hotBytes,
        int logSegmentBytes,
        Duration syncInterval,
        double freeDiskFloor,
        @Nullable SecuritySettings security,
        List<Said> said) {

    public static final String DEFAULT_REGION = "region-1";
    public static final String DEFAULT_ZONE = "zone-a";

    /** For clocks that differ, and for hints that are on their way when the window ends. */
    private static final Duration LONGEST_PURGE_MARGIN = Duration.ofMinutes(10);

    private static final Duration SHORTEST_PURGE_MARGIN = Duration.ofSeconds(5);

    /** How old the dead are, at least, when they are forgotten: the hint window and a margin. */
    public Duration purgeAfter() {
        Duration tenth = hintWindow.dividedBy(10);
        Duration margin = tenth.compareTo(LONGEST_PURGE_MARGIN) > 0 ? LONGEST_PURGE_MARGIN : tenth;
        Duration drift = maxClockDrift.multipliedBy(4).plus(SHORTEST_PURGE_MARGIN);
        return hintWindow.plus(margin.compareTo(drift) > 0 ? margin : drift);
    }

    /** {@code host:port} at which nodes and clients reach this node. */
    public String address() {
        return advertisedHost + ":" + port;
    }

    /** Whether this node is one of the seeds; where none is named, it is the only one. */
    public boolean isSeed() {
        return seeds.isEmpty() || seeds.contains(address()) || seeds.contains(host + ":" + port);
    }

    /** The seeds but for this node itself. */
    public List<String> otherSeeds() {
        return seeds.stream()
                .filter(seed -> !seed.equals(address()) && !seed.equals(host + ":" + port))
                .toList();
    }
}
