package io.murmur.redis;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import java.util.List;

/** Lettuce, which knows nothing of clusters. */
class LettuceTest extends ClientContract {

    LettuceTest(Servers servers) {
        super(servers);
    }

    @Override
    List<Endpoint> endpoints() {
        return servers.plainEndpoints();
    }

    @Override
    Client connect(Endpoint server) {
        RedisClient client = RedisClient.create(RedisURI.create(server.host(), server.port()));
        return new LettuceCalls(client.connect().sync(), client::shutdown);
    }
}
