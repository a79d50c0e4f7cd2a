package io.murmur.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.murmur.client.MurmurClient;
import io.murmur.handoff.HintShard;
import io.murmur.kernel.Level;
import io.murmur.kernel.message.ClientReply;
import io.murmur.kernel.message.Handshake;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Connections that stall, and a stop with calls on their way. */
class StalledTest {

    @TempDir
    private Path folder = Path.of(".");

    private static long directBytes() {
        return PooledByteBufAllocator.DEFAULT.metric().usedDirectMemory();
    }

    @Test
    void aClientThatReadsNoRepliesCostsBoundedMemoryAndNobodyElseAnything() throws Exception {
        try (TestCluster cluster = TestCluster.started(folder, "a");
                RawConnection codec = RawConnection.greeted(cluster.port("a"));
                SocketChannel greedy = SocketChannel.open(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), cluster.port("a")))) {
            codec.send(Requests.put(1, "large", new byte[256 << 10], Level.ONE));
            codec.receive();
            greedy.write(ByteBuffer.wrap(RawConnection.frame(RawConnection.hello(null, "greedy"))));
            greedy.configureBlocking(false);
            byte[] get = RawConnection.frame(Requests.get(1, "large", Level.ONE));
            ByteBuffer gets = ByteBuffer.allocate(get.length * 100);
            while (gets.hasRemaining()) {
                gets.put(get);
            }
            long before = directBytes();

            long mostBytes = 0;
            long lastProgress = System.nanoTime();
            boolean closed = false;
            while (!closed && System.nanoTime() - lastProgress < 1_000_000_000L) {
                gets.position(gets.hasRemaining() ? gets.position() : 0);
                try {
                    lastProgress = greedy.write(gets) > 0 ? System.nanoTime() : lastProgress;
                } catch (IOException e) {
                    closed = true;
                }
                mostBytes = Math.max(mostBytes, directBytes() - before);
            }

            assertThat(mostBytes).as("bytes of buffers for one connection").isLessThan(96L << 20);
            assertThat(Requests.get(codec, "nothing")).isEmpty();
        }
    }

    @Test
    void manyLongValuesOnTheirWayCostBoundedMemory() throws Exception {
        try (TestCluster cluster = TestCluster.founded(folder, Map.of("timeouts.write", "2s"), "a", "b");
                SilentPeer peer = new SilentPeer("b", cluster.identity("b"), cluster.port("b"))) {
            Node node = cluster.start("a");
            assertThat(node.awaitReady(20, TimeUnit.SECONDS)).isTrue();
            try (RawConnection client = RawConnection.greeted(cluster.port("a"))) {
                Await.until("both shards' links", () -> peer.connections() >= 2);
                byte[] value = new byte[4 << 20];

                for (int i = 0; i < 60; i++) {
                    client.send(Requests.put(i, "key-" + i, value, Level.ALL));
                }

                List<String> outcomes = new ArrayList<>();
                for (int i = 0; i < 60; i++) {
                    outcomes.add(Requests.text(((ClientReply.One) Objects.requireNonNull(client.receive())).result()));
                }
                // Too much for the own store counts as its failure here: the peer may hold the value.
                assertThat(outcomes).isSubsetOf("timeout", "overloaded", "unavailable", "storage-failed");
                assertThat(node.droppedMessages()).as("past 4 MiB a link").isPositive();
            }
        }
    }

    @Test
    void aStoppingNodeFinishesTheCallsOnTheirWayAndTakesNoNewOnes() throws Exception {
        try (TestCluster cluster = TestCluster.founded(folder, Map.of("timeouts.write", "2s"), "a", "b");
                SilentPeer peer = new SilentPeer("b", cluster.identity("b"), cluster.port("b"))) {
            Node node = cluster.start("a");
            assertThat(node.awaitReady(20, TimeUnit.SECONDS)).isTrue();
            Await.until("both shards' links", () -> peer.connections() >= 2);
            try (RawConnection client = RawConnection.greeted(cluster.port("a"))) {
                Await.until("the peer counts as alive", () -> isUnanswered(client));

                client.send(Requests.put(1, "key", new byte[] {1}, Level.ALL));
                Await.until("the call is on its way", () -> pending(node) == 1);
                CompletableFuture<Void> stopped = CompletableFuture.runAsync(() -> {
                    try {
                        node.close();
                    } catch (IOException e) {
                        throw new AssertionError(e);
                    }
                });

                Await.until("stopping", () -> !node.isReady());
                assertThat(Http.get(node, "/health/ready").statusCode()).isEqualTo(503);
                assertThat(client.receive()).isInstanceOf(Handshake.Farewell.class);
                ClientReply.One reply = (ClientReply.One) Objects.requireNonNull(client.receive());
                assertThat(Requests.text(reply.result())).isEqualTo("timeout");
                assertThat(client.isClosedByOtherSide()).isTrue();
                stopped.get(20, TimeUnit.SECONDS);
            }
        }
    }

    @Test
    void aStoppingNodeLeavesHintsForWhoeverHasNotAcknowledgedYet() throws Exception {
        try (TestCluster cluster = TestCluster.founded(folder, Map.of("timeouts.write", "2s"), "a", "b");
                SilentPeer peer = new SilentPeer("b", cluster.identity("b"), cluster.port("b"))) {
            Node node = cluster.start("a");
            assertThat(node.awaitReady(20, TimeUnit.SECONDS)).isTrue();
            try (RawConnection client = RawConnection.greeted(cluster.port("a"))) {
                Await.until("both shards' links", () -> peer.connections() >= 2);
                Await.until("the peer counts as alive", () -> isUnanswered(client));
                Await.until("a hint of the probe is kept", () -> hintsHeld(node) == 1);

                client.send(Requests.put(1, "key", new byte[] {1}, Level.ONE));
                ClientReply.One reply = (ClientReply.One) Objects.requireNonNull(client.receive());
                assertThat(Requests.text(reply.result())).isEqualTo("written at 1");
            }
            cluster.stop("a");

            Node again = cluster.start("a");
            Await.until("the hints are read back", () -> hintsHeld(again) >= 0);
            assertThat(hintsHeld(again)).isEqualTo(2);
        }
    }

    /** Below 0 while some shard has not read its own back. */
    private static long hintsHeld(Node node) {
        return node.shards().stream()
                .mapToLong(shard -> shard.loop
                        .submit(() -> {
                            HintShard hints = shard.hints().opened();
                            return hints == null
                                    ? Integer.MIN_VALUE
                                    : hints.statistics().held();
                        })
                        .syncUninterruptibly()
                        .getNow())
                .sum();
    }

    /** A write that needs the silent peer ends in a timeout once its links stand, and as unavailable before. */
    private static boolean isUnanswered(RawConnection client) {
        try {
            client.send(Requests.put(9, "probe", new byte[] {1}, Level.ALL));
            ClientReply.One reply = (ClientReply.One) Objects.requireNonNull(client.receive());
            return Requests.text(reply.result()).equals("timeout");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static int pending(Node node) {
        int pending = 0;
        for (Shard shard : node.shards()) {
            pending += shard.loop
                    .submit(() -> shard.quorum().pendingCalls())
                    .syncUninterruptibly()
                    .getNow();
        }
        return pending;
    }

    @Test
    void aBatchWhoseValuesExceedOneReplyFailsByKeyAndNotAltogether() throws Exception {
        try (TestCluster cluster = TestCluster.started(folder, "a");
                MurmurClient client = cluster.client();
                RawConnection raw = RawConnection.greeted(cluster.port("a"))) {
            List<String> keys = new ArrayList<>();
            String megabyte = "x".repeat(1 << 20);
            for (int i = 0; i < 40; i++) {
                keys.add("key-" + i);
                TestCluster.strings(client).put("key-" + i, megabyte);
            }

            List<String> values = Requests.getAll(raw, keys);

            assertThat(values).hasSize(40).contains(megabyte, "overloaded");
            assertThat(values).isSubsetOf(megabyte, "overloaded");
        }
    }
}
