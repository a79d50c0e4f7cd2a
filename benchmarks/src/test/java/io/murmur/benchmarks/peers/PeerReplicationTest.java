package io.murmur.benchmarks.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What is said of the peers is true of them. By <code>mvn -Ppeers verify -pl benchmarks -am</code>, once that profile was built. */
@Tag("peers")
class PeerReplicationTest {

    private static final int BASE_PORT = 22_400;
    private static final int KEYS = 1_000;

    /** So that each key is asked for, but for less than one in a hundred. */
    private static final int ENOUGH = 5 * KEYS;

    private static final int TRIES = 60;
    private static final Duration LONGEST = Duration.ofMinutes(3);
    private static final String LOAD = " keys=" + KEYS + " keyBytes=16 valueBytes=100 inFlight=64";
    private static final ClientProcess.Window NO_WINDOW = new ClientProcess.Window() {
        @Override
        public void begins() {}

        @Override
        public void ends() {}
    };

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path folder;

    /** Who writes to all copies, and who reads from one of them. */
    static Stream<Arguments> contenders() {
        return Stream.of(
                Arguments.of("cassandra-periodic-all", "cassandra-periodic-one"),
                Arguments.of("cassandra-group-all", "cassandra-group-one"),
                Arguments.of("cassandra-batch-all", "cassandra-batch-one"),
                Arguments.of("hazelcast", "hazelcast"),
                Arguments.of("infinispan-memory", "infinispan-memory"),
                Arguments.of("infinispan-file", "infinispan-file"),
                Arguments.of("infinispan-synced-file", "infinispan-synced-file"));
    }

    @ParameterizedTest
    @MethodSource("contenders")
    void theLastOfThreeServersHasEveryEntry(String writerName, String readerName) throws Exception {
        Contender writer = named(writerName);
        Contender reader = named(readerName);
        assertThat(writer.servers().absence()).isEmpty();
        try (Servers.Running servers = writer.servers().start(folder, BASE_PORT)) {
            List<ProcessHandle> processes = servers.processes();
            assertThat(processes).hasSize(3);
            try (ClientProcess client = start(writer, servers)) {
                assertThat(client.ask("fill" + LOAD, LONGEST, NO_WINDOW)
                                .path("errors")
                                .asLong())
                        .isZero();
            }
            try (ClientProcess client = start(reader, servers)) {
                for (ProcessHandle server : processes.subList(1, 3)) {
                    kill(server);
                    readUntilNothingFails(client);
                }
            }
        }
    }

    private static void kill(ProcessHandle server) {
        server.destroyForcibly();
        server.onExit().join();
    }

    private ClientProcess start(Contender contender, Servers.Running servers) throws IOException, InterruptedException {
        return ClientProcess.start(
                contender.maker().client(servers, 64), folder.resolve(contender.name() + "-client.log"));
    }

    /**
     * It takes some time until the others and the client know that a server is gone, and until then calls fail or wait; but what is said to be
     * absent is absent.
     */
    private static void readUntilNothingFails(ClientProcess client) throws IOException, InterruptedException {
        for (int tries = 0; tries < TRIES; tries++) {
            JsonNode answer = read(client);
            assertThat(answer.path("misses").asLong()).isZero();
            if (answer.path("errors").asLong() == 0 && answer.path("operations").asLong() > ENOUGH) {
                return;
            }
        }
        fail("no " + ENOUGH + " reads without an error in " + TRIES + " tries");
    }

    private static JsonNode read(ClientProcess client) throws IOException, InterruptedException {
        return client.ask("run reads=1 distribution=uniform seed=1 warmup=0 seconds=3" + LOAD, LONGEST, NO_WINDOW);
    }

    private static Contender named(String name) {
        return Stream.of(CassandraServers.contenders(), HazelcastServers.contenders(), InfinispanServers.contenders())
                .flatMap(List::stream)
                .filter(contender -> contender.name().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
