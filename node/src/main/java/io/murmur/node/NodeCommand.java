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
            "  One of three, started likewise as b and c:",
            "    ./murmur node --name a --port 7101 --http-port 8101 --data /tmp/a \\",
            "      --member a@127.0.0.1:7101/zone-a --member b@127.0.0.1:7102/zone-b --member c@127.0.0.1:7103/zone-c"
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

    @Option(names = "--zone", paramLabel = "ZONE", description = "the availability zone, for a cluster of one")
    private @Nullable String zone;

    @Option(names = "--region", paramLabel = "REGION", description = "the region, for a cluster of one")
    private @Nullable String region;

    @Option(
            names = "--member",
            paramLabel = "NAME@HOST:PORT/ZONE",
            description = "an initial member; repeat for each, this node included, the same on every node")
    private List<String> members = List.of();

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
        put(flags, "zone", zone);
        put(flags, "region", region);
        put(flags, "members", members.isEmpty() ? null : String.join(",", members));
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
