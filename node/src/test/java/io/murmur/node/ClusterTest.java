package io.murmur.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.murmur.client.BlockingCache;
import io.murmur.client.CallOptions;
import io.murmur.client.MurmurClient;
import io.murmur.client.MurmurException;
import io.murmur.client.Read;
import io.murmur.kernel.Level;
import io.murmur.kernel.message.Handshake;
import io.murmur.kernel.ring.NodeId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three nodes in three zones, in one process, over real sockets and files. */
class ClusterTest {

    private static final CallOptions QUORUM = CallOptions.at(Level.QUORUM);

    @TempDir
    private Path folder = Path.of(".");

    @Test
    void whatIsWrittenAtQuorumThroughOneNodeIsReadAtQuorumThroughAnother() throws Exception {
        try (TestCluster cluster = TestCluster.started(folder, "a", "b", "c")) {
            for (String writer : List.of("a", "b", "c")) {
                try (MurmurClient client = cluster.client();
                        RawConnection reader = RawConnection.greeted(cluster.port("a"))) {
                    BlockingCache<String, String> cache = TestCluster.strings(client);
                    cache.put("key", writer, QUORUM);

                    assertThat(cache.get("key", QUORUM)).contains(writer);
                    assertThat(Requests.get(reader, "key")).isEqualTo(writer);
                }
            }
        }
    }

    @Test
    void aDeletedValueIsGoneAndAnExpiredOneToo() throws Exception {
        try (TestCluster cluster = TestCluster.started(folder, "a", "b", "c");
                MurmurClient client = cluster.client()) {
            BlockingCache<String, String> cache = TestCluster.strings(client);
            cache.put("deleted", "value", QUORUM);
            cache.put("expiring", "value", QUORUM.withTimeToLive(Duration.ofMillis(1)));

            cache.delete("deleted", QUORUM);

            assertThat(cache.get("deleted", QUORUM)).isEmpty();
            Await.until("expiry", () -> cache.get("expiring", QUORUM).isEmpty());
        }
    }

    @Test
    void batchesAreSplitByShardAndComeBackInTheOrderOfTheirKeys() throws Exception {
        try (TestCluster cluster = TestCluster.started(folder, "a", "b", "c");
                MurmurClient client = cluster.client();
                RawConnection raw = RawConnection.greeted(cluster.port("b"))) {
            BlockingCache<String, String> cache = TestCluster.strings(client);
            Map<String, String> entries = new TreeMap<>();
            for (int i = 0; i < 300; i++) {
                entries.put("key-" + i, "value-" + i);
            }

            var written = cache.putAll(entries, QUORUM);
            List<String> keys = new ArrayList<>(entries.keySet());
            keys.add("missing");

            assertThat(written.failed()).isEmpty();
            assertThat(Requests.getAll(raw, keys))
                    .containsExactlyElementsOf(keys.stream()
                            .map(key -> entries.getOrDefault(key, ""))
                            .toList());
            assertThat(Requests.getAll(raw, List.of())).isEmpty();
        }
    }

    @Test
    void aStoppedNodeIsNotMissedAtQuorumAndCatchesUpWhenItIsBack() throws Exception {
        try (TestCluster cluster = TestCluster.started(folder, "a", "b", "c");
                MurmurClient client = cluster.client()) {
            BlockingCache<String, String> cache = TestCluster.strings(client);
            cache.put("key", "old", CallOptions.at(Level.ALL));
            NodeId identity = cluster.node("c").self();

            cluster.stop("c");
            cache.put("key", "new", QUORUM);
            assertThatThrownBy(() -> cache.put("key", "newest", CallOptions.at(Level.ALL)))
                    .isInstanceOf(MurmurException.Unavailable.class);
            cluster.start("c");
            cluster.awaitConnected();

            Read<String> read = cache.read("key", CallOptions.at(Level.ALL));
            assertThat(read.value()).contains("new");
            assertThat(cluster.node("c").self()).isEqualTo(identity);
            try (RawConnection returned = RawConnection.greeted(cluster.port("c"))) {
                assertThat(Requests.get(returned, "key", Level.ONE)).isEqualTo("new");
            }
        }
    }

    @Test
    void whatWasAcknowledgedIsThereAfterAllNodesHaveStoppedAndReturned() throws Exception {
        TestCluster cluster = TestCluster.started(folder, "a", "b", "c");
        try (MurmurClient client = cluster.client()) {
            for (int i = 0; i < 100; i++) {
                TestCluster.strings(client).put("key-" + i, "value-" + i, QUORUM);
            }
        }
        cluster.close();

        for (String name : List.of("a", "b", "c")) {
            assertThat(cluster.start(name).awaitReady(0, TimeUnit.SECONDS))
                    .as("the ring is kept, so nobody is waited for")
                    .isTrue();
        }
        cluster.awaitConnected();

        try (cluster;
                MurmurClient client = cluster.client()) {
            for (int i = 0; i < 100; i++) {
                assertThat(TestCluster.strings(client).get("key-" + i, QUORUM)).contains("value-" + i);
            }
        }
    }

    @Test
    void everyNodeComputesTheSameRing() throws Exception {
        try (TestCluster cluster = TestCluster.started(folder, "a", "b", "c")) {
            assertThat(owners(cluster, "a", 5)).hasSize(3);
            for (int partition = 0; partition < 16; partition++) {
                List<NodeId> owners = owners(cluster, "a", partition);
                assertThat(owners(cluster, "b", partition)).isEqualTo(owners);
                assertThat(owners(cluster, "c", partition)).isEqualTo(owners);
            }
        }
    }

    @Test
    void aMemberThatLostItsFolderIsKeptOutAndMakesNoRingOfItsOwn() throws Exception {
        try (TestCluster cluster = TestCluster.started(folder, "a", "b", "c");
                MurmurClient client = cluster.client()) {
            NodeId former = cluster.node("c").self();
            cluster.stop("c");
            delete(folder.resolve("c"));

            Node stranger = cluster.start("c");

            Await.until(
                    "both shards of both others greet", () -> stranger.server().connections() >= 4);
            assertThat(stranger.self()).isNotEqualTo(former);
            assertThat(stranger.ringIfFormed()).isNull();
            assertThat(stranger.notReadyBecause()).contains("[a, b]");
            assertThatThrownBy(() -> TestCluster.strings(client).put("key", "value", CallOptions.at(Level.ALL)))
                    .isInstanceOf(MurmurException.Unavailable.class);
            TestCluster.strings(client).put("key", "value", QUORUM);
            try (RawConnection connection = new RawConnection(cluster.port("a"))) {
                connection.send(RawConnection.hello(stranger.self(), "c"));

                assertThat(connection.receive())
                        .isInstanceOfSatisfying(
                                Handshake.Rejected.class,
                                rejected -> assertThat(rejected.reason())
                                        .contains(former.toString())
                                        .contains("former data folder"));
            }
        }
    }

    private static List<NodeId> owners(TestCluster cluster, String node, int partition) {
        return Objects.requireNonNull(cluster.node(node).ringIfFormed()).owners(partition);
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
