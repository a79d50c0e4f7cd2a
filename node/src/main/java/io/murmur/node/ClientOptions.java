package io.murmur.node;

import io.murmur.client.BlockingCache;
import io.murmur.client.CallOptions;
import io.murmur.client.Codec;
import io.murmur.client.MurmurClient;
import io.murmur.kernel.Level;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What get, put and delete have in common. */
final class ClientOptions {

    @Option(
            names = "--node",
            paramLabel = "HOST:PORT",
            defaultValue = "127.0.0.1:7101",
            description = "a node to ask; repeat for more (default: ${DEFAULT-VALUE})")
    private List<String> nodes = List.of();

    @Option(
            names = "--cache",
            paramLabel = "NAME",
            defaultValue = "default",
            description = "the cache (default: ${DEFAULT-VALUE})")
    private String cache = "default";

    @Option(
            names = "--level",
            paramLabel = "LEVEL",
            description =
                    "ONE, TWO, THREE, QUORUM, ALL, LOCAL_ONE, LOCAL_QUORUM, EACH_QUORUM, a number, or for writes ANY"
                            + " (default: the cache's)")
    private @Nullable String level;

    @Option(
            names = "--timeout",
            paramLabel = "MILLIS",
            defaultValue = "1000",
            description = "for the whole call, in milliseconds (default: ${DEFAULT-VALUE})")
    private long timeoutMillis;

    /** To find a node takes longer than a call. */
    private static final long LEAST_START_MILLIS = 3_000;

    /** What the command does with a cache. */
    interface Action {
        int on(BlockingCache<String, String> cache, CallOptions options);
    }

    int run(Action action) {
        CallOptions options = CallOptions.DEFAULT.withTimeout(Duration.ofMillis(timeoutMillis));
        if (level != null) {
            options = options.withLevel(Level.parse(level));
        }
        MurmurClient.Builder builder = MurmurClient.builder()
                .clientName("murmur-cli")
                .startTimeout(Duration.ofMillis(Math.max(LEAST_START_MILLIS, timeoutMillis)));
        nodes.forEach(builder::seed);
        try (MurmurClient client = builder.build()) {
            return action.on(client.cache(cache, Codec.string(), Codec.string()).blocking(), options);
        }
    }
}
