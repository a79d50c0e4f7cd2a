package io.murmur.redis;

import io.lettuce.core.RedisURI;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.cluster.ClusterTopologyRefreshOptions;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.models.partitions.Partitions;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/** Lettuce's cluster client, with the refresh of its map that its manual advises. */
class LettuceClusterTest extends ClientContract {

    LettuceClusterTest(Servers servers) {
        super(servers);
    }

    /** A map read each second and when something is amiss, without the dead: calls that wait for one of these go to another then. */
    static ClusterClientOptions options() {
        return ClusterClientOptions.builder()
                .topologyRefreshOptions(ClusterTopologyRefreshOptions.builder()
                        .enablePeriodicRefresh(Duration.ofSeconds(1))
                        .adaptiveRefreshTriggersTimeout(Duration.ofMillis(200))
                        .refreshTriggersReconnectAttempts(1)
                        .build())
                .nodeFilter(node -> !node.is(RedisClusterNode.NodeFlag.FAIL))
                .build();
    }

    @Override
    Client connect(Endpoint server) {
        RedisClusterClient client = RedisClusterClient.create(RedisURI.create(server.host(), server.port()));
        client.setOptions(options());
        return new LettuceCalls(client.connect().sync(), client::shutdown) {
            @Override
            public List<String> slotOwners() {
                return owners(client.getPartitions());
            }
        };
    }

    static List<String> owners(Partitions partitions) {
        return IntStream.range(0, Servers.SLOTS)
                .mapToObj(slot -> partitions.getMasterBySlot(slot).getUri())
                .map(node -> new Endpoint(node.getHost(), node.getPort()).toString())
                .toList();
    }
}
