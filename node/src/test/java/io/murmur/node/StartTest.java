package io.murmur.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.murmur.client.MurmurClient;
import io.murmur.kernel.Level;
import io.murmur.kernel.message.ClientReply;
import io.murmur.kernel.message.Handshake;
import io.murmur.kernel.ring.Member;
import io.murmur.kernel.ring.NodeId;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What keeps a node from starting: one clear line and exit code 2, and nothing held back that another start would need. */
class StartTest {

    /** 128 + the number of the signal, as every shell and supervisor reports it: the JVM ends so once its hooks are done. */
    private static final int SIGTERM_EXIT_CODE = 128 + 15;

    @TempDir
    private Path folder = Path.of(".");

    private record Ended(int exitCode, String line) {}

    private static Ended murmur(String... arguments) {
        StringWriter err = new StringWriter();
        CommandLine command = Main.commandLine().setErr(new PrintWriter(err, true));
        int exitCode = command.execute(arguments);
        return new Ended(exitCode, err.toString().strip());
    }

    private static void assertRefused(Ended ended, String... parts) {
        assertThat(ended.line()).doesNotContain("\n").contains(parts);
        assertThat(ended.exitCode()).isEqualTo(2);
    }

    @Test
    void aPortInUseIsNamed() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = Integer.toString(taken.getLocalPort());
            String data = folder.resolve("data").toString();

