package io.murmur.benchmarks.peers;

import io.lettuce.core.LettuceVersion;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.NettyCustomizer;
import io.murmur.benchmarks.driver.DriverProcess;
import io.murmur.benchmarks.driver.Target;
import io.murmur.benchmarks.peers.Contender.Client;
import io.netty.channel.Channel;
import io.netty.handler.flush.FlushConsolidationHandler;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The client process that asks Redis, or Murmur's port for Redis clients, by Lettuce without blocking. Its arguments:
 *
 * <ul>
 *   <li>{@code single} or {@code cluster};
 *   <li>{@code user=NAME}: with any password;
 *   <li>{@code wait=REPLICAS connections=N}: each write is followed by WAIT, which blocks its connection, so there are so many for each master;
 *   <li>addresses.
 * </ul>
 */
final class RedisDriver {

    /** Lettuce flushes after each command, which is a system call for each; what is sent while answers are read is flushed together. */
    private static final int MOST_UNFLUSHED = 256;

    private RedisDriver() {}

    static Client client(List<String> how, List<String> addresses) {
        List<String> arguments = new ArrayList<>(how);
        arguments.addAll(addresses);
        return Client.ofThisModule("Lettuce " + LettuceVersion.getVersion(), RedisDriver.class, arguments);
    }

    /** Started by {@link ClientProcess}. */
    public static void main(String[] arguments) {
        DriverProcess.serve(arguments, RedisDriver::connect);
    }

    private static Target connect(List<String> arguments) {
        Map<String, String> settings = new HashMap<>();
        List<RedisURI> addresses = new ArrayList<>();
        for (String argument : arguments.subList(1, arguments.size())) {
            int sign = argument.indexOf('=');
            if (sign > 0) {
                settings.put(argument.substring(0, sign), argument.substring(sign + 1));
            } else {
                addresses.add(uri(argument, settings.get("user")));
            }
        }
        ClientResources resources = ClientResources.builder()
                .nettyCustomizer(new NettyCustomizer() {
                    @Override
                    public void afterChannelInitialized(Channel channel) {
                        channel.pipeline().addFirst(new FlushConsolidationHandler(MOST_UNFLUSHED, true));
                    }
                })
                .build();
        if (arguments.get(0).equals("single")) {
            RedisClient client = RedisClient.create(resources, addresses.get(0));
            return new RedisTarget(
                    client.connect(ByteArrayCodec.INSTANCE).async(), closing(client::shutdown, resources));
        }
        RedisClusterClient client = RedisClusterClient.create(resources, addresses);
        RedisTarget plain =
                new RedisTarget(client.connect(ByteArrayCodec.INSTANCE).async(), closing(client::shutdown, resources));
        String replicas = settings.get("wait");
        if (replicas == null) {
            return plain;
        }
        int connections = Integer.parseInt(settings.getOrDefault("connections", "1"));
        RedisClient toMasters = RedisClient.create(resources);
        WaitingTarget waiting = new WaitingTarget(plain, Integer.parseInt(replicas), toMasters::shutdown);
        for (RedisClusterNode node : client.getPartitions()) {
            if (node.getRole().isUpstream()) {
                waiting.addMaster(
                        node.getSlots(), connections, () -> toMasters.connect(ByteArrayCodec.INSTANCE, node.getUri()));
            }
        }
        return waiting;
    }

    private static Runnable closing(Runnable client, ClientResources resources) {
        return () -> {
            client.run();
            resources.shutdown();
        };
    }

    private static RedisURI uri(String address, @Nullable String user) {
        int colon = address.lastIndexOf(':');
        RedisURI.Builder builder = RedisURI.builder()
                .withHost(address.substring(0, colon))
                .withPort(Integer.parseInt(address.substring(colon + 1)));
        return user == null
                ? builder.build()
                : builder.withAuthentication(user, "none").build();
    }
}
