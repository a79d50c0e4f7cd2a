package io.murmur.node;

import static io.murmur.node.Http.get;
import static io.murmur.node.Http.page;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import io.murmur.client.BlockingCache;
import io.murmur.client.CallOptions;
import io.murmur.client.MurmurClient;
import io.murmur.client.MurmurException;
import io.murmur.kernel.Level;
import io.murmur.kernel.message.ClientReply;
import io.murmur.kernel.message.Trace;
import io.murmur.kernel.message.Trace.Answer;
import io.murmur.kernel.message.Trace.Step;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an operator and a caller are told about single calls, on nodes in this process. */
class RequestPagesTest {

    private static final CallOptions TRACED = CallOptions.at(Level.ALL)
            .withTrace(true)
            // Longer than the node is patient, so that it is the node that tells of the timeout, and not the client.
            .withTimeout(Duration.ofSeconds(20));
    private static final String ALL_ARE_SLOW = "slow-request-threshold";

    @TempDir
    private Path folder = Path.of(".");

    private TestCluster allSlow() throws IOException, InterruptedException {
        TestCluster cluster = new TestCluster(folder, List.of("a", "b", "c"), Map.of(ALL_ARE_SLOW, "0ms"));
        for (String name : List.of("a", "b", "c")) {
            cluster.start(name);
        }
        cluster.awaitConnected();
        return cluster;
    }

    @Test
    void aCallerIsToldWhoWasAskedAndWhatEachAnswered() throws Exception {
        try (TestCluster cluster = TestCluster.started(folder, "a", "b", "c");
                MurmurClient client = cluster.client()) {
            BlockingCache<String, String> cache = TestCluster.strings(client);

            Trace put = cache.put("key", "value", TRACED).trace().orElseThrow();
            Trace get = cache.read("key", TRACED).trace().orElseThrow();
            Trace delete = cache.delete("key", TRACED).trace().orElseThrow();

            for (Trace write : List.of(put, delete)) {
                assertThat(write.steps()).extracting(Step::answer).containsOnly(Answer.Plain.HELD);
                assertThat(write.steps())
                        .extracting(Step::node)
                        .containsExactlyInAnyOrder(
                                cluster.node("a").self(),
                                cluster.node("b").self(),
                                cluster.node("c").self());
                assertThat(write.steps())
                        .allSatisfy(step -> assertThat(step.answeredMicros()).isBetween(0, write.micros()));
            }
            assertThat(get.steps())
                    .extracting(Step::answer)
                    .contains(Answer.Plain.CELL, Answer.Plain.DIGEST)
                    .hasSize(3);
            assertThat(cache.read("key").trace()).isEmpty();
        }
    }

    @Test
    void theLastSlowCallsAreOnAPageWithoutTheirValues() throws Exception {
        try (TestCluster cluster = allSlow();
                MurmurClient client = cluster.client()) {
            // Of several shards, of several coordinators.
            for (int i = 0; i < 20; i++) {
                TestCluster.strings(client).put("key/" + i + "?\u00fc", "a value", CallOptions.at(Level.ALL));
            }

            int found = 0;
            for (String name : List.of("a", "b", "c")) {
                Node node = cluster.node(name);
                String text = get(node, "/requests/slow").body();
                assertThat(text).doesNotContain("a value");
                JsonNode page = page(node, "/requests/slow");
                assertThat(page.at("/thresholdMillis").asInt()).isZero();
                long before = Long.MAX_VALUE;
                for (JsonNode call : page.at("/latestFirst")) {
                    long ended = Instant.parse(call.at("/started").asText()).toEpochMilli()
                            + call.at("/micros").asLong() / 1000;
                    assertThat(ended).isLessThanOrEqualTo(before);
                    before = ended;
                    if (call.at("/key").asText().startsWith("key/")) {
                        found++;
                        assertThat(call.at("/coordinator").asText()).isEqualTo(name);
                        assertThat(call.at("/level").asText()).isEqualTo("ALL");
                        assertThat(call.at("/steps").findValuesAsText("node")).containsExactlyInAnyOrder("a", "b", "c");
                        assertThat(call.at("/steps").findValuesAsText("answer")).containsOnly("held");
                        assertThat(page(node, call.at("/page").asText()).at("/key"))
                                .isEqualTo(call.at("/key"));
                    }
                }
                assertThat(get(node, "/metrics").body())
                        .contains("murmur_slow_requests_total "
                                + page.at("/sinceStart").asLong());
            }
            assertThat(found).isEqualTo(20);
        }
    }

