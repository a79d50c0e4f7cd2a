package io.murmur.benchmarks.peers;

import io.murmur.benchmarks.peers.Contender.Client;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** Three Infinispan members that each have every entry; the client is a fourth that has none. */
record InfinispanServers(Store store) implements Servers {

    private static final PeerModule MODULE = new PeerModule("infinispan");
    private static final String PACKAGE = "io.murmur.benchmarks.peers.infinispan.";
    private static final int FAILURE_DETECTION_OFFSET = 20;

    /** Where entries are kept besides the memory. */
    enum Store {
        MEMORY("in the memory of all three members"),
        FILE("in the memory of all three members, and in files that are not synced"),
        SYNCED_FILE("synced by all three members");

        private final String acknowledged;

        Store(String acknowledged) {
            this.acknowledged = acknowledged;
        }

        String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    static List<Contender> contenders() {
        return List.of(contender(Store.MEMORY), contender(Store.FILE), contender(Store.SYNCED_FILE));
    }

    private static Contender contender(Store store) {
        InfinispanServers servers = new InfinispanServers(store);
        return new Contender(
                servers.name(),
                "a write is " + store.acknowledged + "; reads ask one owner",
                "murmur-quorum",
                servers,
                (running, mostInFlight) -> servers.client((PeerProcesses) running));
    }

    private Client client(PeerProcesses running) {
        List<String> flags = new ArrayList<>(cluster(
                running.addresses(), PeerProcesses.NODES, running.folder().resolve("client")));
        // With a virtual thread for each answer there would be a histogram for each answer as well.
        flags.add("-Dorg.infinispan.threads.virtual=false");
        return new Client(
                "Infinispan " + version() + ", a member with capacity factor 0",
                MODULE.classPath(),
                List.copyOf(flags),
                PACKAGE + "InfinispanClient",
                List.of());
    }

    private static String version() {
        return MODULE.version("infinispan-core");
    }

    /** JGroups' own settings, and those that the configuration file asks for. */
    private static List<String> cluster(List<String> addresses, int member, Path data) {
        int firstPort =
                Integer.parseInt(addresses.get(0).substring(addresses.get(0).lastIndexOf(':') + 1));
        String members = addresses.stream()
                .map(address -> address.replaceFirst(":(\\d+)$", "[$1]"))
                .collect(Collectors.joining(","));
        return List.of(
                "-Dbenchmark.members=" + members,
                "-Dbenchmark.data=" + data,
                "-Djgroups.bind.address=127.0.0.1",
                "-Djgroups.bind.port=" + (firstPort + member),
                "-Djgroups.port_range=0",
                "-Djgroups.fd.port-offset=" + FAILURE_DETECTION_OFFSET);
    }

    @Override
    public String name() {
        return "infinispan-" + store.word();
    }

    @Override
    public Optional<String> absence() {
        return MODULE.absence();
    }

    @Override
    public Running start(Path folder, int basePort) throws IOException, InterruptedException {
        List<String> addresses = PeerProcesses.loopback(basePort);
        return PeerProcesses.start(
                folder,
                addresses,
                "Infinispan " + version() + ", three members, DIST_SYNC, three owners, store " + store.word()
                        + ", heap of 4 GB each",
                (server, own) -> {
                    List<String> command = PeerProcesses.java();
                    command.addAll(List.of("-Xms2g", "-Xmx4g"));
                    command.addAll(cluster(addresses, server, own.resolve("state")));
                    command.addAll(List.of(
                            "-cp",
                            MODULE.classPath(),
                            PACKAGE + "InfinispanMember",
                            String.valueOf(PeerProcesses.NODES),
                            store.word()));
                    return command;
                });
    }
}
