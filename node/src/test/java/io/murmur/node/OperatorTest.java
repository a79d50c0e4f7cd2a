package io.murmur.node;

import static io.murmur.node.Http.json;
import static io.murmur.node.Http.page;
import static io.murmur.node.Http.request;
import static io.murmur.node.Http.send;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.murmur.client.MurmurClient;
import io.murmur.kernel.ring.Ring;
import io.murmur.node.http.HttpServer;
import io.murmur.node.http.Logged;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** What an operator types, against nodes in this process, and the pages that the commands read. */
class OperatorTest {

    @TempDir
    private Path folder = Path.of(".");

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    /** Types a command; returns its exit code. */
    private int type(Node asked, String... words) {
        CommandLine line = Main.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
        String[] all = Arrays.copyOf(words, words.length + 2);
        all[words.length] = "--http";
        all[words.length + 1] = "127.0.0.1:" + asked.httpPort();
        return line.execute(all);
    }

    private static Ring ring(Node node) {
        return Objects.requireNonNull(node.ringIfFormed());
    }

    private static void awaitMembers(Node node, int members) {
        Await.until(
                members + " members, and no change under way",
                () -> ring(node).transition() == null && ring(node).members().size() == members);
    }

    private static String stateOf(Node asked, String name) {
        try {
            return StreamSupport.stream(page(asked, "/cluster").path("nodes").spliterator(), false)
                    .filter(node -> node.path("name").asText().equals(name))
                    .map(node -> node.path("state").asText())
                    .findFirst()
                    .orElse("unknown");
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void statusShowsEveryNodeWithItsStateAndShare() throws Exception {
        try (TestCluster cluster = TestCluster.started(folder, "a", "b", "c")) {
            Node a = cluster.node("a");
            Node c = cluster.node("c");
            Await.until(
                    "they have heard of each other",
                    () -> stateOf(a, "c").equals("alive") && stateOf(c, "a").equals("alive"));
            cluster.stop("c");
            Await.until("c is known to have stopped", () -> stateOf(a, "c").equals("stopped"));
            Await.until("b has answered", () -> stateOf(a, "b").equals("alive"));

            assertThat(type(a, "status")).isZero();

            List<String> lines = out.toString().lines().toList();
            assertThat(lines.get(0)).isEqualTo("Cluster 'murmur' as 'a' sees it, ring of epoch 1");
            assertThat(lines).anyMatch(line -> line.matches("a +alive +member .* 33\\.3 % .*"));
            assertThat(lines).anyMatch(line -> line.matches("b +alive +member .* 33\\.3 % .*"));
            assertThat(lines).anyMatch(line -> line.matches("c +stopped +member .* 33\\.3 % .*"));
        }
    }

    @Test
    void aNodeJoinsMovesAndLeavesAsItIsTold() throws Exception {
        try (TestCluster cluster = TestCluster.started(folder, "a", "b")) {
            Node a = cluster.node("a");
            cluster.add("d");
            Node d = cluster.start("d");
            awaitMembers(a, 3);

            assertThat(type(a, "move", "d", "--zone", "attic", "--weight", "2")).isZero();
            assertThat(out.toString()).startsWith("'d' moves to zone attic, weight 2, in the ring of epoch ");
            assertThat(Objects.requireNonNull(ring(a).member(d.self())).zone()).isEqualTo("attic");

            assertThat(type(a, "leave", "d")).isZero();
            assertThat(out.toString())
                    .contains("'d' leaves, in the ring of epoch ")
                    .contains("done in ");
            assertThat(ring(a).members()).hasSize(2);
            Await.until(
                    "who has left says so",
                    () -> String.valueOf(d.notReadyBecause()).contains("has left the ring"));

            assertThat(type(a, "ring", "--partitions")).isZero();
            assertThat(out.toString()).containsPattern("0-15 +(a b|b a)");
        }
    }

    @Test
    void aJoinThatCannotGoOnIsGivenUpOnRequest() throws Exception {
        try (TestCluster cluster = TestCluster.started(folder, "a", "b")) {
            Node a = cluster.node("a");
            try (MurmurClient client = cluster.client()) {
                for (int key = 0; key < 100; key++) {
                    TestCluster.strings(client).put("key-" + key, "x".repeat(40_000));
                }
            }
            cluster.add("d");
            // So slow that it takes a minute.
            Node d = cluster.start("d", "streaming-rate", "64KiB");
            Await.until("the join has begun", () -> ring(a).transition() != null);
            // Else it may hear first of the ring after the join was given up, and ask to join as if for the first time.
            Await.until("d knows that it joins", () -> d.ringIfFormed() != null && ring(d).transition() != null);

            assertThat(type(a, "leave", "b")).isEqualTo(1);
            assertThat(err.toString())
                    .contains("another change is under way: 'd' joins")
                    .contains("abort");
            assertThat(type(a, "status")).isZero();
            assertThat(out.toString()).contains("Under way: 'd' joins; ");

            assertThat(type(a, "abort")).isZero();
            assertThat(ring(a).members()).hasSize(2);
            assertThat(ring(a).transition()).isNull();
            assertThat(page(a, "/cluster").path("lastChange").path("done").asBoolean(true))
                    .isFalse();
        }
    }

    @Test
    void aLivingMemberIsRemovedOnlyOnInsistence() throws Exception {
        try (TestCluster cluster = TestCluster.started(folder, "a", "b", "c")) {
            Node a = cluster.node("a");
            assertThat(type(a, "remove", "c"))
                    .as("be it heard of by now or not")
                    .isEqualTo(1);
            assertThat(err.toString()).contains("have it leave, which keeps all it holds; or insist with");

            assertThat(type(a, "remove", "c", "--even-if-alive")).isZero();

            assertThat(out.toString()).contains("'c' is removed, in the ring of epoch ");
            assertThat(ring(a).members()).hasSize(2);
        }
    }

    @Test
    void whatNoNodeOrChangeCanBeMeantByIsNamed() throws Exception {
        try (TestCluster cluster = TestCluster.started(folder, "a")) {
            Node a = cluster.node("a");

            assertThat(type(a, "leave", "zz")).isEqualTo(1);
            assertThat(err.toString()).contains("'zz' is no member; there are a");
            assertThat(type(a, "abort")).isEqualTo(1);
            assertThat(err.toString()).contains("no change of the ring is under way");
            assertThat(type(a, "watch")).isZero();
            assertThat(out.toString()).contains("no change of the ring is under way");
            int http = a.httpPort();
            cluster.stop("a");
            assertThat(Main.commandLine().setErr(new PrintWriter(err)).execute("status", "--http", "127.0.0.1:" + http))
                    .isEqualTo(1);
            assertThat(err.toString()).contains("nothing listens there");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{ | this is no JSON, at line 1",
                "[1] | a change is an object",
                "{\"change\": \"fly\"} | 'fly' is no change; there are leave, remove, replace, move and abort",
                "{\"node\": \"a\"} | \"change\" is missing",
                "{\"change\": \"leave\"} | 'leave' needs \"node\"",
                "{\"change\": \"leave\", \"nodes\": \"a\"} | 'leave' takes no \"nodes\"; it takes node",
                "{\"change\": \"move\", \"node\": \"a\"} | where to is missing",
                "{\"change\": \"move\", \"node\": \"a\", \"weight\": 0} | a weight is a whole number, 1 to 1000",
                "{\"change\": \"replace\", \"node\": \"a\", \"by\": \"x\"} | 'a' is alive: only a dead member is replaced",
            })
    void aChangeThatIsWrongIsRefusedAndSaysWhatWouldBeRight(String body, String reason) throws Exception {
        try (TestCluster cluster = TestCluster.started(folder, "a")) {
            HttpResponse<String> answer = post(cluster.node("a"), body, "application/json");

            assertThat(answer.statusCode()).isEqualTo(400);
            assertThat(json(answer).path("error").asText()).contains(reason);
            assertThat(ring(cluster.node("a")).epoch()).isEqualTo(1);
        }
    }

    /** A page in a browser may post plain text to any port of its machine, and must not change the ring. */
    @Test
    void aChangeIsToBeDeclaredAsJson() throws Exception {
        try (TestCluster cluster = TestCluster.started(folder, "a")) {
            assertThat(post(cluster.node("a"), "{\"change\": \"abort\"}", "text/plain")
                            .statusCode())
                    .isEqualTo(415);
        }
    }

    @Test
    void aChangeWithoutTheTokenIsRefusedAndLoggedAndSaysWhereTheTokenIs() throws Exception {
        try (TestCluster cluster = TestCluster.started(folder, "a");
                Logged logged = new Logged(HttpServer.class)) {
            Node a = cluster.node("a");
            HttpResponse<String> answer = send(request(a, "/ring/changes")
                    .header("Content-Type", "application/json")
                    .POST(BodyPublishers.ofString("{\"change\": \"abort\"}"))
                    .build());

            assertThat(answer.statusCode()).isEqualTo(401);
            assertThat(answer.headers().firstValue("www-authenticate")).contains("Bearer realm=\"murmur\"");
            assertThat(json(answer).path("error").asText())
                    .contains("a change needs the token")
                    .contains(folder.toAbsolutePath() + "/a/http-token");
            assertThat(logged.lines()).anyMatch(line -> line.contains("401 to POST /ring/changes"));
            assertThat(type(a, "abort", "--token", "not-the-token")).isEqualTo(1);
            assertThat(err.toString()).contains("this is not the token");
        }
    }

    @Test
    void theTokenThatASettingSaysIsToBeGiven() throws Exception {
        try (TestCluster cluster = new TestCluster(folder, List.of("a"), Map.of("http.token", "very-secret"))) {
            Node a = cluster.start("a");
            cluster.awaitConnected();

            assertThat(type(a, "leave", "zz")).isEqualTo(1);
            assertThat(err.toString())
                    .contains("the token of node 'a' is said by its setting http.token (from the command line); give it"
                            + " with --token-file FILE, --token TOKEN or MURMUR_HTTP_TOKEN");
            assertThat(type(a, "leave", "zz", "--token", "very-secret")).isEqualTo(1);
            assertThat(err.toString()).contains("'zz' is no member; there are a");
        }
    }

    private static HttpResponse<String> post(Node node, String body, String type) throws Exception {
        return Http.post(node, "/ring/changes", body, type);
    }

    @Test
    void gossipIsShownAsItIsKnown() throws Exception {
        try (TestCluster cluster = TestCluster.started(folder, "a", "b")) {
            Node a = cluster.node("a");
            Await.until("b has been heard of", () -> stateOf(a, "b").equals("alive"));

            JsonNode gossip = page(a, "/gossip");

            assertThat(gossip.toString())
                    .contains(cluster.node("b").self().toString())
                    .contains("generation")
                    .contains("phi");
            assertThat(page(a, "/ring").path("members")).hasSize(2);
        }
    }
}
