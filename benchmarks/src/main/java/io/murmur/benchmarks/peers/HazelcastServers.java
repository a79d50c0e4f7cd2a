package io.murmur.benchmarks.peers;

import io.murmur.benchmarks.peers.Contender.Client;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Three Hazelcast members that keep each entry in the memory of all three. */
final class HazelcastServers implements Servers {

    private static final PeerModule MODULE = new PeerModule("hazelcast");
    private static final String PACKAGE = "io.murmur.benchmarks.peers.hazelcast.";

    /** What Hazelcast asks for in its start scripts, so that it may use Java's internal parts. */
    private static final List<String> OPENED = List.of(
            "--add-modules=java.se",
            "--add-exports=java.base/jdk.internal.ref=ALL-UNNAMED",
            "--add-opens=java.base/java.lang=ALL-UNNAMED",
            "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
            "--add-opens=java.management/sun.management=ALL-UNNAMED",
            "--add-opens=jdk.management/com.sun.management.internal=ALL-UNNAMED");

    static List<Contender> contenders() {
        return List.of(new Contender(
                "hazelcast",
                "a write is in the memory of all three members (backup-count 2); reads ask the key's owner alone",
                "murmur-quorum",
                new HazelcastServers(),
                (running, mostInFlight) -> new Client(
                        "Hazelcast's Java client " + version(),
                        MODULE.classPath(),
                        OPENED,
                        PACKAGE + "HazelcastClientProcess",
                        List.of(String.join(",", running.addresses())))));
    }

    private static String version() {
        return MODULE.version("hazelcast");
    }

    @Override
    public String name() {
        return "hazelcast";
    }

    @Override
    public Optional<String> absence() {
        return MODULE.absence();
    }

    @Override
    public Running start(Path folder, int basePort) throws IOException, InterruptedException {
        List<String> members = PeerProcesses.loopback(basePort);
        return PeerProcesses.start(
                folder,
                members,
                "Hazelcast " + version()
                        + ", three members, backup-count 2, BINARY in a heap of 4 GB each, nothing on disk",
                (server, own) -> {
                    List<String> command = PeerProcesses.java();
                    command.addAll(List.of("-Xms2g", "-Xmx4g"));
                    command.addAll(OPENED);
                    command.addAll(List.of(
                            "-cp",
                            MODULE.classPath(),
                            PACKAGE + "HazelcastMember",
                            String.valueOf(basePort + server),
                            String.join(",", members)));
                    return command;
                });
    }
}
