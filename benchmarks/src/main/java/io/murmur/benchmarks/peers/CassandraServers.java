package io.murmur.benchmarks.peers;

import io.murmur.benchmarks.peers.Contender.Client;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.zip.ZipFile;

/** Three Cassandra nodes with a replica each, set up as the settings it ships for newcomers ({@code cassandra_latest.yaml}). */
record CassandraServers(CommitLog commitLog) implements Servers {

    private static final PeerModule SERVER = new PeerModule("cassandra/server");
    private static final PeerModule CLIENT = new PeerModule("cassandra/client");
    private static final String PACKAGE = "io.murmur.benchmarks.peers.cassandra.";
    private static final int JDK = 17;
    private static final int CLIENTS_OFFSET = 10;

    /** When a node syncs its log of writes. */
    enum CommitLog {
        PERIODIC(
                "commitlog_sync: periodic\ncommitlog_sync_period: 10000ms",
                "have a write in memory, and sync what they have every 10 s"),
        GROUP("commitlog_sync: group\ncommitlog_sync_group_window: 10ms", "have synced a write, once in 10 ms for all"),
        BATCH("commitlog_sync: batch", "have synced a write, as soon as the sync before had ended");

        private final String settings;
        private final String acknowledged;

        CommitLog(String settings, String acknowledged) {
            this.settings = settings;
            this.acknowledged = acknowledged;
        }
    }

    /** Of reads and writes. */
    private enum Level {
        ONE,
        QUORUM,
        ALL;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    static List<Contender> contenders() {
        return Arrays.stream(CommitLog.values())
                .map(CassandraServers::new)
                .flatMap(servers -> Arrays.stream(Level.values()).map(servers::contender))
                .toList();
    }

    private Contender contender(Level level) {
        return new Contender(
                name() + "-" + level.word(),
                "reads and writes at " + level + "; the nodes that answer " + commitLog.acknowledged,
                "murmur-" + level.word(),
                this,
                (running, mostInFlight) -> new Client(
                        "Cassandra's Java driver " + CLIENT.version("java-driver-core"),
                        CLIENT.classPath(),
                        List.of("-Dorg.slf4j.simpleLogger.defaultLogLevel=warn"),
                        PACKAGE + "CassandraClient",
                        List.of(String.join(",", running.addresses()), level.name(), level.name())));
    }

    @Override
    public String name() {
        return "cassandra-" + commitLog.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public Optional<String> absence() {
        return SERVER.absence()
                .or(CLIENT::absence)
                .or(() -> Jdk.ofVersion(JDK).isPresent()
                        ? Optional.empty()
                        : Optional.of(
                                "Cassandra needs JDK " + JDK + "; install one, for example openjdk-17-jdk-headless"));
    }

    @Override
    public Running start(Path folder, int basePort) throws IOException, InterruptedException {
        Path jdk = Jdk.ofVersion(JDK).orElseThrow();
        return PeerProcesses.start(
                folder,
                PeerProcesses.loopback(basePort + CLIENTS_OFFSET),
                "Cassandra " + SERVER.version("cassandra-all") + " on JDK " + JDK + ", three nodes, commit log "
                        + commitLog.settings.replace('\n', ' ') + ", heap of 2 GB each",
                (server, own) -> command(jdk, server, own, basePort));
    }

    private List<String> command(Path jdk, int server, Path own, int basePort) throws IOException {
        Path settings = Files.writeString(own.resolve("cassandra.yaml"), settings(server, own, basePort));
        Path logging = Files.writeString(own.resolve("logback.xml"), resource("cassandra-logback.xml"));
        Path inlining = own.resolve("hotspot_compiler");
        try (ZipFile jar = new ZipFile(SERVER.jar("cassandra-all").toFile());
                InputStream hints = jar.getInputStream(jar.getEntry("META-INF/hotspot_compiler"))) {
            Files.copy(hints, inlining);
        }
        List<String> command = new ArrayList<>();
        command.add(jdk.resolve("bin").resolve("java").toString());
        resource("cassandra-jvm.options")
                .lines()
                .filter(line -> line.startsWith("-"))
                .forEach(command::add);
        command.addAll(List.of(
                "-javaagent:" + SERVER.jar("jamm"),
                "-XX:CompileCommandFile=" + inlining,
                "-XX:CompileCommand=quiet",
                "-Dcassandra.config=" + settings.toUri(),
                "-Dcassandra.storagedir=" + own,
                "-Dlogback.configurationFile=" + logging,
                "-cp",
                SERVER.classPath(),
                PACKAGE + "server.CassandraServer",
                String.valueOf(PeerProcesses.NODES)));
        return command;
    }

    private String settings(int server, Path own, int basePort) throws IOException {
        return """
                cluster_name: benchmark
                listen_address: 127.0.0.1
                storage_port: %d
                rpc_address: 127.0.0.1
                native_transport_port: %d
                data_file_directories: ["%s/data"]
                commitlog_directory: "%3$s/commitlog"
                saved_caches_directory: "%3$s/caches"
                hints_directory: "%3$s/hints"
                cdc_raw_directory: "%3$s/cdc"
                seed_provider:
                  - class_name: org.apache.cassandra.locator.SimpleSeedProvider
                    parameters:
                      - seeds: "127.0.0.1:%d"
                %s
                %s""".formatted(
                        basePort + server,
                        basePort + CLIENTS_OFFSET + server,
                        own,
                        basePort,
                        commitLog.settings,
                        resource("cassandra.yaml"));
    }

    private static String resource(String name) throws IOException {
        try (InputStream in = Objects.requireNonNull(CassandraServers.class.getResourceAsStream(name), name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
