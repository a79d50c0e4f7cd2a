package io.murmur.node;

import static io.murmur.node.Http.json;
import static io.murmur.node.Http.send;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.murmur.client.MurmurClient;
import io.murmur.kernel.data.Key;
import io.murmur.node.http.Route;
import io.netty.handler.codec.http.HttpMethod;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The pages of a node of three; and that all of them are described. */
class PagesTest {

    private static final String TOKEN = "very-secret-token";

    @TempDir
    private static Path folder = Path.of(".");

    private static TestCluster cluster = unstarted();

    private static TestCluster unstarted() {
        try {
            return new TestCluster(folder, List.of(), Map.of());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @BeforeAll
    static void start() throws Exception {
        cluster = new TestCluster(
                folder,
                List.of("a", "b", "c"),
                Map.of("http.token", TOKEN, "caches", "default,few:replicas=1:read=ONE:ttl=30m"));
        for (String name : List.of("a", "b", "c")) {
            cluster.start(name);
        }
        cluster.awaitConnected();
        Await.until(
                "they have heard of each other",
                () -> states().equals(Map.of("a", "alive", "b", "alive", "c", "alive")));
    }

    @AfterAll
    static void stop() throws Exception {
        cluster.close();
    }

    private static Map<String, String> states() {
        return lines(page("/cluster").path("nodes")).stream()
                .collect(Collectors.toMap(
                        line -> line.path("name").asText(),
                        line -> line.path("state").asText()));
    }

    private static HttpRequest.Builder request(String path) {
        return Http.request(a(), path);
    }

    private static Node a() {
        return cluster.node("a");
    }

    private static HttpResponse<String> get(String path) {
        return send(request(path).build());
    }

    private static JsonNode page(String path) {
        HttpResponse<String> answer = get(path);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return json(answer);
    }

    private static List<JsonNode> lines(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false).toList();
    }

    private static List<String> names(JsonNode array) {
        return lines(array).stream().map(line -> line.path("name").asText()).toList();
    }

    // ---- all pages

    private static String example(Route route) {
        return route.path()
                .replace("{key}", "hello")
                .replace("{cache}", "default")
                .replace("{p}", "3")
                .replace("{id}", "1");
    }

    @Test
    void everyPageRefusesWhatItDoesNotTakeAndSaysWhatItTakes() {
        for (Route route : NodePages.of(a()).all()) {
            HttpRequest.BodyPublisher body =
                    route.method().equals(HttpMethod.GET) ? BodyPublishers.noBody() : BodyPublishers.ofString("{}");
            HttpResponse<String> answer = send(request(example(route) + "?nonsense=1")
                    .method(route.method().name(), body)
                    .header("Authorization", "Bearer " + TOKEN)
                    .header("Content-Type", "application/json")
                    .build());

            assertThat(answer.statusCode()).as(route.path()).isEqualTo(400);
            assertThat(json(answer).path("error").asText()).contains("there is no parameter 'nonsense' here");
        }
    }

    @Test
    void everyChangeNeedsTheToken() {
        int changes = 0;
        for (Route route : NodePages.of(a()).all()) {
            if (!route.method().equals(HttpMethod.GET)) {
                HttpResponse<String> answer = send(request(example(route))
                        .method(route.method().name(), BodyPublishers.ofString("{}"))
                        .header("Content-Type", "application/json")
                        .build());
                assertThat(answer.statusCode()).as(route.path()).isEqualTo(401);
                assertThat(json(answer).path("error").asText())
                        .contains("http.token")
                        .doesNotContain(TOKEN);
                changes++;
            }
        }

        assertThat(changes).isGreaterThanOrEqualTo(4);
    }

    /** A heading for each, with an example, in docs/http.md; what the picture's page is made of belongs to it. */
    @Test
    void everyPageIsDescribedAndNothingElse() throws IOException {
        Path root = Path.of("").toAbsolutePath().getParent();
        String reference = Files.readString(Path.of(String.valueOf(root), "docs", "http.md"));
        Map<String, String> described = new TreeMap<>();
        for (String section : reference.split("\n(?=##+ )")) {
            Pattern.compile("^### `((?:GET|POST|PUT) [^?`]+)[^`]*`")
                    .matcher(section)
                    .results()
                    .map((MatchResult heading) -> heading.group(1))
                    .forEach(heading -> described.put(heading, section));
        }

        List<Route> routes = NodePages.of(a()).all().stream()
                .filter(route -> !route.path().startsWith("/static/"))
                .toList();
        assertThat(described.keySet())
                .isEqualTo(routes.stream()
                        .map(route -> route.method() + " " + route.path())
                        .collect(Collectors.toCollection(TreeSet::new)));
        for (Route route : routes) {
            String section = described.get(route.method() + " " + route.path());
            assertThat(section).as(route.path()).contains("curl ");
            route.parameters().forEach(parameter -> assertThat(section).contains("`" + parameter));
        }
    }

    // ---- the ring

    @Test
    void aKeyIsShownWithItsOwnersAndWhoStandsInForThem() {
        JsonNode page = page("/ring/user:%7B7%7D:x?cache=few");

        assertThat(page.path("key").asText()).isEqualTo("user:{7}:x");
        assertThat(page.path("slot").asInt()).isEqualTo(Key.of("few", "7").slot());
        assertThat(page.path("partition").asInt()).isEqualTo(page.path("slot").asInt() / 1024);
        assertThat(page.path("replicas").asInt()).isEqualTo(1);
        assertThat(names(page.path("owners"))).hasSize(1);
        assertThat(names(page.path("standIns"))).hasSize(2);
        List<String> inOrder = lines(
                        page("/ring").path("owners").path(page.path("partition").asInt()))
                .stream()
                .map(JsonNode::asText)
                .toList();
        assertThat(inOrder).startsWith(names(page.path("owners")).get(0));
        assertThat(inOrder.subList(1, 3))
                .as("a cache of fewer replicas has the owners it leaves out stand in")
                .isEqualTo(names(page.path("standIns")));
        assertThat(lines(page.path("owners")).get(0).path("state").asText()).isEqualTo("alive");
        assertThat(names(page("/ring/user").path("owners"))).hasSize(3);
        assertThat(page("/ring/user").has("nextOwners")).isFalse();
    }

    @Test
    void allPartitionsAreSummedUp() {
        JsonNode page = page("/partitions");

        assertThat(page.path("partitions").asInt()).isEqualTo(16);
        assertThat(page.path("owned").asInt()).isEqualTo(16);
        assertThat(page.path("moving").asInt()).isZero();
        assertThat(page.path("lines"))
                .hasSize(16)
                .allMatch(line -> line.path("owners").size() == 3
                        && line.path("damagedSlots").asInt(-1) == 0
                        && line.has("lastRoundAgeSeconds"));
        assertThat(page("/partitions?only=owned").path("lines")).hasSize(16);
        assertThat(page("/partitions?only=moving").path("lines")).isEmpty();
        assertThat(page("/partitions?only=damaged").path("lines")).isEmpty();
        assertThat(page("/partitions?only=owed").path("lines")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/ring/k?cache=x | 404 | no cache 'x' is configured; there are default, few",
                "/partitions?only=all | 400 | only is 'all'; there are owned, moving, damaged, owed",
                "/partitions/x | 404 | there is no partition 'x'",
                "/partitions/16 | 404 | numbered 0 to 15",
                "/keys/x/k | 404 | no cache 'x'",
                "/repairs/x | 404 | no repair 'x'",
                "/threads?frames=-1 | 400 | frames is '-1': a whole number from 0 to 200 is needed",
                "/threads?frames=201 | 400 | from 0 to 200",
            })
    void whatIsWrongIsNamed(String path, int status, String why) {
        HttpResponse<String> answer = get(path);

        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(json(answer).path("error").asText()).contains(why);
    }

    // ---- the node

    @Test
    void theConfigurationIsShownWithWhereItCameFromAndWithoutSecrets() {
        HttpResponse<String> answer = get("/config");

        assertThat(answer.body()).doesNotContain(TOKEN);
        JsonNode page = json(answer);
        assertThat(page.path("data").asText())
                .isEqualTo(folder.resolve("a").toAbsolutePath().toString());
        JsonNode settings = page.path("settings");
        assertThat(settings.path("http.token").path("value").asText()).isEqualTo("********");
        assertThat(settings.path("http.token").path("from").asText()).isEqualTo("the command line");
        assertThat(settings.path("http.port").path("said").asText()).isEqualTo("0");
        assertThat(settings.path("http.port").path("value").asInt()).isEqualTo(a().httpPort());
        assertThat(settings.path("region").path("from").asText()).isEqualTo("the default");
        assertThat(page("/version").path("release").asText()).isNotEmpty();
    }

    @Test
    void cachesAreShownWithTheirSettings() {
        JsonNode caches = page("/caches").path("caches");

        assertThat(names(caches)).containsExactlyInAnyOrder("default", "few");
        JsonNode few = lines(caches).get(names(caches).indexOf("few"));
        assertThat(few.path("replicas").asInt()).isEqualTo(1);
        assertThat(few.path("read").asText()).isEqualTo("ONE");
        assertThat(few.path("write").asText()).isEqualTo("LOCAL_QUORUM");
        assertThat(few.path("durability").asText()).isEqualTo("fsync");
        assertThat(few.path("timeToLiveSeconds").asInt()).isEqualTo(1800);
        assertThat(lines(caches)
                        .get(names(caches).indexOf("default"))
                        .path("timeToLiveSeconds")
                        .isNull())
                .isTrue();
    }

    @Test
    void threadsAreShownWithWhatTheyDo() {
        Thread waiting = new Thread(LockSupport::park, "waits-for-ever");
        waiting.setDaemon(true);
        waiting.start();
        try {
            Await.until("it waits", () -> waiting.getState() == Thread.State.WAITING);

            Await.until(
                    "a look is taken",
                    () -> names(page("/threads").path("lines")).contains("waits-for-ever"));

            JsonNode page = page("/threads?frames=3");

            assertThat(page.path("deadlocked")).isEmpty();
            assertThat(page.path("threads").asInt())
                    .isEqualTo(page.path("lines").size());
            JsonNode line =
                    lines(page.path("lines")).get(names(page.path("lines")).indexOf("waits-for-ever"));
            assertThat(line.path("state").asText()).isEqualTo("WAITING");
            assertThat(line.path("frames").toString()).contains("LockSupport.park");
            assertThat(line.path("frames").size()).isBetween(1, 3);
            assertThat(names(page.path("lines"))).anyMatch(name -> name.startsWith("a-shard"));
        } finally {
            LockSupport.unpark(waiting);
        }
    }

    @Test
    void threadsAreLookedAtOnceInASecondHoweverOftenOneAsks() {
        long start = System.nanoTime();
        long looks = Stream.generate(() -> page("/threads").path("at").asText())
                .limit(20)
                .distinct()
                .count();

        assertThat(looks)
                .isLessThanOrEqualTo(
                        2 + Duration.ofNanos(System.nanoTime() - start).toSeconds());
    }

    @Test
    void threadsThatWaitForEachOtherAreNamed() {
        Lock one = new ReentrantLock();
        Lock other = new ReentrantLock();
        CountDownLatch bothHold = new CountDownLatch(2);
        Thread first = holding(one, other, bothHold, "holds-one");
        holding(other, one, bothHold, "holds-other");
        try {
            Await.until("both wait", () -> page("/threads").path("deadlocked").size() == 2);

            assertThat(lines(page("/threads").path("deadlocked")).stream().map(JsonNode::asText))
                    .containsExactly("holds-one", "holds-other");
        } finally {
            first.interrupt();
        }
    }

    /** Takes one, and when both threads have one each, the other. Until one is interrupted. */
    private static Thread holding(Lock first, Lock second, CountDownLatch bothHold, String name) {
        Thread thread = new Thread(
                () -> {
                    first.lock();
                    try {
                        bothHold.countDown();
                        bothHold.await();
                        second.lockInterruptibly();
                        try {
                            bothHold.countDown();
                        } finally {
                            second.unlock();
                        }
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    } finally {
                        first.unlock();
                    }
                },
                name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    @Test
    void connectionsAreShownWithWhoIsThere() throws Exception {
        try (MurmurClient client = MurmurClient.builder()
                        .seed("127.0.0.1:" + cluster.port("a"))
                        .callTimeout(Duration.ofSeconds(10))
                        .build();
                Socket stranger = new Socket(InetAddress.getLoopbackAddress(), cluster.port("a"))) {
            TestCluster.strings(client).put("key", "value");
            Await.until("the stranger has been accepted", () -> kinds().containsKey("stranger"));

            JsonNode page = page("/connections");

            assertThat(kinds()).containsKeys("client", "from node", "stranger");
            for (JsonNode line : lines(page.path("accepted"))) {
                assertThat(line.path("address").asText()).contains("127.0.0.1");
                assertThat(line.path("inFlight").asInt(-1)).isGreaterThanOrEqualTo(0);
                assertThat(line.path("waitingBytes").asInt(-1)).isGreaterThanOrEqualTo(0);
                assertThat(line.path("taking").asBoolean()).isTrue();
            }
            assertThat(names(page.path("accepted"))).contains("b", "c");
            assertThat(lines(page.path("opened")).stream()
                            .map(line -> line.path("of").asText() + " to "
                                    + line.path("name").asText()))
                    .contains("control to b", "shard 0 to b", "shard 1 to c");
            assertThat(page.path("http").path("connections").asInt()).isPositive();
            assertThat(stranger.isConnected()).isTrue();
        }
    }

    private static Map<String, Long> kinds() {
        return lines(page("/connections").path("accepted")).stream()
                .collect(Collectors.groupingBy(line -> line.path("kind").asText(), Collectors.counting()));
    }

    // ---- log levels

    private static HttpResponse<String> level(String body) {
        return send(request("/log-levels")
                .header("Authorization", "Bearer " + TOKEN)
                .header("Content-Type", "application/json")
                .PUT(BodyPublishers.ofString(body))
                .build());
    }

    @Test
    void aLogLevelIsChangedAtRunTimeAndTakenBack() {
        Logger logger = LoggerFactory.getLogger("io.murmur.node.pages.test.One");
        assertThat(logger.isDebugEnabled()).isFalse();

        JsonNode set = json(level("{\"logger\": \"io.murmur.node.pages.test\", \"level\": \"debug\"}"));

        assertThat(logger.isDebugEnabled()).isTrue();
        assertThat(set.path("level").asText()).isEqualTo("DEBUG");
        assertThat(set.path("concerned").asInt()).isEqualTo(1);
        assertThat(page("/log-levels").toString())
                .contains("{\"logger\":\"io.murmur.node.pages.test\",\"level\":\"DEBUG\",\"effective\":\"DEBUG\"}");

        JsonNode reset = json(level("{\"logger\": \"io.murmur.node.pages.test\", \"level\": null}"));

        assertThat(logger.isDebugEnabled()).isFalse();
        assertThat(reset.path("before").asText()).isEqualTo("DEBUG");
        assertThat(reset.path("level").isNull()).isTrue();
    }

    @Test
    void aMistypedLoggerConcernsNone() {
        JsonNode set = json(level("{\"logger\": \"io.murmur.quorom\", \"level\": null}"));

        assertThat(set.path("concerned").asInt(-1)).isZero();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{ | this is no JSON",
                "[] | a level is set by an object",
                "{\"level\": \"INFO\"} | \"logger\" is ROOT, or the name",
                "{\"logger\": \"a b\", \"level\": \"INFO\"} | \"logger\" is ROOT, or the name",
                "{\"logger\": \"io.murmur\"} | \"level\" is missing; there are OFF, ERROR, WARN, INFO, DEBUG, TRACE",
                "{\"logger\": \"io.murmur\", \"level\": \"LOUD\"} | 'LOUD' is no level",
                "{\"logger\": \"ROOT\", \"level\": null} | it needs a level",
                "{\"logger\": \"io.murmur\", \"level\": \"INFO\", \"x\": 1} | there is no \"x\" here",
            })
    void aLevelThatIsWrongIsRefusedAndSaysWhatWouldBeRight(String body, String why) {
        HttpResponse<String> answer = level(body);

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(json(answer).path("error").asText()).contains(why);
        assertThat(String.valueOf(page("/log-levels")).toUpperCase(Locale.ROOT)).doesNotContain("LOUD");
    }
}
