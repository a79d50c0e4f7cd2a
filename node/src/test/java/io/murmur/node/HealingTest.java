package io.murmur.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.murmur.client.BlockingCache;
import io.murmur.client.CallOptions;
import io.murmur.client.MurmurClient;
import io.murmur.kernel.Level;
import io.murmur.kernel.message.SyncReply.SlotDigest;
import io.murmur.kernel.ring.Ring;
import io.murmur.kernel.ring.Slots;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node that was away, lost a file, or lost everything, becomes equal to the others by itself: no client calls once it is back. */
class HealingTest {

    private static final CallOptions QUORUM = CallOptions.at(Level.QUORUM);
    private static final int KEYS = 300;

    @TempDir
    Path folder;

    /** What a node holds of each partition. */
    private static Map<Integer, SlotDigest> digests(Node node) {
        return DigestsPage.digests(node, Objects.requireNonNull(node.ringIfFormed()))
                .join();
    }

    /** With three nodes and three replicas every node owns everything. */
    private static void awaitEqual(TestCluster cluster) {
        Await.until("all owners equal", () -> {
            Map<Integer, SlotDigest> first = digests(cluster.node("a"));
            return first.size()
                            == Objects.requireNonNull(cluster.node("a").ringIfFormed())
                                    .partitions()
                    && first.equals(digests(cluster.node("b")))
                    && first.equals(digests(cluster.node("c")));
        });
    }

    private static long entries(Node node) {
        return digests(node).values().stream().mapToLong(SlotDigest::entries).sum();
    }

    private static void put(BlockingCache<String, String> cache, String value) {
        for (int key = 0; key < KEYS; key++) {
            if (key % 5 == 0) {
                cache.delete("key-" + key, QUORUM);
            } else {
                cache.put("key-" + key, value + key, QUORUM);
            }
        }
    }

    private void missed(Map<String, String> settings) throws IOException, InterruptedException {
        try (TestCluster cluster = new TestCluster(folder, List.of("a", "b", "c"), settings)) {
            for (String name : List.of("a", "b", "c")) {
                cluster.start(name);
            }
            cluster.awaitConnected();
            try (MurmurClient client = cluster.client()) {
                put(TestCluster.strings(client), "old");
                cluster.stop("c");
                put(TestCluster.strings(client), "new");
            }
            Node back = cluster.start("c");
            awaitEqual(cluster);

            assertThat(entries(back)).isGreaterThanOrEqualTo(KEYS);
        }
    }

    @Test
    void whatItMissedIsHandedOverWhenHintsAreKept() throws Exception {
        missed(Map.of("repair-interval", "1d"));
    }

    @Test
    void whatItMissedIsFoundWhenNoHintsAreKept() throws Exception {
        missed(Map.of("hints", "false", "repair-interval", "10s"));
    }

    @Test
    void aNodeWhoseDataIsLostTakesItsOwnPlaceAndIsRebuilt() throws Exception {
        try (TestCluster cluster = TestCluster.started(folder, "a", "b", "c")) {
            try (MurmurClient client = cluster.client()) {
                put(TestCluster.strings(client), "value");
            }
            cluster.stop("c");
            try (Stream<Path> files = Files.walk(folder.resolve("c"))) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }

            Node back = cluster.start("c");
            Await.until("c is a member once more", () -> back.notReadyBecause() == null);
            awaitEqual(cluster);

            assertThat(entries(back)).isGreaterThanOrEqualTo(KEYS);
            Ring ring = Objects.requireNonNull(back.ringIfFormed());
            assertThat(ring.members()).hasSize(3).anyMatch(member -> member.id().equals(back.self()));
        }
    }

    @Test
    void aDamagedTableIsSetAsideAndRebuilt() throws Exception {
        try (TestCluster cluster =
                new TestCluster(folder, List.of("a", "b", "c"), Map.of("storage.memory-table-bytes", "256KiB"))) {
            for (String name : List.of("a", "b", "c")) {
                cluster.start(name);
            }
            cluster.awaitConnected();
            try (MurmurClient client = cluster.client()) {
                put(TestCluster.strings(client), "a".repeat(5_000));
            }
            cluster.stop("c");
            damageATable(folder.resolve("c"));

            Node back = cluster.start("c");
            Await.until(
                    "what was lost is back",
                    () -> IntStream.range(0, Slots.COUNT)
                            .noneMatch(slot -> back.store().rebuild(0).isDue(slot)
                                    || back.store().rebuild(1).isDue(slot)));
            awaitEqual(cluster);

            assertThat(folder.resolve("c").resolve("damaged")).isNotEmptyDirectory();
            assertThat(entries(back)).isGreaterThanOrEqualTo(KEYS);
        }
    }

    private static void damageATable(Path data) throws IOException {
        try (Stream<Path> files = Files.walk(data)) {
            Path table = files.filter(file -> file.getFileName().toString().endsWith(".mapdb"))
                    .findFirst()
                    .orElseThrow();
            byte[] bytes = Files.readAllBytes(table);
            for (int i = bytes.length / 3; i < bytes.length / 2; i++) {
                bytes[i] ^= 0x55;
            }
            Files.write(table, bytes);
        }
    }
}
