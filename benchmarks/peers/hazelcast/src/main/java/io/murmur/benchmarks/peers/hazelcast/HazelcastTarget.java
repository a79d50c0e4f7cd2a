package io.murmur.benchmarks.peers.hazelcast;

import com.hazelcast.client.HazelcastClient;
import com.hazelcast.client.config.ClientConfig;
import com.hazelcast.client.config.RoutingMode;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import io.murmur.benchmarks.driver.Target;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** A map, asked without blocking, each key at the member that has it. */
final class HazelcastTarget implements Target {

    private final HazelcastInstance client;
    private final IMap<byte[], byte[]> map;
    private volatile int valueBytes;

    private HazelcastTarget(HazelcastInstance client) {
        this.client = client;
        this.map = client.getMap(HazelcastMember.MAP);
    }

    static HazelcastTarget connect(List<String> arguments) {
        ClientConfig config = new ClientConfig();
        config.setClusterName(HazelcastMember.CLUSTER);
        config.setProperty("hazelcast.client.statistics.enabled", "false");
        config.getNetworkConfig().addAddress(arguments.get(0).split(",", -1));
        config.getNetworkConfig().getClusterRoutingConfig().setRoutingMode(RoutingMode.ALL_MEMBERS);
        return new HazelcastTarget(HazelcastClient.newHazelcastClient(config));
    }

    @Override
    public void expect(int valueBytes) {
        this.valueBytes = valueBytes;
    }

    @Override
    public CompletionStage<Boolean> get(byte[] key) {
        return whereItCompletes(map.getAsync(key), value -> value != null && value.length == valueBytes);
    }

    @Override
    public CompletionStage<?> put(byte[] key, byte[] value) {
        return whereItCompletes(map.setAsync(key, value), nothing -> true);
    }

    /** Hazelcast's own stages hand what follows them to a pool, which costs every call a change of threads. */
    private static <T, U> CompletionStage<U> whereItCompletes(CompletionStage<T> stage, Function<T, U> then) {
        CompletableFuture<U> result = new CompletableFuture<>();
        stage.whenCompleteAsync(
                (value, failure) -> {
                    if (failure == null) {
                        result.complete(then.apply(value));
                    } else {
                        result.completeExceptionally(failure);
                    }
                },
                Runnable::run);
        return result;
    }

    @Override
    public void close() {
        client.shutdown();
    }
}
