package io.murmur.node;

import static io.murmur.node.Http.get;
import static io.murmur.node.Http.json;
import static io.murmur.node.Http.request;
import static io.murmur.node.Http.send;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.murmur.client.CallOptions;
import io.murmur.client.MurmurClient;
import io.murmur.kernel.Level;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What operators see of a node. */
class HttpTest {

    @TempDir
    private Path folder = Path.of(".");

    private static Socket connect(Node node) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), node.httpPort());
        socket.setSoTimeout(20_000);
        return socket;
    }

    @Test
    void aNodeThatServesIsLiveAndReady() throws Exception {
        try (TestCluster cluster = TestCluster.started(folder, "a")) {
            Node node = cluster.node("a");

            assertThat(get(node, "/health/live").statusCode()).isEqualTo(200);
            assertThat(get(node, "/health/ready").statusCode()).isEqualTo(200);
            assertThat(get(node, "/health/ready?verbose").body()).contains("\"ready\"");
        }
    }

    @Test
    void aNodeThatAwaitsOtherSeedsIsLiveButNotReadyAndSaysSo() throws Exception {
        try (TestCluster cluster = new TestCluster(folder, List.of("a", "b"), Map.of())) {
            Node node = cluster.start("a");

            assertThat(get(node, "/health/live").statusCode()).isEqualTo(200);
            Await.until(
                    "it waits", () -> String.valueOf(node.notReadyBecause()).contains("waits to meet 1 of 2 seeds"));
            HttpResponse<String> ready = get(node, "/health/ready");
            assertThat(ready.statusCode()).isEqualTo(503);
            assertThat(ready.body()).contains("waits to meet 1 of 2 seeds");
            assertThat(get(node, "/ring").statusCode()).isEqualTo(503);
            assertThat(get(node, "/metrics").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void theRingIsShownWithItsMembersAndTheOwnersOfEachPartition() throws Exception {
        try (TestCluster cluster = TestCluster.started(folder, "a", "b", "c")) {
            HttpResponse<String> answer = get(cluster.node("b"), "/ring");

            JsonNode ring = json(answer);
            assertThat(answer.headers().firstValue("content-type")).contains("application/json");
            assertThat(ring.path("epoch").asInt()).isEqualTo(1);
            assertThat(ring.path("members").findValuesAsText("name")).containsExactlyInAnyOrder("a", "b", "c");
            assertThat(ring.path("members").findValuesAsText("zone"))
                    .containsExactlyInAnyOrder("zone-a", "zone-b", "zone-c");
            assertThat(ring.path("owners")).hasSize(16);
            assertThat(ring.path("owners").path(0)).hasSize(3);
        }
    }

    @Test
    void metricsCountCallsInPrometheusText() throws Exception {
        try (TestCluster cluster = TestCluster.started(folder, "a");
                MurmurClient client = cluster.client()) {
            Map<String, Double> before = metrics(cluster.node("a"));

            TestCluster.strings(client).put("key", "value", CallOptions.at(Level.ONE));
            for (int i = 0; i < 20; i++) {
                TestCluster.strings(client).get("key", CallOptions.at(Level.ONE));
            }

            Map<String, Double> after = metrics(cluster.node("a"));
            Map.of("put", 1, "get", 20).forEach((operation, calls) -> {
                String series = "murmur_request_duration_seconds_count{operation=\"" + operation + "\"}";
                assertThat(after.get(series)).isEqualTo(value(before, series) + calls);
            });
            assertThat(value(after, "murmur_store_joins_total"))
                    .isGreaterThan(value(before, "murmur_store_joins_total"));
            assertThat(value(after, "murmur_log_sync_duration_seconds_count"))
                    .isGreaterThan(value(before, "murmur_log_sync_duration_seconds_count"));
            assertThat(after)
                    .containsEntry("murmur_connections", 1.0)
                    .containsEntry("murmur_ready", 1.0)
                    .containsEntry("murmur_nodes{state=\"alive\"}", 1.0)
                    .containsEntry("murmur_nodes{state=\"dead\"}", 0.0)
                    .containsEntry("murmur_ring_partitions", 16.0)
                    .containsEntry("murmur_ring_owned_partitions", 16.0)
                    .containsEntry("murmur_ring_moving_partitions", 0.0)
                    .containsEntry("murmur_http_streams", 0.0);
            for (String zero : List.of(
                    "murmur_hints_held",
                    "murmur_hints_handed_over_total",
                    "murmur_hints_dropped_total{reason=\"expired\"}",
                    "murmur_sync_incomplete_partitions_total",
                    "murmur_sync_round_mended_keys_total",
                    "murmur_store_purged_cells_total",
                    "murmur_store_damaged_slots")) {
                assertThat(after).containsEntry(zero, 0.0);
            }
            assertThat(value(after, "murmur_sync_oldest_unsynced_seconds")).isLessThan(600);
            for (String positive : List.of(
                    "murmur_http_connections",
                    "jvm_memory_used_bytes{area=\"heap\"}",
                    "jvm_threads_current",
                    "process_cpu_seconds_total",
                    "process_open_fds",
                    "process_resident_memory_bytes",
                    "process_start_time_seconds")) {
                assertThat(value(after, positive)).as(positive).isPositive();
            }
            assertThat(after.keySet()).anyMatch(series -> series.startsWith("jvm_gc_collection_seconds_count{gc="));
        }
    }

    private Map<String, Double> metrics(Node node) throws IOException, InterruptedException {
        return PrometheusText.read(get(node, "/metrics").body());
    }

    private static double value(Map<String, Double> metrics, String series) {
        Double value = metrics.get(series);
        if (value == null) {
            throw new AssertionError("no " + series);
        }
        return value;
    }

    @Test
    void anythingElseIsAnErrorInJson() throws Exception {
        try (TestCluster cluster = TestCluster.started(folder, "a")) {
            Node node = cluster.node("a");

            HttpResponse<String> missing = get(node, "/nothing");
            HttpResponse<String> posted = send(
                    request(node, "/ring").POST(BodyPublishers.ofString("x")).build());
            HttpResponse<String> large = send(request(node, "/ring")
                    .POST(BodyPublishers.ofByteArray(new byte[1 << 19]))
                    .build());

            assertThat(missing.statusCode()).isEqualTo(404);
            assertThat(json(missing).path("error").asText()).contains("/metrics");
            assertThat(posted.statusCode()).isEqualTo(405);
            assertThat(posted.headers().firstValue("allow")).contains("GET, HEAD");
            assertThat(large.statusCode()).isEqualTo(405);
        }
    }

    @Test
    void aRequestThatComesInPiecesIsAnswered() throws Exception {
        try (TestCluster cluster = TestCluster.started(folder, "a");
                Socket socket = connect(cluster.node("a"))) {
            socket.setTcpNoDelay(true);
            for (String piece :
                    List.of("GE", "T /health/li", "ve HTTP/1.1\r\nHo", "st: a\r\nConnection: close\r\n", "\r\n")) {
                socket.getOutputStream().write(piece.getBytes(StandardCharsets.US_ASCII));
                // The node's answer to another request: by then it has read the piece.
                assertThat(get(cluster.node("a"), "/health/ready").statusCode()).isEqualTo(200);
            }

            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);

            assertThat(answer).startsWith("HTTP/1.1 200 ");
        }
    }

    @Test
    void anEndlessRequestIsCutOff() throws Exception {
        try (TestCluster cluster = TestCluster.started(folder, "a");
                Socket body = connect(cluster.node("a"));
                Socket header = connect(cluster.node("a"))) {
            body.getOutputStream()
                    .write("GET /ring HTTP/1.1\r\nContent-Length: 999999999\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
            header.getOutputStream().write("GET /ring HTTP/1.1\r\n".getBytes(StandardCharsets.US_ASCII));

            assertThatThrownBy(() -> sendForever(body, new byte[1 << 16])).isInstanceOf(IOException.class);
            assertThatThrownBy(() -> sendForever(header, "X: y\r\n".repeat(1000).getBytes(StandardCharsets.US_ASCII)))
                    .isInstanceOf(IOException.class);
        }
    }

    private static void sendForever(Socket socket, byte[] bytes) throws IOException {
        for (long sent = 0; sent < (1L << 30); sent += bytes.length) {
            socket.getOutputStream().write(bytes);
        }
    }

    @Test
    void whatIsNoHttpIsAnsweredWith400AndClosed() throws Exception {
        try (TestCluster cluster = TestCluster.started(folder, "a");
                Socket socket = connect(cluster.node("a"))) {
            socket.getOutputStream().write("\u0001\u0002 nonsense\r\n\r\n".getBytes(StandardCharsets.US_ASCII));

            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);

            assertThat(answer).startsWith("HTTP/1.1 400 ");
        }
    }

    @Test
    void answersToRequestsThatCameTogetherLeaveInOrder() throws Exception {
        try (TestCluster cluster = TestCluster.started(folder, "a");
                Socket socket = connect(cluster.node("a"))) {
            String together = "GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n".repeat(20)
                    + "GET /nothing HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

            socket.getOutputStream().write(together.getBytes(StandardCharsets.US_ASCII));

            List<String> statuses = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII)
                    .lines()
                    .filter(line -> line.startsWith("HTTP/1.1 "))
                    .map(line -> line.substring(9, 12))
                    .toList();
            assertThat(statuses)
                    .hasSize(21)
                    .endsWith("404")
                    .startsWith("200")
                    .filteredOn("200"::equals)
                    .hasSize(20);
        }
    }

    @Test
    void whoeverDoesNotReadAnswersIsNotReadFromOrCutOff() throws Exception {
        try (TestCluster cluster = TestCluster.started(folder, "a");
                SocketChannel greedy = SocketChannel.open(new InetSocketAddress(
                        InetAddress.getLoopbackAddress(), cluster.node("a").httpPort()))) {
            greedy.configureBlocking(false);
            ByteBuffer requests =
                    StandardCharsets.US_ASCII.encode("GET /ring HTTP/1.1\r\nHost: a\r\n\r\n".repeat(1000));
            long sent = 0;

            long lastProgress = System.nanoTime();
            boolean cutOff = false;
            while (!cutOff && System.nanoTime() - lastProgress < 500_000_000L && sent < (256L << 20)) {
                try {
                    int written = greedy.write(requests.hasRemaining() ? requests : requests.rewind());
                    sent += written;
                    lastProgress = written > 0 ? System.nanoTime() : lastProgress;
                } catch (IOException e) {
                    cutOff = true;
                }
            }

            assertThat(sent).as("bytes taken before the node stopped reading").isLessThan(64L << 20);
            assertThat(get(cluster.node("a"), "/health/ready").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void aConnectionStaysOpenForTheNextRequest() throws Exception {
        try (TestCluster cluster = TestCluster.started(folder, "a");
                Socket socket = connect(cluster.node("a"))) {
            InputStream in = socket.getInputStream();
            for (int i = 0; i < 3; i++) {
                socket.getOutputStream()
                        .write("GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII));

                assertThat(new String(in.readNBytes(15), StandardCharsets.US_ASCII))
                        .isEqualTo("HTTP/1.1 200 OK");
                Await.until("the whole answer", () -> drained(in));
            }
        }
    }

    private static boolean drained(InputStream in) {
        try {
            boolean some = in.available() > 0;
            in.skipNBytes(in.available());
            return some && in.available() == 0;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
