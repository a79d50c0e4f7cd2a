package io.murmur.redis;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import redis.clients.jedis.Connection;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.RedisClusterClient;

/** Jedis's cluster client, which was called JedisCluster before. */
class JedisClusterTest extends ClientContract {

    private static final int ATTEMPTS = 20;
    private static final Duration ALL_ATTEMPTS = Duration.ofSeconds(60);

    JedisClusterTest(Servers servers) {
        super(servers);
    }

    @Override
    Client connect(Endpoint server) {
        RedisClusterClient jedis = RedisClusterClient.builder()
                .nodes(Set.of(new HostAndPort(server.host(), server.port())))
                .clientConfig(DefaultJedisClientConfig.builder().resp3().build())
                .maxAttempts(ATTEMPTS)
                .maxTotalRetriesDuration(ALL_ATTEMPTS)
                .topologyRefreshPeriod(Duration.ofSeconds(1))
                .build();
        return new JedisCalls(jedis) {
            @Override
            public List<String> slotOwners() {
                return IntStream.range(0, Servers.SLOTS)
                        .mapToObj(slot -> ownerOf(jedis, slot))
                        .toList();
            }
        };
    }

    private static String ownerOf(RedisClusterClient jedis, int slot) {
        try (Connection connection = jedis.getConnectionFromSlot(slot)) {
            return connection.getHostAndPort().toString();
        }
    }
}
