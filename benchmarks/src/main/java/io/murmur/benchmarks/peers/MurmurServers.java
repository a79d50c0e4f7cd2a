package io.murmur.benchmarks.peers;

import io.murmur.benchmarks.peers.Contender.Client;
import io.murmur.kernel.Level;
import io.murmur.node.demo.LocalCluster;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Three nodes that sync each write before they acknowledge it. */
final class MurmurServers implements Servers {

    private static final int NODES = 3;
    private static final String NAME = "murmur";

    /** At each level by the native client; at QUORUM through the port for Redis clients as well. */
    static List<Contender> contenders() {
        Servers servers = new MurmurServers();
        Stream<Contender> own = Stream.of(Level.QUORUM, Level.ONE, Level.ALL).map(level -> {
            String name = NAME + "-" + level.toString().toLowerCase(Locale.ROOT);
            return new Contender(
                    name,
                    "reads and writes at " + level + ", each write synced by the nodes that answer",
                    name,
                    servers,
                    (running, mostInFlight) -> Client.ofThisModule(
                            "Murmur's native client", MurmurDriver.class, arguments(level, running)));
        });
        Contender lettuce = new Contender(
                NAME + "-lettuce",
                "as murmur-quorum, through the port for Redis clients",
                NAME + "-quorum",
                servers,
                (running, mostInFlight) -> RedisDriver.client(
                        List.of("cluster", "user=default?level=quorum"), ((Nodes) running).respAddresses()));
        return Stream.concat(own, Stream.of(lettuce)).toList();
    }

    private static List<String> arguments(Level level, Running running) {
        List<String> arguments = new ArrayList<>(List.of(level.toString()));
        arguments.addAll(running.addresses());
        return arguments;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Optional<String> absence() {
        return Optional.empty();
    }

    @Override
    public Running start(Path folder, int basePort) throws IOException, InterruptedException {
        List<String> flags = List.of("--set", "shards=1", "--set", "caches=default:durability=fsync");
        LocalCluster cluster = new LocalCluster(folder, basePort, NODES, NODES, flags, List.of());
        cluster.checkPorts();
        cluster.prepareFolder();
        cluster.startFounders();
        Nodes nodes = new Nodes(cluster);
        try {
            for (int node = 0; node < NODES; node++) {
                cluster.awaitReady(node);
            }
        } catch (IOException | InterruptedException e) {
            nodes.close();
            throw e;
        }
        return nodes;
    }

    /** The nodes of one round. */
    private record Nodes(LocalCluster cluster) implements Running {

        private static <T> List<T> each(IntFunction<T> of) {
            return IntStream.range(0, NODES).mapToObj(of).toList();
        }

        @Override
        public List<ProcessHandle> processes() {
            return each(node -> cluster.process(node).toHandle());
        }

        @Override
        public List<String> addresses() {
            return each(cluster::address);
        }

        List<String> respAddresses() {
            return each(node -> "127.0.0.1:" + cluster.respPort(node));
        }

        @Override
        public String version() {
            return "Murmur, three nodes with one shard each, durability fsync";
        }

        @Override
        public void close() {
            cluster.close();
        }
    }
}
