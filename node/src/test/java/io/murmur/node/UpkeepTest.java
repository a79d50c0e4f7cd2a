package io.murmur.node;

import static io.murmur.node.Http.get;
import static io.murmur.node.Http.json;
import static io.murmur.node.Http.page;
import static io.murmur.node.Http.send;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.murmur.client.BlockingCache;
import io.murmur.client.CallOptions;
import io.murmur.client.Codec;
import io.murmur.client.MurmurClient;
import io.murmur.kernel.Level;
import io.murmur.kernel.Limits;
import io.murmur.kernel.data.Key;
import io.murmur.node.http.HttpServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** What an operator sees and does about owners that have missed writes, on nodes in this process. */
class UpkeepTest {

    private static final int KEYS = 30;
    private static final CallOptions AT_QUORUM = CallOptions.at(Level.QUORUM);

    @TempDir
    private Path folder = Path.of(".");

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int type(Node asked, String... words) {
        CommandLine line = Main.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
        String[] all = Arrays.copyOf(words, words.length + 2);
        all[words.length] = "--http";
        all[words.length + 1] = "127.0.0.1:" + asked.httpPort();
        return line.execute(all);
    }

    private String error(Node node, int status, String path) {
        HttpResponse<String> answer = get(node, path);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        return json(answer).path("error").asText();
    }

