package io.murmur.node;

import io.murmur.kernel.Fatal;
import io.murmur.node.config.ConfigurationException;
import io.murmur.node.config.ConfigurationReader;
import io.murmur.node.config.NodeConfiguration;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs a node until it is told to stop. */
@Command(
        name = "node",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Run a node until SIGTERM, which stops it gracefully.",
        footer = {
            "",
            "Flags win over the environment (MURMUR_...), that over the file, that over the defaults;",
            "./murmur config lists every setting. Examples:",
            "",
            "  A cluster of one:",
            "    ./murmur node --data /tmp/murmur",
            "  One of three that found a cluster, started likewise as b and c:",
            "    ./murmur node --name a --port 7101 --http-port 8101 --resp-port 6379 --zone zone-a \\",
            "      --seed 127.0.0.1:7101 --seed 127.0.0.1:7102 --seed 127.0.0.1:7103 \\",
            "      --data /tmp/murmur/a",
            "  A fourth that joins them:",
            "    ./murmur node --name d --port 7104 --http-port 8104 --resp-port 6382 --zone zone-a \\",
            "      --seed 127.0.0.1:7101 --data /tmp/murmur/d"
        })
final class NodeCommand implements Callable<Integer> {

    private static final int FATAL_EXIT_CODE = 3;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--config", paramLabel = "FILE", description = "a YAML file of settings")
    private @Nullable Path file;

    @Option(names = "--name", paramLabel = "NAME", description = "this node's name")
    private @Nullable String name;

    @Option(names = "--data", paramLabel = "FOLDER", description = "the folder with this node's data")
    private @Nullable String data;

    @Option(names = "--host", paramLabel = "HOST", description = "the address to listen on")
    private @Nullable String host;

    @Option(names = "--port", paramLabel = "PORT", description = "the port for nodes and clients")
    private @Nullable String port;

    @Option(names = "--http-port", paramLabel = "PORT", description = "the HTTP port")
    private @Nullable String httpPort;

    @Option(names = "--resp-port", paramLabel = "PORT", description = "the port for Redis clients")
    private @Nullable String respPort;

    @Option(names = "--zone", paramLabel = "ZONE", description = "the availability zone")
    private @Nullable String zone;

    @Option(names = "--region", paramLabel = "REGION", description = "the region")
    private @Nullable String region;

    @Option(
            names = "--seed",
            paramLabel = "HOST:PORT",
            description = "a node to begin with; repeat for each, the same on every node of a new cluster")
    private List<String> seeds = List.of();

    @Option(
            names = "--replace",
            paramLabel = "NODE",
            description = "take the place of this dead member, named by name or id")
    private @Nullable String replace;

    @Option(names = "--set", paramLabel = "KEY=VALUE", description = "any setting; repeatable")
    private Map<String, String> settings = new LinkedHashMap<>();

    @Option(
            names = "--stop-with-parent",
            description = "stop when standard input ends, as it does when the starting process dies")
    private boolean stopWithParent;

    @Override
    public Integer call() throws InterruptedException {
        NodeConfiguration configuration;
        Node node;
        try {
            configuration = ConfigurationReader.read(file, System.getenv(), flags());
            System.setProperty("murmur.node", configuration.name());
            node = Node.start(configuration, fatal());
        } catch (ConfigurationException | IOException e) {
            spec.commandLine().getErr().println("murmur node: " + e.getMessage());
            return 2;
        }
        CountDownLatch stop = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> close(node), "shutdown"));
        if (stopWithParent) {
            Thread watcher = new Thread(() -> awaitEndOfInput(stop), "parent-watcher");
            watcher.setDaemon(true);
            watcher.start();
        }
        stop.await();
        return 0;
    }

    private Map<String, String> flags() {
        Map<String, String> flags = new LinkedHashMap<>(settings);
        put(flags, "name", name);
        put(flags, "data", data);
        put(flags, "host", host);
        put(flags, "port", port);
        put(flags, "http.port", httpPort);
        put(flags, "resp.port", respPort);
        put(flags, "zone", zone);
        put(flags, "region", region);
        put(flags, "seeds", seeds.isEmpty() ? null : String.join(",", seeds));
        put(flags, "replace", replace);
        return flags;
    }

    private static void put(Map<String, String> flags, String key, @Nullable String value) {
        if (value != null) {
            flags.put(key, value);
        }
    }

    private static Fatal fatal() {
        Logger log = LoggerFactory.getLogger(Node.class);
        return (reason, cause) -> {
            log.error("stopping at once: {}", reason, cause);
            Runtime.getRuntime().halt(FATAL_EXIT_CODE);
        };
    }

    /** As a shutdown hook. After SIGTERM the exit code is 143, as of any JVM, when all went well. */
    private static void close(Node node) {
        try {
            node.close();
        } catch (IOException e) {
            LoggerFactory.getLogger(Node.class).warn("stopped, but not cleanly", e);
            Runtime.getRuntime().halt(1);
        }
    }

    private static void awaitEndOfInput(CountDownLatch stop) {
        try {
            while (System.in.read() >= 0) {
                // Whatever is typed is of no interest.
            }
        } catch (IOException e) {
            LoggerFactory.getLogger(Node.class).debug("standard input: {}", e.getMessage());
        }
        stop.countDown();
    }
}
