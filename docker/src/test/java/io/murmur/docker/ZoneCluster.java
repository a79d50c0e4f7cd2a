package io.murmur.docker;

import com.fasterxml.jackson.databind.JsonNode;
import io.murmur.client.MurmurClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.testcontainers.containers.Network;
import org.testcontainers.lifecycle.Startables;

/** Six nodes, two in each of three zones; each zone has a network, and all share another. As in {@code compose.yaml}. */
final class ZoneCluster implements AutoCloseable {

    static final String IMAGE = System.getProperty("murmur.image", "murmur:local");
    static final List<String> ZONES = List.of("zone-a", "zone-b", "zone-c");

    /** For what takes a healthy cluster seconds, on a machine that has other things to do. */
    static final Duration PATIENCE = Duration.ofMinutes(3);

    private static final Path LOGS = Path.of("target", "node-logs");
    private static final String SEEDS = "a1:7101,b1:7101,c1:7101";

    private final Network interzone = Network.newNetwork();
    private final Map<String, Network> zones = new LinkedHashMap<>();
    private final Map<String, NodeContainer> nodes = new TreeMap<>();
    private final Hosts hosts = new Hosts();

    private ZoneCluster() {
        ZONES.forEach(zone -> zones.put(zone, Network.newNetwork()));
    }

    static ZoneCluster start() {
        ZoneCluster cluster = new ZoneCluster();
        ZONES.forEach(zone -> {
            cluster.make(zone, 1, Map.of());
            cluster.make(zone, 2, Map.of());
        });
        Startables.deepStart(cluster.nodes.values()).join();
        cluster.awaitCalm();
        return cluster;
    }

    /** A node that has yet to be started, named after its zone: a1, a2, ... */
    NodeContainer make(String zone, int number, Map<String, String> settings) {
        Map<String, String> environment = new TreeMap<>(Map.of(
                "MURMUR_ZONE", zone,
                "MURMUR_SEEDS", SEEDS,
                "MURMUR_INITIAL_NODES", "6",
                "MURMUR_STORAGE_HOT_BYTES", "32MiB",
                "MURMUR_STORAGE_MEMORY_TABLE_BYTES", "16MiB",
                "MURMUR_SHARDS", "1",
                // All nodes share two cores: that they wait for one another is no fault.
                "MURMUR_TIMEOUTS_READ", "4s",
                "MURMUR_TIMEOUTS_WRITE", "4s"));
        environment.putAll(settings);
        String name = zone.substring("zone-".length()) + number;
        NodeContainer node =
                new NodeContainer(IMAGE, name, Objects.requireNonNull(zones.get(zone)), interzone, environment);
        nodes.put(name, node);
        return node;
    }

    /** Stops a node's container, if it runs, and removes it with its data. Its log is kept. */
    void destroy(NodeContainer node) {
        nodes.remove(node.name());
        keepLog(node);
        node.stop();
    }

    private static void keepLog(NodeContainer node) {
        try {
            Files.createDirectories(LOGS);
            Files.writeString(LOGS.resolve(node.name() + ".log"), node.getLogs());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    NodeContainer node(String name) {
        NodeContainer node = nodes.get(name);
        if (node == null) {
            throw new IllegalArgumentException("no node " + name);
        }
        return node;
    }

    Collection<NodeContainer> nodes() {
        return nodes.values();
    }

    List<NodeContainer> nodesOf(String zone) {
        return nodes.values().stream().filter(node -> isIn(node, zone)).toList();
    }

    List<NodeContainer> nodesNotOf(String zone) {
        return nodes.values().stream().filter(node -> !isIn(node, zone)).toList();
    }

    private static boolean isIn(NodeContainer node, String zone) {
        return zone.equals("zone-" + node.name().charAt(0));
    }

    /** Tells the client of this JVM where the nodes are now. Those that have no address stay where they were. */
    void learnAddresses() {
        for (NodeContainer node : nodes.values()) {
            String address = node.interzoneAddress();
            if (address != null) {
                hosts.put(node.name(), address);
            }
        }
    }

    /** A client in zone-a that reaches nodes by the network between the zones alone. */
    MurmurClient client() {
        learnAddresses();
        MurmurClient.Builder builder = MurmurClient.builder().zone("zone-a").startTimeout(PATIENCE);
        nodes.keySet().forEach(name -> builder.seed(name + ":" + NodeContainer.PORT));
        return builder.build();
    }

    /** Waits until all nodes are ready, each sees all alive, and the ring is at rest with just these members. */
    void awaitCalm() {
        learnAddresses();
        Await.until(
                "all nodes see a calm cluster: " + nodes.keySet(),
                PATIENCE,
                () -> nodes.values().stream().allMatch(node -> node.isReady() && seesAll(node)));
    }

    private boolean seesAll(NodeContainer viewer) {
        JsonNode page = viewer.page("/cluster");
        if (!page.path("change").isNull()) {
            return false;
        }
        List<String> members = new ArrayList<>();
        for (JsonNode line : page.path("nodes")) {
            if (line.path("role").asText().equals("member")) {
                if (!line.path("state").asText().equals("alive")) {
                    return false;
                }
                members.add(line.path("name").asText());
            }
        }
        return members.size() == nodes.size() && members.containsAll(nodes.keySet());
    }

    long epoch() {
        return nodes.values().stream()
                .mapToLong(node -> node.page("/ring").path("epoch").asLong())
                .max()
                .orElse(0);
    }

    /** Waits until all owners of each partition hold the same, without asking for a repair. */
    void awaitEqualOwners(Duration patience) {
        Await.until("all owners of each partition are equal", patience, this::areOwnersEqual);
    }

    private boolean areOwnersEqual() {
        Map<String, List<String>> digests = new TreeMap<>();
        for (NodeContainer node : nodes.values()) {
            node.page("/anti-entropy/digests")
                    .path("digests")
                    .properties()
                    .forEach(entry -> digests.computeIfAbsent(entry.getKey(), partition -> new ArrayList<>())
                            .add(entry.getValue().asText()));
        }
        return digests.size() == 1024
                && digests.values().stream()
                        .allMatch(held ->
                                held.size() == 3 && held.stream().distinct().count() == 1);
    }

    @Override
    public void close() {
        List.copyOf(nodes.values()).forEach(this::destroy);
        zones.values().forEach(Network::close);
        interzone.close();
    }
}