    @Test
    void aCallThatWaitsForASilentOwnerIsOnItsWayAndThenATimeout() throws Exception {
        try (TestCluster cluster = TestCluster.founded(folder, Map.of("timeouts.write", "2s"), "a", "b");
                SilentPeer peer = new SilentPeer("b", cluster.identity("b"), cluster.port("b"))) {
            Node node = cluster.start("a");
            Await.until("both shards' links", () -> peer.connections() >= 2);
            try (RawConnection client = RawConnection.greeted(cluster.port("a"))) {
                Await.until(
                        "the peer counts as alive",
                        () -> outcome(client, "probe").equals("timeout"));
                client.send(Requests.put(1, "key", new byte[] {1}, Level.ALL));
                AtomicReference<JsonNode> seen = new AtomicReference<>();
                Await.until("the call is on its way and its own node's copy is durable", () -> {
                    seen.set(page(node, "/requests"));
                    return seen.get().at("/underway").asInt() == 1
                            && steps(seen.get().at("/oldestFirst/0")).contains("a held");
                });

                JsonNode call = seen.get().at("/oldestFirst/0");
                assertThat(call.at("/outcome").asText()).isEqualTo("underway");
                assertThat(call.at("/key").asText()).isEqualTo("key");
                assertThat(steps(call)).containsExactlyInAnyOrder("a held", "b none");

                client.receive();
                JsonNode over = page(node, "/requests/slow").at("/latestFirst/0");
                assertThat(over.at("/outcome").asText()).isEqualTo("timeout");
                assertThat(over.at("/steps").findValuesAsText("answer")).contains("timeout");
                assertThat(page(node, "/requests").at("/underway").asInt()).isZero();
            }
            try (MurmurClient client = cluster.client()) {
                MurmurException failure = catchThrowableOfType(
                        MurmurException.class, () -> TestCluster.strings(client).put("key", "value", TRACED));

                assertThat(failure.trace()).as(failure.toString()).isPresent();
                assertThat(failure.trace().orElseThrow().steps())
                        .extracting(Step::answer)
                        .contains(Answer.Plain.TIMEOUT);
                StringWriter err = new StringWriter();
                assertThat(type(err, cluster, "put", "key", "value", "--level", "ALL", "--timeout", "9000", "--trace"))
                        .isNotZero();
                assertThat(err.toString())
                        .containsPattern("put at ALL .*: timeout after")
                        .containsPattern("b +join .* timeout");
            }
        }
    }

    private static List<String> steps(JsonNode call) {
        return call.at("/steps")
                .valueStream()
                .map(step ->
                        step.at("/node").asText() + " " + step.at("/answer").asText())
                .filter(step -> !step.contains("hint"))
                .toList();
    }

    private static String outcome(RawConnection client, String key) {
        try {
            client.send(Requests.put(9, key, new byte[] {1}, Level.ALL));
            return Requests.text(((ClientReply.One) Objects.requireNonNull(client.receive())).result());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static int type(StringWriter err, TestCluster cluster, String... words) {
        String[] all = Arrays.copyOf(words, words.length + 2);
        all[words.length] = "--node";
        all[words.length + 1] = "127.0.0.1:" + cluster.port("a");
        return Main.commandLine()
                .setOut(new PrintWriter(new StringWriter()))
                .setErr(new PrintWriter(err))
                .execute(all);
    }

    @Test
    void aKeysPageHasATraceOfAReadForWhoWantsIt() throws Exception {
        try (TestCluster cluster = TestCluster.started(folder, "a", "b", "c");
                MurmurClient client = cluster.client()) {
            TestCluster.strings(client).put("key", "a value", CallOptions.at(Level.ALL));
            Node node = cluster.node("b");

            assertThat(page(node, "/keys/default/key").has("trace")).isFalse();
            assertThat(page(node, "/keys/default/key?trace=0").has("trace")).isFalse();
            JsonNode page = page(node, "/keys/default/key?trace=1");
            assertThat(page.at("/copies")).hasSize(3);
            assertThat(page.at("/trace/kind").asText()).isEqualTo("get");
            assertThat(page.at("/trace/coordinator").asText()).isEqualTo("b");
            assertThat(page.at("/trace/level").asText()).isEqualTo("QUORUM");
            assertThat(page.at("/trace/outcome").asText()).isEqualTo("done");
            assertThat(page.at("/trace/steps").findValuesAsText("answer")).contains("cell", "digest");
            assertThat(page.toString()).doesNotContain("a value");
            assertThat(page(node, "/keys/default/key?trace=1&level=one").at("/trace/steps"))
                    .hasSize(1);

            StringWriter err = new StringWriter();
            assertThat(type(err, cluster, "get", "key", "--trace")).isZero();
            assertThat(err.toString())
                    .containsPattern("get at \\w+ by way of [abc], .*: done with \\d owners? after \\d+\\.\\d{3} ms");
            assertThat(type(new StringWriter(), cluster, "delete", "key")).isZero();
        }
    }

    @ParameterizedTest
    @CsvSource({"trace=2, 1 is for a trace", "trace=1&level=SOME, unknown level", "trace=1&level=ANY, ANY is for writes"
    })
    void aTraceThatCannotBeMadeIsRefused(String query, String remedy) throws Exception {
        try (TestCluster cluster = TestCluster.started(folder, "a")) {
            HttpResponse<String> answer = get(cluster.node("a"), "/keys/default/key?" + query);

            assertThat(answer.statusCode()).isEqualTo(400);
            assertThat(answer.body()).contains(remedy);
        }
    }
}
