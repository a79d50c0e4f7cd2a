package io.murmur.redis;

import java.nio.file.Path;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives tests the {@link Servers} that all of them share: nodes of Murmur, or with {@code -Dredis.servers=redis} a Redis Cluster and one Redis
 * beside it, which shows that the tests expect no more than Redis does.
 */
final class SharedServers implements ParameterResolver {

    private static final Path FOLDER = Path.of("target");

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Servers.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return context.getRoot()
                .getStore(ExtensionContext.Namespace.GLOBAL)
                .getOrComputeIfAbsent(Servers.class, type -> start(), Servers.class);
    }

    private static Servers start() {
        try {
            return System.getProperty("redis.servers", "murmur").equals("redis")
                    ? RedisServers.start(FOLDER.resolve("redis"))
                    : MurmurServers.start(FOLDER.resolve("murmur"));
        } catch (Exception e) {
            throw new IllegalStateException("the servers cannot be started", e);
        }
    }
}
