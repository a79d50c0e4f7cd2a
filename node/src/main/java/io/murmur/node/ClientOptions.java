package io.murmur.node;

import io.murmur.client.BlockingCache;
import io.murmur.client.CallOptions;
import io.murmur.client.Codec;
import io.murmur.client.MurmurClient;
import io.murmur.client.MurmurException;
import io.murmur.kernel.Level;
import io.murmur.kernel.message.Credentials;
import io.murmur.kernel.message.Trace;
import io.murmur.node.security.LoginOptions;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What get, put and delete have in common. */
final class ClientOptions {

    /** To find a node takes longer than a call. */
    private static final long LEAST_START_MILLIS = 3_000;

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
            description = "ONE, TWO, THREE, QUORUM, ALL, LOCAL_ONE, LOCAL_QUORUM, EACH_QUORUM, SERIAL, a number, or for"
                    + " writes ANY (default: the cache's)")
    private @Nullable String level;

    @Option(
            names = "--timeout",
            paramLabel = "MILLIS",
            defaultValue = "1000",
            description = "for the whole call, in milliseconds (default: ${DEFAULT-VALUE})")
    private long timeoutMillis;

    @Option(names = "--trace", description = "tell who was asked and when each answered, on the standard error")
    private boolean traced;

    @Mixin
    private LoginOptions login = new LoginOptions();

    @Option(
            names = "--token-file",
            paramLabel = "FILE",
            description =
                    "a file whose first line is a user's token, in the place of user and password (or: MURMUR_TOKEN)")
    private @Nullable Path tokenFile;

    /** What the command does with a cache. */
    interface Action {
        int on(BlockingCache<String, String> cache, CallOptions options, Consumer<Optional<Trace>> trace);
    }

    /** @param err takes the trace of a call, when one is wanted, be it one that failed */
    int run(PrintWriter err, Action action) throws IOException {
        CallOptions options = CallOptions.DEFAULT
                .withTimeout(Duration.ofMillis(timeoutMillis))
                .withTrace(traced);
        if (level != null) {
            options = options.withLevel(Level.parse(level));
        }
        MurmurClient.Builder builder = MurmurClient.builder()
                .clientName("murmur-cli")
                .startTimeout(Duration.ofMillis(Math.max(LEAST_START_MILLIS, timeoutMillis)));
        nodes.forEach(builder::seed);
        logIn(builder);
        try (MurmurClient client = builder.build()) {
            Consumer<Optional<Trace>> trace = made -> made.ifPresent(one -> TraceText.print(err, one, client.ring()));
            try {
                return action.on(
                        client.cache(cache, Codec.string(), Codec.string()).blocking(), options, trace);
            } catch (MurmurException e) {
                trace.accept(e.trace());
                throw e;
            }
        }
    }

    private void logIn(MurmurClient.Builder builder) throws IOException {
        Path trust = login.trust();
        Credentials.Password user = login.login();
        String token = tokenFile == null ? System.getenv("MURMUR_TOKEN") : LoginOptions.firstLine(tokenFile);
        if (trust != null) {
            builder.tls(trust);
        } else if (user != null || token != null) {
            throw new IOException(
                    "a password or token is not sent in the clear; name the authorities of the nodes with --tls-trust FILE,"
                            + " or leave user and token out where security is off");
        }
        if (user != null) {
            builder.credentials(user.user(), user.password());
        } else if (token != null) {
            builder.token(token);
        }
    }
}
