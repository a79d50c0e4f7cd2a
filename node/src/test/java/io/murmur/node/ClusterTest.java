package io.murmur.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.murmur.client.BlockingCache;
import io.murmur.client.Cache;
import io.murmur.client.CallOptions;
import io.murmur.client.Change;
import io.murmur.client.Codec;
import io.murmur.client.MurmurClient;
import io.murmur.client.MurmurException;
import io.murmur.client.Read;
import io.murmur.kernel.Level;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.ring.Ring;
import io.murmur.kernel.ring.RingChange;
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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
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
    void whatManyClientsCountAddsUpAndOneOfThemIsFirst() throws Exception {
        int clients = 6;
        int times = 20;
        try (TestCluster cluster = TestCluster.started(folder, "a", "b", "c");
                MurmurClient first = cluster.client();
                MurmurClient second = cluster.client()) {
            List<CompletableFuture<Boolean>> counted = new ArrayList<>();
            for (int i = 0; i < clients; i++) {
                Cache<String, String> cache =
                        (i % 2 == 0 ? first : second).cache("default", Codec.string(), Codec.string());
                CompletableFuture<Long> sum = CompletableFuture.completedFuture(0L);
                for (int j = 0; j < times; j++) {
                    sum = sum.thenCompose(before -> cache.increment("counter", 1));
                }
                String name = "client " + i;
                counted.add(sum.thenCompose(last -> cache.putIfAbsent("first", name))
                        .thenApply(Change::applied));
            }

            long winners = counted.stream().filter(CompletableFuture::join).count();

            BlockingCache<String, String> cache = TestCluster.strings(second);
            assertThat(winners).isEqualTo(1);
            assertThat(cache.get("counter", CallOptions.at(Level.SERIAL))).contains(String.valueOf(clients * times));
            assertThat(cache.compareAndSet("counter", "0", "1").found()).contains(String.valueOf(clients * times));
            assertThat(cache.getAndRemove("first")).isPresent();
            assertThat(cache.get("first", CallOptions.at(Level.SERIAL))).isEmpty();
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
    void everyNodeHasTheSameRing() throws Exception {
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
    void whoHasAMembersNameAtAnotherAddressIsAnotherNodeAndMakesNoRingOfItsOwn() throws Exception {
        try (TestCluster cluster = TestCluster.started(folder, "a", "b", "c");
                MurmurClient client = cluster.client()) {
            NodeId former = cluster.node("c").self();
            cluster.stop("c");
            delete(folder.resolve("c"));

            cluster.add("elsewhere");
            Node stranger = cluster.start("c", "port", String.valueOf(cluster.port("elsewhere")));

            Await.until("it is told why it is no member", () -> {
                String reason = stranger.notReadyBecause();
                return reason != null && reason.contains(former.toString()) && reason.contains("'replace'");
            });
            assertThat(stranger.self()).isNotEqualTo(former);
            Ring ring = Objects.requireNonNull(stranger.ringIfFormed());
            assertThat(ring.member(stranger.self())).isNull();
            assertThat(ring.member(former)).isNotNull();
            assertThatThrownBy(() -> TestCluster.strings(client).put("key", "value", CallOptions.at(Level.ALL)))
                    .isInstanceOf(MurmurException.Unavailable.class);
            TestCluster.strings(client).put("key", "value", QUORUM);
        }
    }

    @Test
    void aMemberThatLostItsFolderTakesItsPlaceByReplace() throws Exception {
        try (TestCluster cluster = TestCluster.started(folder, "a", "b", "c");
                MurmurClient client = cluster.client()) {
            for (int i = 0; i < 100; i++) {
                TestCluster.strings(client).put("key-" + i, "value-" + i, QUORUM);
            }
            NodeId former = cluster.node("c").self();
            cluster.stop("c");
            delete(folder.resolve("c"));

            Node fresh = cluster.start("c", "replace", "c");

            assertThat(fresh.awaitReady(60, TimeUnit.SECONDS))
                    .as(fresh.notReadyBecause())
                    .isTrue();
            Await.until(
                    "the former is gone",
                    () -> Objects.requireNonNull(fresh.ringIfFormed()).member(former) == null);
            try (RawConnection raw = RawConnection.greeted(cluster.port("c"))) {
                for (int i = 0; i < 100; i++) {
                    assertThat(Requests.get(raw, "key-" + i, Level.ONE)).isEqualTo("value-" + i);
                }
            }
        }
    }

    @Test
    void aFourthNodeJoinsAndLeavesWhileAClientGoesOn() throws Exception {
        try (TestCluster cluster = TestCluster.started(folder, "a", "b", "c");
                MurmurClient client = cluster.client()) {
            BlockingCache<String, String> cache = TestCluster.strings(client);
            for (int i = 0; i < 300; i++) {
                cache.put("key-" + i, "value-" + i, QUORUM);
            }
            cluster.add("d");

            Node joined = cluster.start("d");
            AtomicInteger calls = new AtomicInteger();
            Await.until("d is a member", () -> {
                int call = calls.getAndIncrement();
                cache.put("while-joining-" + call, "value", QUORUM);
                assertThat(cache.get("key-" + call % 300, QUORUM)).contains("value-" + call % 300);
                return joined.isReady();
            });
            assertThat(ownedBy(cluster, "d", joined.self())).isEqualTo(12);

            joined.control().change(new RingChange.Leave(joined.self()), (ring, refusal) -> {});
            Await.until("d has left", () -> {
                int call = calls.getAndIncrement();
                cache.put("while-leaving-" + call, "value", QUORUM);
                assertThat(cache.get("key-" + call % 300, QUORUM)).contains("value-" + call % 300);
                return Objects.requireNonNull(cluster.node("a").ringIfFormed()).member(joined.self()) == null;
            });
            for (int i = 0; i < 300; i++) {
                assertThat(cache.get("key-" + i, QUORUM)).contains("value-" + i);
            }
        }
    }

    private static long ownedBy(TestCluster cluster, String observer, NodeId owner) {
        return IntStream.range(0, 16)
                .filter(partition -> owners(cluster, observer, partition).contains(owner))
                .count();
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