    private static JsonNode named(JsonNode lines, String name) {
        return StreamSupport.stream(lines.spliterator(), false)
                .filter(line -> line.path("name").asText().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no '" + name + "' in " + lines));
    }

    private long sum(TestCluster cluster, String page, String field, String... nodes) {
        return Arrays.stream(nodes)
                .mapToLong(name -> page(cluster.node(name), page).at(field).asLong())
                .sum();
    }

    private static void putKeys(TestCluster cluster) {
        try (MurmurClient client = cluster.client()) {
            BlockingCache<String, String> cache = TestCluster.strings(client);
            for (int key = 0; key < KEYS; key++) {
                cache.put("key-" + key, "value", AT_QUORUM);
            }
        }
    }

    private boolean allKeysAgree(Node asked) {
        for (int key = 0; key < KEYS; key++) {
            if (!page(asked, "/keys/default/key-" + key).path("allAgree").asBoolean()) {
                return false;
            }
        }
        return true;
    }

    @Test
    void hintsForANodeThatIsAwayAreShownAndHandedOverWhenItIsBack() throws Exception {
        try (TestCluster cluster = TestCluster.started(folder, "a", "b", "c")) {
            Node a = cluster.node("a");
            String idOfC = cluster.node("c").self().toString();
            cluster.stop("c");
            putKeys(cluster);

            Await.until("each write has left a hint", () -> sum(cluster, "/hints", "/hints", "a", "b") >= KEYS);
            JsonNode target = named(page(a, "/hints").path("targets"), "c");
            assertThat(target.path("id").asText()).isEqualTo(idOfC);
            assertThat(target.path("alive").asBoolean(true)).isFalse();
            assertThat(target.path("bytes").asLong()).isPositive();
            assertThat(target.path("oldest").asText()).contains("T");
            JsonNode key = page(a, "/keys/default/key-0");
            assertThat(named(key.path("copies"), "a").path("agrees").asBoolean())
                    .isTrue();
            assertThat(named(key.path("copies"), "b").path("agrees").asBoolean())
                    .isTrue();
            assertThat(named(key.path("copies"), "c").path("why").asText()).isEqualTo("it is away");
            assertThat(key.path("allAgree").asBoolean(true)).isFalse();
            JsonNode partition = page(a, "/partitions/" + key.path("partition").asInt());
            assertThat(named(partition.path("owners"), "c").path("reachable").asBoolean(true))
                    .isFalse();

            cluster.start("c");

            Await.until("all has been handed over", () -> sum(cluster, "/hints", "/hints", "a", "b") == 0);
            assertThat(sum(cluster, "/hints", "/sinceStart/handedOver", "a", "b"))
                    .isGreaterThanOrEqualTo(KEYS);
            Await.until("all owners agree about each key", () -> allKeysAgree(a));
            assertThat(get(a, "/metrics").body()).containsPattern("murmur_hints_handed_over_total [1-9]");
            assertThat(get(a, "/metrics").body()).contains("\nmurmur_hints_held 0\n");
        }
    }

    /** Away while keys were written, and back, with the hints for it gone. */
    private void loseWhatCHasMissed(TestCluster cluster) throws Exception {
        cluster.stop("c");
        putKeys(cluster);
        Await.until("each write has left a hint", () -> sum(cluster, "/hints", "/hints", "a", "b") >= KEYS);
        for (String name : List.of("a", "b")) {
            cluster.stop(name);
            List<Path> files;
            try (Stream<Path> tree = Files.walk(folder.resolve(name).resolve("hints"))) {
                files = tree.filter(Files::isRegularFile).toList();
            }
            assertThat(files).isNotEmpty();
            for (Path file : files) {
                Files.delete(file);
            }
        }
        for (String name : List.of("a", "b", "c")) {
            cluster.start(name);
        }
        cluster.awaitConnected();
    }

    @Test
    void aRepairMendsAtOnceWhatHintsHaveNotKept() throws Exception {
        try (TestCluster cluster = TestCluster.started(folder, "a", "b", "c")) {
            loseWhatCHasMissed(cluster);
            Node a = cluster.node("a");
            assertThat(type(a, "repair")).as(out.toString() + err).isZero();

            assertThat(out.toString()).contains("16 of 16 partitions compared among all their owners");
            assertThat(allKeysAgree(cluster.node("c"))).isTrue();
            assertThat(sum(cluster, "/anti-entropy", "/sinceStart/keysMendedByRounds", "a", "b", "c"))
                    .isGreaterThanOrEqualTo(KEYS);
            assertThat(sum(cluster, "/anti-entropy", "/sinceStart/keysMendedHere", "c"))
                    .isGreaterThanOrEqualTo(KEYS);
            for (int partition = 0; partition < 16; partition++) {
                assertThat(page(a, "/partitions/" + partition)
                                .path("lastRoundAgeSeconds")
                                .isNumber())
                        .isTrue();
            }
        }
    }

    @Test
    void aRepairOfManyPartitionsGoesLotByLot() throws Exception {
        try (TestCluster cluster = new TestCluster(folder, List.of("a", "b"), Map.of("partitions", "256"))) {
            cluster.start("a");
            cluster.start("b");
            cluster.awaitConnected();

            assertThat(type(cluster.node("b"), "repair"))
                    .as(out.toString() + err)
                    .isZero();

            assertThat(out.toString()).contains("256 of 256 partitions compared among all their owners");
        }
    }

    @Test
    void aRepairSaysWhichOwnerWasAway() throws Exception {
        try (TestCluster cluster = TestCluster.started(folder, "a", "b", "c")) {
            cluster.stop("c");

            assertThat(type(cluster.node("a"), "repair")).isEqualTo(1);

            assertThat(out.toString())
                    .contains("0 of 16 partitions compared among all their owners")
                    .contains("incomplete: 16 partitions (0-15): away: 'c'");
        }
    }

    @Test
    void aRepairMayBeOfOnePartition() throws Exception {
        try (TestCluster cluster = TestCluster.started(folder, "a", "b", "c")) {
            Node b = cluster.node("b");

            assertThat(type(b, "repair", "--partition", "3")).isZero();
            assertThat(out.toString()).contains("1 of 1 partitions compared");
            assertThat(type(b, "repair", "--cache", "default", "--key", "a key/ü"))
                    .as(err.toString())
                    .isZero();
            assertThat(out.toString().split("1 of 1 partitions compared", -1)).hasSize(3);
            assertThat(type(b, "repair", "--cache", "default")).isZero();
            assertThat(out.toString())
                    .contains("those of other caches than 'default' are compared as well")
                    .contains("16 of 16 partitions compared");

            assertThat(type(b, "repair", "--partition", "16")).isEqualTo(1);
            assertThat(err.toString()).contains("there is no partition 16; they are numbered 0 to 15");
            assertThat(type(b, "repair", "--cache", "zz")).isEqualTo(1);
            assertThat(err.toString()).contains("no cache 'zz' is configured; there are default");
            assertThat(type(b, "repair", "--cache", "zz", "--key", "k")).isEqualTo(1);
            assertThat(type(b, "repair", "--partition", "1", "--key", "k")).isEqualTo(2);
            assertThat(err.toString()).contains("--key and --partition exclude each other");
        }
    }

    @Test
    void aKeyIsShownAsEachOwnerHoldsIt() throws Exception {
        try (TestCluster cluster = TestCluster.started(folder, "a", "b", "c");
                MurmurClient client = cluster.client()) {
            Node a = cluster.node("a");
            BlockingCache<byte[], byte[]> bytes =
                    client.cache("default", Codec.bytes(), Codec.bytes()).blocking();
            BlockingCache<String, String> strings = TestCluster.strings(client);
            CallOptions atAll = CallOptions.at(Level.ALL);
            strings.put("grüße/an alle", "hello", atAll.withTimeToLive(Duration.ofHours(1)));
            bytes.put(new byte[] {(byte) 0xFF, 0}, new byte[] {1}, atAll);
            strings.put("gone", "hello", atAll);
            strings.delete("gone", atAll);

            JsonNode key = page(a, "/keys/default/gr%C3%BC%C3%9Fe/an%20alle");

            assertThat(key.path("key").asText()).isEqualTo("grüße/an alle");
            assertThat(key.path("slot").asInt())
                    .isEqualTo(Key.of("default", "grüße/an alle").slot());
            assertThat(key.path("allAgree").asBoolean()).isTrue();
            assertThat(key.path("copies").findValuesAsText("name")).containsExactlyInAnyOrder("a", "b", "c");
            for (JsonNode copy : key.path("copies")) {
                assertThat(copy.path("kind").asText()).isEqualTo("value");
                assertThat(copy.path("bytes").asInt()).isEqualTo(5);
                assertThat(copy.path("expires").asText()).contains("T");
                assertThat(copy.path("expired").asBoolean(true)).isFalse();
                assertThat(copy.path("version").asText()).contains("@");
                assertThat(copy.path("digest").asText()).hasSize(8);
            }
            assertThat(page(a, "/keys/default/%FF%00").path("copies").findValuesAsText("kind"))
                    .containsExactly("value", "value", "value");
            assertThat(page(a, "/keys/default/gone").path("copies").findValuesAsText("kind"))
                    .containsExactly("tombstone", "tombstone", "tombstone");
            assertThat(page(a, "/keys/default/never").path("copies").findValuesAsText("kind"))
                    .containsExactly("none", "none", "none");
            assertThat(page(a, "/keys/default/never").path("allAgree").asBoolean())
                    .isTrue();

            assertThat(error(a, 404, "/keys/zz/k")).contains("no cache 'zz' is configured; there are default");
            assertThat(error(a, 404, "/keys/default")).contains("/keys/{cache}/{key}");
        }
    }

    @Test
    void aPartitionIsShownWithItsOwnersAndWhatIsKnownOfItHere() throws Exception {
        try (TestCluster cluster = TestCluster.started(folder, "a", "b", "c")) {
            Node a = cluster.node("a");
            assertThat(type(a, "repair")).isZero();

            JsonNode page = page(a, "/partitions/5");

            assertThat(page.path("owners").findValuesAsText("zone"))
                    .containsExactlyInAnyOrder("zone-a", "zone-b", "zone-c");
            assertThat(page.path("owners").findValuesAsText("reachable")).containsOnly("true");
            assertThat(page.path("sinceEpoch").asInt()).isEqualTo(1);
            assertThat(page.path("firstSlot").asInt()).isEqualTo(5 * 1024);
            assertThat(page.path("lastSlot").asInt()).isEqualTo(6 * 1024 - 1);
            assertThat(page.path("moving").asBoolean(true)).isFalse();
            assertThat(page.path("shard").asInt()).isEqualTo(1);
            assertThat(page.path("ownedHere").asBoolean()).isTrue();
            assertThat(page.path("damagedSlots").asInt(-1)).isZero();
            assertThat(page.path("purgeHorizon").asText()).contains("T");
            assertThat(error(a, 404, "/partitions/16"))
                    .isEqualTo("there is no partition '16'; they are numbered 0 to 15");
            assertThat(error(a, 404, "/partitions/all")).contains("there is no partition 'all'");
            assertThat(error(a, 404, "/partitions/")).contains("there is no partition ''");
        }
    }

    @Test
    void antiEntropyIsShownByShardAndInSum() throws Exception {
        try (TestCluster cluster = TestCluster.started(folder, "a", "b")) {
            Node a = cluster.node("a");
            assertThat(type(a, "repair")).isZero();

            JsonNode page = page(a, "/anti-entropy");

            assertThat(page.path("shards")).hasSize(2);
            assertThat(page.path("oldestUnsynced").path("partition").isNumber()).isTrue();
            assertThat(page.path("oldestUnsynced").path("ageSeconds").asDouble())
                    .isLessThan(60);
            assertThat(sum(cluster, "/anti-entropy", "/sinceStart/partitionsCompleted", "a", "b"))
                    .isGreaterThanOrEqualTo(16);
            assertThat(get(a, "/metrics").body()).contains("murmur_sync_oldest_unsynced_seconds ");
        }
    }

    @Test
    void ownersThatHoldTheSameShowTheSameDigests() throws Exception {
        try (TestCluster cluster = TestCluster.started(folder, "a", "b")) {
            Node a = cluster.node("a");
            assertThat(type(a, "repair")).isZero();

            JsonNode digests = page(a, "/anti-entropy/digests").path("digests");

            assertThat(digests)
                    .hasSize(16)
                    .isEqualTo(page(cluster.node("b"), "/anti-entropy/digests").path("digests"));
            assertThat(digests.toString()).contains(" of ");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{ | this is no JSON",
                "[1] | a repair is asked for by an object",
                "{\"partition\": 1} | a repair takes no \"partition\"; it takes partitions and cache",
                "{\"partitions\": 1} | \"partitions\" is a list of numbers",
                "{\"partitions\": [16]} | there is no partition '16'; they are numbered 0 to 15",
                "{\"partitions\": [1.5]} | there is no partition '1.5'",
                "{\"partitions\": [\"x\"]} | there is no partition 'x'",
                "{\"cache\": \"zz\"} | no cache 'zz' is configured; there are default",
            })
    void aRepairThatIsWrongIsRefusedAndSaysWhatWouldBeRight(String body, String reason) throws Exception {
        try (TestCluster cluster = TestCluster.started(folder, "a")) {
            HttpResponse<String> answer = post(cluster.node("a"), body, "application/json");

            assertThat(answer.statusCode()).isEqualTo(400);
            assertThat(json(answer).path("error").asText()).contains(reason);
        }
    }

    @Test
    void aRepairIsAskedForInJsonAndWatchedByItsId() throws Exception {
        try (TestCluster cluster = TestCluster.started(folder, "a")) {
            Node a = cluster.node("a");
            assertThat(post(a, "{}", "text/plain").statusCode()).isEqualTo(415);
            assertThat(get(a, "/repairs").statusCode()).isEqualTo(405);

            HttpResponse<String> begun = post(a, "{}", "application/json");

            assertThat(begun.statusCode()).isEqualTo(202);
            String path = "/repairs/" + json(begun).path("id").asLong();
            Await.until("it is over", () -> page(a, path).path("over").asBoolean());
            assertThat(page(a, path).path("completed").asInt()).isEqualTo(16);
            assertThat(error(a, 404, "/repairs/99")).contains("no repair '99'");
            assertThat(error(a, 404, "/repairs/last")).contains("no repair 'last'");
        }
    }

    @Test
    void aPathThatIsWronglyEncodedIsRefusedInWords() throws Exception {
        try (TestCluster cluster = TestCluster.started(folder, "a");
                RawHttp raw = new RawHttp(cluster.node("a").httpPort())) {
            assertThat(raw.ask("/keys/default/%zz"))
                    .startsWith("HTTP/1.1 400 ")
                    .contains("the path is not encoded as one");
        }
    }

    @Test
    void theLongestKeyIsShownHoweverItIsEncodedAndALongerPathIsRefusedInWords() throws Exception {
        try (TestCluster cluster = TestCluster.started(folder, "a");
                MurmurClient client = cluster.client();
                RawHttp raw = new RawHttp(cluster.node("a").httpPort())) {
            Node a = cluster.node("a");
            byte[] longest = new byte[Limits.KEY_CEILING_BYTES];
            client.cache("default", Codec.bytes(), Codec.bytes())
                    .blocking()
                    .put(longest, new byte[] {1}, CallOptions.at(Level.ALL));

            assertThat(page(a, "/keys/default/" + "%00".repeat(longest.length))
                            .path("copies")
                            .findValuesAsText("kind"))
                    .containsExactly("value");
            assertThat(error(a, 400, "/keys/default/" + "x".repeat(longest.length + 1)))
                    .contains("this one has 65537");
            // No more than the limit, so that nothing is left unread when the answer comes.
            raw.send("GET /" + "x".repeat(HttpServer.MAX_LINE_BYTES - 4));
            assertThat(raw.answer()).startsWith("HTTP/1.1 414 ").contains("each byte as %XX");
        }
    }

    @Test
    void tooLongHeadersAreSaidToBe() throws Exception {
        try (TestCluster cluster = TestCluster.started(folder, "a");
                RawHttp raw = new RawHttp(cluster.node("a").httpPort())) {
            raw.send("GET /ring HTTP/1.1\r\nx: " + "y".repeat(8190));
            assertThat(raw.answer()).startsWith("HTTP/1.1 431 ").contains("headers");
        }
    }

    /** A client that sends any path. */
    private static final class RawHttp implements AutoCloseable {
        private final Socket socket;

        RawHttp(int port) throws IOException {
            socket = new Socket(InetAddress.getLoopbackAddress(), port);
            socket.setSoTimeout(20_000);
        }

        String ask(String path) throws IOException {
            send("GET " + path + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
            return answer();
        }

        void send(String text) throws IOException {
            socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
        }

        /** All that comes until the node closes. */
        String answer() throws IOException {
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    private HttpResponse<String> post(Node node, String body, String type) throws Exception {
        return Http.post(node, "/repairs", body, type);
    }
}
