package io.murmur.node;

import io.murmur.client.BlockingCache;
import io.murmur.client.CallOptions;
import io.murmur.client.Codec;
import io.murmur.client.MurmurClient;
import io.murmur.client.MurmurException;
import io.murmur.kernel.Level;
import io.murmur.kernel.ring.NodeId;
import io.murmur.node.config.ConfigurationReader;
import io.murmur.node.config.NodeConfiguration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/** Nodes in this process, each in its own zone, on free ports of loopback, with their data under one folder. */
final class TestCluster implements AutoCloseable {

    private final Path folder;
    private final Map<String, Integer> ports = new LinkedHashMap<>();
    private final Map<String, String> settings;
    private final List<String> seeds;
    private final Map<String, NodeId> identities = new LinkedHashMap<>();
    private final Map<String, Node> running = new LinkedHashMap<>();
    private UnaryOperator<MurmurClient.Builder> asClient = builder -> builder;

    /**
     * @param names of the nodes that found the cluster, all of them seeds; none is started
     * @param settings of all nodes, by key, in place of the tests' defaults
     */
    TestCluster(Path folder, List<String> names, Map<String, String> settings) throws IOException {
        this.folder = folder;
        this.settings = settings;
        this.seeds = List.copyOf(names);
        for (String name : names) {
            ports.put(name, TrainingRun.freePort());
        }
    }

    /** All of them started and connected to one another. */
    static TestCluster started(Path folder, String... names) throws IOException, InterruptedException {
        TestCluster cluster = new TestCluster(folder, List.of(names), Map.of());
        for (String name : names) {
            cluster.start(name);
        }
        cluster.awaitConnected();
        return cluster;
    }

    /** A cluster that was founded by these and has stopped; its ring is on their disks. */
    static TestCluster founded(Path folder, Map<String, String> settings, String... names)
            throws IOException, InterruptedException {
        TestCluster cluster = new TestCluster(folder, List.of(names), settings);
        for (String name : names) {
            cluster.start(name);
        }
        cluster.awaitConnected();
        cluster.running.forEach((name, node) -> cluster.identities.put(name, node.self()));
        cluster.close();
        return cluster;
    }

    /** Who a node of a {@link #founded} cluster is. */
    NodeId identity(String name) {
        return Objects.requireNonNull(identities.get(name));
    }

    /** What this node goes by. */
    NodeConfiguration configuration(String name, String... changes) {
        Map<String, String> flags = new LinkedHashMap<>();
        flags.put("name", name);
        flags.put("data", folder.resolve(name).toString());
        flags.put("port", Integer.toString(port(name)));
        flags.put("http.port", "0");
        flags.put("resp.port", "0");
        flags.put("zone", "zone-" + name);
        flags.put("seeds", seeds());
        flags.put("shards", "2");
        flags.put("partitions", "16");
        flags.put("storage.free-disk-floor", "0");
        flags.put("storage.hot-bytes", "16MiB");
        // Longer than in production, so that a busy machine is not taken for a fault; what is lost is lost all the
        // same.
        flags.put("timeouts.read", "3s");
        flags.put("timeouts.write", "3s");
        flags.put("timeouts.drain", "5s");
        flags.putAll(settings);
        for (int i = 0; i < changes.length; i += 2) {
            flags.put(changes[i], changes[i + 1]);
        }
        return ConfigurationReader.read(null, Map.of(), flags);
    }

    /** All nodes named at the beginning; one that is added later is none. */
    private String seeds() {
        return String.join(
                ",", seeds.stream().map(name -> "127.0.0.1:" + port(name)).toList());
    }

    /** One more node, which joins when it is started. */
    void add(String name) {
        ports.put(name, TrainingRun.freePort());
    }

    Node start(String name, String... changes) throws IOException {
        Node node = Node.start(configuration(name, changes), (reason, cause) -> {
            throw new AssertionError(reason, cause);
        });
        running.put(name, node);
        return node;
    }

    /** Gracefully. */
    void stop(String name) throws IOException {
        Objects.requireNonNull(running.remove(name)).close();
    }

    Node node(String name) {
        return Objects.requireNonNull(running.get(name));
    }

    /** What a change over HTTP has to show to a node. */
    static String token(Node node) throws IOException {
        return Files.readString(node.configuration().data().resolve(HttpToken.FILE))
                .strip();
    }

    int port(String name) {
        return Objects.requireNonNull(ports.get(name));
    }

    /** Until every running node coordinates for every other, so that whatever fails afterwards is not for want of a connection. */
    void awaitConnected() throws InterruptedException {
        for (Map.Entry<String, Node> node : running.entrySet()) {
            if (!node.getValue().awaitReady(20, TimeUnit.SECONDS)) {
                throw new AssertionError(node.getKey() + ": " + node.getValue().notReadyBecause());
            }
        }
        try (MurmurClient client = client()) {
            BlockingCache<String, String> cache = strings(client);
            for (int key = 0; key < 64; key++) {
                String probe = "connected-" + key;
                Await.until("a write at every running owner", () -> reaches(cache, probe));
            }
        }
    }

    private boolean reaches(BlockingCache<String, String> cache, String key) {
        try {
            return cache.put(key, "", CallOptions.at(new Level.Count(running.size())))
                            .acknowledged()
                    >= running.size();
        } catch (MurmurException.Unavailable | MurmurException.ConnectionLost e) {
            return false;
        }
    }

    /** What clients of this cluster are made with, in addition. */
    void clientsAre(UnaryOperator<MurmurClient.Builder> with) {
        asClient = with;
    }

    /** A client of all running nodes. */
    MurmurClient client() {
        MurmurClient.Builder builder = asClient.apply(MurmurClient.builder().callTimeout(Duration.ofSeconds(10)));
        running.keySet().forEach(name -> builder.seed("127.0.0.1:" + port(name)));
        return builder.build();
    }

    static BlockingCache<String, String> strings(MurmurClient client) {
        return client.cache("default", Codec.string(), Codec.string()).blocking();
    }

    @Override
    public void close() throws IOException {
        for (Node node : running.values()) {
            node.close();
        }
        running.clear();
    }
}
