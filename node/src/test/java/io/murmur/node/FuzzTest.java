package io.murmur.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.murmur.kernel.Level;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bad input costs its sender the connection and nobody else anything (invariant 9). */
class FuzzTest {

    private static final int SENDERS = 4;
    private static final int MOST_FRAMES_PER_CONNECTION = 8;

    @TempDir
    private Path folder = Path.of(".");

    @Test
    void twentyThousandBadFramesLeaveANodeServing() throws Exception {
        leaveANodeServing(20_000);
    }

    @Test
    @Tag("slow")
    void aMillionBadFramesLeaveANodeServing() throws Exception {
        leaveANodeServing(1_000_000);
    }

    private void leaveANodeServing(int frames) throws Exception {
        Map<String, String> settings = Map.of("storage.memory-table-bytes", "1MiB", "storage.hot-bytes", "1MiB");
        try (TestCluster cluster = TestCluster.founded(folder, settings, "a", "b");
                SilentPeer member = new SilentPeer("b", cluster.identity("b"), cluster.port("b"))) {
            Node node = cluster.start("a");
            assertThat(node.awaitReady(20, TimeUnit.SECONDS)).isTrue();
            // A node is ready before it has reached anyone else.
            Await.until("the member is dialled", () -> member.connections() > 0);
            long heapBefore = usedHeap();
            long connections = fuzz(cluster, frames);

            try (RawConnection client = RawConnection.greeted(cluster.port("a"))) {
                client.send(Requests.put(1, "sound", "still".getBytes(StandardCharsets.UTF_8), Level.ONE));
                client.receive();
                assertThat(Requests.get(client, "sound", Level.ONE)).isEqualTo("still");
            }
            Await.until("all connections are forgotten", () -> node.server().connections() == 0);
            assertThat(node.server().malformed())
                    .as("frames that were noticed, on %d connections", connections)
                    .isGreaterThan(connections / 2);
            assertThat(PooledByteBufAllocator.DEFAULT.metric().usedDirectMemory())
                    .as("bytes of buffers, pooled and shared by all connections")
                    .isLessThan(64L << 20);
            assertThat(usedHeap() - heapBefore).as("heap that is held").isLessThan(64L << 20);
            assertThat(node.isReady()).isTrue();
        }
    }

    private static long usedHeap() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    /** Sends about so many frames from several senders; returns on how many connections. */
    private static long fuzz(TestCluster cluster, int frames) throws Exception {
        byte[] asMember = RawConnection.frame(RawConnection.hello(cluster.identity("b"), "b"));
        ExecutorService senders = Executors.newFixedThreadPool(SENDERS);
        try {
            List<CompletableFuture<Long>> sent = new ArrayList<>();
            for (int sender = 0; sender < SENDERS; sender++) {
                long seed = sender;
                sent.add(CompletableFuture.supplyAsync(
                        () -> send(cluster.port("a"), asMember, frames / SENDERS, seed), senders));
            }
            long connections = 0;
            for (CompletableFuture<Long> one : sent) {
                connections += one.get(30, TimeUnit.MINUTES);
            }
            return connections;
        } finally {
            senders.shutdown();
        }
    }

    private static long send(int port, byte[] asMember, int frames, long seed) {
        FrameFuzzer fuzzer = new FrameFuzzer(seed);
        SplittableRandom random = new SplittableRandom(~seed);
        byte[] asClient = RawConnection.frame(RawConnection.hello(null, "fuzz"));
        long connections = 0;
        for (int left = frames; left > 0; connections++) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            int greeting = random.nextInt(4);
            if (greeting > 0) {
                bytes.writeBytes(greeting == 1 ? asMember : asClient);
            }
            int some = Math.min(left, 1 + random.nextInt(MOST_FRAMES_PER_CONNECTION));
            for (int i = 1; i < some; i++) {
                bytes.writeBytes(fuzzer.next());
            }
            bytes.writeBytes(fuzzer.last());
            left -= some;
            sendUntilClosed(port, bytes.toByteArray());
        }
        return connections;
    }

    private static void sendUntilClosed(int port, byte[] bytes) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(30_000);
            // Closed at once and for good, so that the machine does not run out of ports.
            socket.setSoLinger(true, 0);
            socket.getOutputStream().write(bytes);
            // A frame may pretend to be longer than what follows: the node must not wait for its rest.
            socket.shutdownOutput();
            socket.getInputStream().transferTo(OutputStream.nullOutputStream());
        } catch (SocketException e) {
            // The node has closed the connection, as it should.
        } catch (IOException e) {
            throw new AssertionError("the node did not close the connection", e);
        }
    }
}
