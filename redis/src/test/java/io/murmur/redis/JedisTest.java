package io.murmur.redis;

import java.util.List;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.RedisClient;

/** Jedis, which knows nothing of clusters. */
class JedisTest extends ClientContract {

    JedisTest(Servers servers) {
        super(servers);
    }

    @Override
    List<Endpoint> endpoints() {
        return servers.plainEndpoints();
    }

    @Override
    Client connect(Endpoint server) {
        return new JedisCalls(RedisClient.builder()
                .hostAndPort(new HostAndPort(server.host(), server.port()))
                .clientConfig(DefaultJedisClientConfig.builder().resp3().build())
                .build());
    }
}