            assertRefused(
                    murmur("node", "--data", data, "--port", port, "--http-port", "0"),
                    "127.0.0.1:" + port,
                    "in use",
                    "'port'");
            assertRefused(
                    murmur("node", "--data", data, "--http-port", port), "127.0.0.1:" + port, "in use", "'http.port'");
        }
    }

    @Test
    void aFailedStartLeavesFolderAndPortsToTheNextOne() throws Exception {
        try (TestCluster cluster = new TestCluster(folder, List.of("a"), Map.of())) {
            try (ServerSocket taken = new ServerSocket(cluster.port("a"), 1, InetAddress.getLoopbackAddress())) {
                assertThatThrownBy(() -> cluster.start("a"))
                        .isInstanceOf(IOException.class)
                        .hasMessageContaining(Integer.toString(taken.getLocalPort()));
            }

            cluster.start("a");

            cluster.awaitConnected();
        }
    }

    @Test
    void aFolderThatAnotherNodeHasIsNamed() throws Exception {
        try (TestCluster cluster = TestCluster.started(folder, "a")) {
            assertThat(cluster.node("a").isReady()).isTrue();

            assertRefused(
                    murmur("node", "--data", folder.resolve("a").toString()),
                    folder.resolve("a").toString(),
                    "in use by another process",
                    "--data");
        }
    }

    @Test
    void aFolderThatCannotBeWrittenIsNamed() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "no folder");

        assertRefused(
                murmur("node", "--data", file.resolve("data").toString()),
                file.resolve("data").toString(),
                "cannot be written");
    }

    @Test
    void aWrongSettingIsNamed() {
        assertRefused(murmur("node", "--port", "none"), "port is 'none'", "the command line");
        assertRefused(murmur("node", "--set", "colour=red"), "'colour'", "did you mean");
        assertRefused(murmur("node", "--config", folder.resolve("none.yaml").toString()), "none.yaml", "no such file");
    }

    @Test
    void anUnknownHostIsNamed() {
        assertRefused(
                murmur(
                        "node",
                        "--data",
                        folder.resolve("data").toString(),
                        "--host",
                        "no-such-host.invalid",
                        "--http-port",
                        "0"),
                "no-such-host.invalid",
                "'host'");
    }

    @Test
    void damageToTheIdentityOrTheRingIsNamed() throws Exception {
        TestCluster cluster = TestCluster.started(folder, "a");
        cluster.close();
        Path ring = folder.resolve("a/ring/decided");
        byte[] bytes = Files.readAllBytes(ring);
        bytes[bytes.length - 1] ^= 1;

        Files.write(ring, bytes);
        assertThatThrownBy(() -> cluster.start("a"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("ring/decided")
                .hasMessageContaining("damaged");

        Files.writeString(folder.resolve("a/identity/node-id"), "no id");
        assertThatThrownBy(() -> cluster.start("a"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("identity/node-id")
                .hasMessageContaining("UUID");
    }

    @Test
    void whatWasFixedWhenTheClusterWasMadeCannotBeChangedByConfiguration() throws Exception {
        TestCluster cluster = TestCluster.started(folder, "a");
        cluster.close();

        assertThatThrownBy(() -> cluster.start("a", "partitions", "32"))
                .hasMessageContaining("partitions is 32")
                .hasMessageContaining("set it back");
    }

    @Test
    void aNodeThatStopsServesWhatItsClientsHaveSentUntilTheyHangUp() throws Exception {
        TestCluster cluster = TestCluster.started(folder, "a");
        RawConnection client = RawConnection.greeted(cluster.port("a"));

        CompletableFuture<Void> stopped = CompletableFuture.runAsync(() -> {
            try {
                cluster.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        assertThat(client.receive()).isEqualTo(new Handshake.Farewell());
        for (int i = 0; i < 3; i++) {
            client.send(Requests.put(i, "key-" + i, new byte[] {1}, Level.ONE));
            assertThat(client.receive()).isInstanceOf(ClientReply.One.class);
        }
        assertThat(stopped).isNotDone();

        client.close();
        stopped.get(20, TimeUnit.SECONDS);
    }

    @Test
    void aNodeThatStopsDoesNotWaitLongForAClientThatStays() throws Exception {
        TestCluster cluster = TestCluster.started(folder, "a");
        Duration drain = cluster.configuration("a").drainTimeout();
        try (RawConnection client = RawConnection.greeted(cluster.port("a"))) {
            long begun = System.nanoTime();
            cluster.close();

            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(drain.dividedBy(2));
            assertThat(client.receive()).isEqualTo(new Handshake.Farewell());
            assertThat(client.isClosedByOtherSide()).isTrue();
        }
    }

    @Test
    void aMembersAddressMayChange() throws Exception {
        TestCluster before = TestCluster.started(folder, "a", "b");
        NodeId identity = before.node("a").self();
        before.close();

        try (TestCluster after = TestCluster.started(folder, "a", "b")) {
            assertThat(after.port("a")).isNotEqualTo(before.port("a"));
            assertThat(after.node("a").self()).isEqualTo(identity);
            try (MurmurClient client = after.client()) {
                Await.until(
                        "the ring has the new addresses",
                        () -> client.ring().members().stream()
                                .map(Member::address)
                                .collect(Collectors.toSet())
                                .equals(Set.of("127.0.0.1:" + after.port("a"), "127.0.0.1:" + after.port("b"))));
            }
        }
    }

    @Test
    void sigtermStopsARealProcessWithTheExitCodeOfTheSignal() throws Exception {
        TestCluster addresses = new TestCluster(folder, List.of("a"), Map.of());
        Process process = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-Dmurmur.test.log=INFO",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "io.murmur.node.Main",
                        "node",
                        "--name",
                        "a",
                        "--data",
                        folder.resolve("a").toString(),
                        "--port",
                        Integer.toString(addresses.port("a")),
                        "--set",
                        "http.port=0",
                        "--set",
                        "resp.port=0",
                        "--set",
                        "storage.free-disk-floor=0")
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("output").toFile())
                .start();
        try {
            Await.until("ready", () -> output().contains("ready: 1 members"));
            try (RawConnection client = RawConnection.greeted(addresses.port("a"))) {
                client.send(Requests.put(1, "key", new byte[] {1}, Level.ONE));
                client.receive();
            }

            process.destroy();

            assertThat(process.waitFor()).as(output()).isEqualTo(SIGTERM_EXIT_CODE);
            assertThat(output()).contains("stopping").contains("stopped");
        } finally {
            process.destroyForcibly();
        }
    }

    private String output() {
        try {
            return Files.readString(folder.resolve("output"), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
