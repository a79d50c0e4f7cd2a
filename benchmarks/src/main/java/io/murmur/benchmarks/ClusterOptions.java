package io.murmur.benchmarks;

import io.murmur.client.MurmurClient;
import io.murmur.node.demo.LocalCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The node processes of a benchmark, as asked for on the command line. */
public final class ClusterOptions {

    @Option(names = "--nodes", defaultValue = "3", description = "processes to start (default: ${DEFAULT-VALUE})")
    int nodes;

    @Option(names = "--shards", defaultValue = "1", description = "event loops of each (default: ${DEFAULT-VALUE})")
    int shards;

    @Option(
            names = "--durability",
            paramLabel = "fsync|interval",
            defaultValue = "fsync",
            description = "when a node acknowledges (default: ${DEFAULT-VALUE})")
    String durability = "fsync";

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "a setting for every node; repeatable; './murmur config' lists all")
    List<String> settings = List.of();

    @Option(
            names = "--data",
            paramLabel = "FOLDER",
            defaultValue = ".murmur/bench",
            description = "where the nodes keep their data; emptied first (default: ${DEFAULT-VALUE})")
    Path data = Path.of(".murmur", "bench");

    @Option(
            names = "--base-port",
            paramLabel = "PORT",
            defaultValue = "7201",
            description = "the first node's port; HTTP is 1000 higher (default: ${DEFAULT-VALUE})")
    int basePort;

    @Option(
            names = "--profile",
            paramLabel = "FOLDER",
            description =
                    "record each process with Java Flight Recorder into this folder, and print the hottest methods")
    @Nullable
    Path profile;

    /** Starts the processes and waits until they are ready. They end with this process, however it ends. */
    public LocalCluster start() throws IOException, InterruptedException {
        if (nodes < 1 || shards < 1) {
            throw new IOException("--nodes and --shards must be at least 1");
        }
        List<String> flags = new ArrayList<>(
                List.of("--set", "shards=" + shards, "--set", "caches=default:durability=" + durability));
        settings.forEach(setting -> flags.addAll(List.of("--set", setting)));
        LocalCluster cluster = new LocalCluster(data, basePort, nodes, nodes, flags, jvmFlags());
        cluster.checkPorts();
        cluster.prepareFolder();
        Runtime.getRuntime().addShutdownHook(new Thread(cluster::close, "stop-nodes"));
        cluster.startFounders();
        for (int node = 0; node < nodes; node++) {
            cluster.awaitReady(node);
        }
        return cluster;
    }

    /** What was asked for. */
    public String words() {
        return String.format(
                Locale.ROOT,
                "%d nodes with %d shard(s), durability %s%s",
                nodes,
                shards,
                durability,
                settings.isEmpty() ? "" : ", " + String.join(", ", settings));
    }

    /** Where the nodes keep their data, and whoever has started them may keep more until the next start. */
    public Path data() {
        return data;
    }

    /** Whether the nodes record themselves from their start on. */
    public boolean isProfiled() {
        return profile != null;
    }

    private List<String> jvmFlags() throws IOException {
        if (profile == null) {
            return List.of();
        }
        Files.createDirectories(profile);
        return List.of("-XX:StartFlightRecording=settings=profile,dumponexit=true,filename="
                + profile.toAbsolutePath().resolve("%n.jfr"));
    }

    public static MurmurClient connect(List<String> seeds) {
        MurmurClient.Builder builder =
                MurmurClient.builder().clientName("bench").callTimeout(Duration.ofSeconds(10));
        seeds.forEach(builder::seed);
        return builder.build();
    }

    public static List<String> addresses(LocalCluster cluster) {
        List<String> addresses = new ArrayList<>();
        for (int node = 0; node < cluster.size(); node++) {
            addresses.add(cluster.address(node));
        }
        return addresses;
    }
}
