package io.murmur.node;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.murmur.kernel.ring.Slots;
import io.murmur.node.config.ConfigurationException;
import io.murmur.node.resp.Command;
import io.murmur.node.resp.RespClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A client of Redis and three nodes. */
@Timeout(120)
class RespTest {

    private static final Pattern OWNER = Pattern.compile("\\[\"127\\.0\\.0\\.1\", (\\d+), \"[0-9a-f]{40}\", \\[]]");

    @TempDir
    private Path folder = Path.of(".");

    private TestCluster cluster;
    private RespClient client;

    @SuppressWarnings("NullAway.Init")
    RespTest() {}

    @BeforeEach
    void start() throws Exception {
        cluster = new TestCluster(folder, List.of("a", "b", "c"), Map.of("caches", "orders:read=ONE"));
        for (String name : List.of("a", "b", "c")) {
            cluster.start(name);
        }
        cluster.awaitConnected();
        client = client("a");
    }

    @AfterEach
    void stop() throws IOException {
        client.close();
        cluster.close();
    }

    private RespClient client(String node) throws IOException {
        return new RespClient(cluster.node(node).respPort());
    }

    // ---- the connection

    @Test
    void theConnectionIsGreetedInTheProtocolItAsksFor() throws Exception {
        assertThat(client.say("HELLO"))
                .startsWith("[\"server\", \"redis\", \"version\", \"7.")
                .contains("\"proto\", 2, \"id\", ")
                .endsWith("\"mode\", \"cluster\", \"role\", \"master\", \"modules\", []]");
        assertThat(client.say("HELLO 3 AUTH default any SETNAME me"))
                .startsWith("{\"server\": \"redis\"")
                .contains("\"proto\": 3");
        assertThat(client.say("CLIENT GETNAME")).isEqualTo("\"me\"");
        assertThat(client.say("GET nothing")).isEqualTo("nil");
        assertThat(client.say("HELLO 4")).isEqualTo("(error) NOPROTO unsupported protocol version");
        assertThat(client.say("HELLO x")).isEqualTo("(error) ERR Protocol version is not an integer or out of range");
        assertThat(client.say("HELLO 2 WHAT")).isEqualTo("(error) ERR Syntax error in HELLO option 'WHAT'");
        assertThat(client.ask("HELLO", "2", "SETNAME", "a b"))
                .isEqualTo("(error) ERR Client names cannot contain spaces, newlines or special characters.");
    }

    @Test
    void theConnectionSaysWhatItIsAndIsAsItWasBehindReset() throws Exception {
        assertThat(client.say("PING")).isEqualTo("PONG");
        assertThat(client.say("PING a")).isEqualTo("\"a\"");
        assertThat(client.say("PING a b")).isEqualTo("(error) ERR wrong number of arguments for 'ping' command");
        assertThat(client.say("ECHO a")).isEqualTo("\"a\"");
        assertThat(client.say("SELECT 0")).isEqualTo("OK");
        assertThat(client.say("SELECT 1")).isEqualTo("(error) ERR SELECT is not allowed in cluster mode");
        assertThat(client.say("CLIENT SETNAME me")).isEqualTo("OK");
        assertThat(client.say("CLIENT SETINFO LIB-NAME test")).isEqualTo("OK");
        assertThat(client.say("CLIENT SETINFO what test")).isEqualTo("(error) ERR Unrecognized option 'what'");
        String tooLong = "n".repeat(257);
        for (String command : List.of("CLIENT SETNAME ", "CLIENT SETINFO LIB-NAME ", "CLIENT SETINFO LIB-VER ")) {
            assertThat(client.say(command + tooLong)).endsWith(" cannot be longer than 256 characters.");
        }
        assertThat(client.say("HELLO 3 SETNAME " + tooLong)).endsWith(" cannot be longer than 256 characters.");
        assertThat(client.say("HELLO 3 " + tooLong)).hasSizeLessThan(200);
        assertThat(client.say("CLIENT SETINFO " + tooLong + " test")).hasSizeLessThan(200);
        assertThat(client.say("CLUSTER REPLICAS " + tooLong)).hasSizeLessThan(200);
        assertThat(client.say("CLIENT NO-EVICT ON")).isEqualTo("OK");
        assertThat(client.say("CLIENT NO-TOUCH maybe")).isEqualTo("(error) ERR syntax error");
        assertThat(client.say("CLIENT INFO"))
                .matches("(?s)\"id=\\d+ addr=127.0.0.1:\\d+ laddr=127.0.0.1:\\d+ .* name=me .* flags=e .*"
                        + "cmd=client\\|info user=default redir=-1 resp=2 lib-name=test lib-ver=\n\"");
        assertThat(client.say("CLIENT TRACKING ON")).startsWith("(error) ERR CLIENT TRACKING is not supported: ");
        assertThat(client.say("CLIENT PAUSE 100")).startsWith("(error) ERR CLIENT PAUSE is not supported: ");
        assertThat(client.say("CLIENT GETREDIR")).isEqualTo("-1");
        assertThat(client.say("MURMUR LEVEL LEVEL one")).isEqualTo("OK");
        assertThat(client.say("RESET")).isEqualTo("RESET");
        assertThat(client.say("CLIENT GETNAME")).isEqualTo("nil");
        assertThat(client.say("MURMUR LEVEL")).isEqualTo("[\"read\", \"LOCAL_QUORUM\", \"write\", \"LOCAL_QUORUM\"]");
        assertThat(client.say("QUIT")).isEqualTo("OK");
        assertThat(client.isClosed()).isTrue();
    }

    @Test
    void connectionsAreListedAndKilled() throws Exception {
        try (RespClient other = client("a")) {
            other.say("CLIENT SETNAME other");
            String id = other.say("CLIENT ID");

            assertThat(client.say("CLIENT LIST")).contains(" name=other ").contains("cmd=client|list");
            assertThat(client.say("CLIENT LIST ID " + id))
                    .contains("id=" + id + " ")
                    .doesNotContain("client|list");
            assertThat(client.say("CLIENT LIST TYPE pubsub")).isEqualTo("\"\"");
            assertThat(client.say("CLIENT LIST TYPE what")).isEqualTo("(error) ERR Unknown client type 'what'");
            assertThat(client.say("CLIENT KILL ID " + id)).isEqualTo("1");
            assertThat(other.isClosed()).isTrue();
        }
        assertThat(client.say("CLIENT KILL 127.0.0.1:1")).isEqualTo("(error) ERR No such client");
        assertThat(client.say("CLIENT KILL TYPE normal SKIPME yes")).isEqualTo("0");
        assertThat(client.say("CLIENT KILL ID " + client.say("CLIENT ID") + " SKIPME no"))
                .isEqualTo("1");
        assertThat(client.isClosed()).isTrue();
    }

    @Test
    void aPipelineIsAnsweredInItsOrderAndReadsWhatItWrote() throws Exception {
        for (int i = 0; i < 200; i++) {
            client.send("SET", "key-" + i % 7, "value-" + i);
            client.send("GET", "key-" + i % 7);
            client.send("INCR", "counter");
        }
        for (int i = 0; i < 200; i++) {
            assertThat(client.receive()).isEqualTo("OK");
            assertThat(client.receive()).isEqualTo("\"value-" + i + "\"");
            assertThat(client.receive()).isEqualTo(Integer.toString(i + 1));
        }
    }

    @Test
    void whatIsNoRespIsNamedAndTheConnectionIsClosed() throws Exception {
        client.sendRaw("*3\r\n$3\r\nSET\r\n$1\r\nx\r\n$-10\r\n".getBytes(ISO_8859_1));
        assertThat(client.receive()).isEqualTo("(error) ERR Protocol error: invalid bulk length");
        assertThat(client.isClosed()).isTrue();
    }

    @Test
    void thereIsNoMoreThanThereIs() throws Exception {
        assertThat(client.say("MULTI"))
                .isEqualTo("(error) ERR unknown command 'multi': there are no transactions: each command is atomic for"
                        + " each of its keys");
        assertThat(client.say("SUBSCRIBE a")).startsWith("(error) ERR unknown command 'subscribe': ");
        assertThat(client.say("FOO bar"))
                .isEqualTo("(error) ERR unknown command 'FOO', with args beginning with: 'bar' ");
        assertThat(client.say("DEBUG SLEEP 1")).isEqualTo("(error) ERR DEBUG is not supported");
    }

    // ---- the node

    @Test
    void commandsAreToldOf() throws Exception {
        String all = client.say("COMMAND");
        assertThat(all).contains("[\"get\", 2, [readonly");
        assertThat(client.say("COMMAND INFO get client|id what"))
                .matches("\\[\\[\"get\", 2, \\[readonly.*], 1, 1, 1, .*], \\[\"client\\|id\", 2, .*], nil]");
        assertThat(Integer.parseInt(client.say("COMMAND COUNT"))).isGreaterThan(50);
        assertThat(client.say("COMMAND DOCS echo"))
                .isEqualTo("[\"echo\", [\"summary\", \"Answers what it is given.\", \"since\", \"1.0.0\", \"group\","
                        + " \"server\"]]");
        assertThat(client.say("COMMAND LIST FILTERBY PATTERN ech*")).isEqualTo("[\"echo\"]");
        assertThat(client.say("COMMAND GETKEYS MSET a 1 b 2")).isEqualTo("[\"a\", \"b\"]");
        assertThat(client.say("COMMAND GETKEYS MURMUR WITH LEVEL one GET a")).isEqualTo("[\"a\"]");
        assertThat(client.say("COMMAND INFO" + " get".repeat(1025))).isEqualTo("(error) ERR more than 1024 names");
        assertThat(client.say("COMMAND DOCS" + " get".repeat(1025))).isEqualTo("(error) ERR more than 1024 names");
        assertThat(client.say("COMMAND GETKEYS PING")).isEqualTo("(error) ERR The command has no key arguments");
        assertThat(client.say("COMMAND GETKEYS WHAT a")).isEqualTo("(error) ERR Invalid command specified");
        assertThat(client.say("COMMAND GETKEYS GET a b"))
                .isEqualTo("(error) ERR Invalid number of arguments specified for command");
    }

    @Test
    void theNodeTellsHowItIs() throws Exception {
        client.say("GET a");
        client.say("GET a b");
        String info = client.say("INFO");
        assertThat(info)
                .contains("# Server\r\nredis_version:7.")
                .contains("\r\ntcp_port:" + cluster.node("a").respPort() + "\r\n")
                .contains("\r\nconnected_clients:1\r\n")
                .contains("\r\ncluster_enabled:1\r\n")
                .contains("\r\nrole:master\r\n")
                .contains("\r\nerrorstat_ERR:count=1\r\n")
                .doesNotContain("cmdstat_");
        assertThat(client.say("INFO commandstats"))
                .matches("(?s)\"# Commandstats\r\n.*cmdstat_get:calls=1,usec=\\d+,usec_per_call=[\\d.]+,"
                        + "rejected_calls=1,failed_calls=0\r\n.*\"");
        assertThat(client.say("CONFIG RESETSTAT")).isEqualTo("OK");
        assertThat(client.say("INFO commandstats")).doesNotContain("cmdstat_get");
        assertThat(client.say("INFO what")).isEqualTo("\"\"");
    }

    @Test
    void settingsAreToldUnderRedisNamesAndNotChanged() throws Exception {
        assertThat(client.say("CONFIG GET maxmemory*"))
                .isEqualTo("[\"maxmemory\", \"0\", \"maxmemory-policy\", \"noeviction\"]");
        assertThat(client.say("CONFIG GET databases SAVE what")).isEqualTo("[\"databases\", \"1\", \"save\", \"\"]");
        assertThat(client.ask("CONFIG", "SET", "save", "")).isEqualTo("OK");
        assertThat(client.say("CONFIG SET maxmemory 100"))
                .isEqualTo("(error) ERR CONFIG SET failed (possibly related to argument 'maxmemory') - can't set"
                        + " immutable config");
        assertThat(client.say("CONFIG SET what 1"))
                .isEqualTo("(error) ERR Unknown option or number of arguments for CONFIG SET - 'what'");
        assertThat(client.say("TIME")).matches("\\[\"\\d{10}\", \"\\d+\"]");
    }

    /** A line for each, but for HELP, in docs/redis.md, in the words that COMMAND DOCS has of it. */
    @Test
    void everyCommandIsDescribedAndNothingElse() throws IOException {
        Path root = Path.of("").toAbsolutePath().getParent();
        String reference = Files.readString(Path.of(String.valueOf(root), "docs", "redis.md"));
        Map<String, String> described = new TreeMap<>();
        Pattern.compile("(?m)^\\| `([A-Z][A-Z0-9_ -]+)` \\| (.+) \\|$")
                .matcher(reference)
                .results()
                .filter(line -> !line.group(2).contains(" | "))
                .forEach(line -> described.put(line.group(1), line.group(2)));

        Map<String, String> offered = new TreeMap<>();
        for (Command command :
                Objects.requireNonNull(cluster.node("a").resp()).commands().allWithSubcommands()) {
            boolean holdsOthersAlone = !command.subcommands().isEmpty() && command.arity() < -1;
            if (!holdsOthersAlone && !command.name().endsWith("|help")) {
                offered.put(command.name().replace('|', ' ').toUpperCase(Locale.ROOT), command.summary());
            }
        }
        assertThat(described).isEqualTo(offered);
    }

    // ---- levels and caches

    @Test
    void levelsAreOfTheConnectionOrOfOneCommand() throws Exception {
        client.say("SET a 1");
        assertThat(client.say("MURMUR LEVEL READ one WRITE all")).isEqualTo("OK");
        assertThat(client.say("MURMUR LEVEL")).isEqualTo("[\"read\", \"ONE\", \"write\", \"ALL\"]");
        assertThat(client.say("MURMUR LEVEL READ any"))
                .isEqualTo("(error) ERR level ANY is for writes; read at ONE or above");
        assertThat(client.say("MURMUR LEVEL READ what")).startsWith("(error) ERR unknown level 'what'");

        cluster.stop("c");
        // Whether it is known yet that it is away or not.
        assertThat(client.say("SET a 2")).matches("\\(error\\) (CLUSTERDOWN unavailable|TIMEOUT timeout): .*");
        assertThat(client.say("MURMUR WITH LEVEL quorum SET a 3")).isEqualTo("OK");
        assertThat(client.say("MURMUR WITH READ quorum GET a")).isEqualTo("\"3\"");
        assertThat(client.say("MURMUR WITH LEVEL one"))
                .isEqualTo("(error) ERR wrong number of arguments for 'murmur|with' command");
        assertThat(client.say("MURMUR WITH LEVEL one READ quorum"))
                .startsWith("(error) ERR a command is missing behind the levels");
        assertThat(client.say("MURMUR LEVEL DEFAULT")).isEqualTo("OK");
        assertThat(client.say("SET a 4")).isEqualTo("OK");
    }

    @Test
    void levelsAndTheCacheMayBeSaidInTheUsersName() throws Exception {
        assertThat(client.say("AUTH anyone?read=one&write=2&cache=orders secret"))
                .isEqualTo("OK");
        assertThat(client.say("MURMUR LEVEL")).isEqualTo("[\"read\", \"ONE\", \"write\", \"2\"]");
        assertThat(client.say("MURMUR CACHE")).isEqualTo("\"orders\"");
        assertThat(client.say("AUTH anyone?what=one secret"))
                .startsWith("(error) ERR 'what=one' behind the user's name");
        assertThat(client.say("AUTH anyone?cache=what secret"))
                .isEqualTo("(error) ERR no cache is called 'what'; there are orders, default");
        assertThat(client.say("AUTH secret"))
                .startsWith("(error) ERR AUTH <password> called without any password configured");
    }

    @Test
    void eachCacheHasItsOwnKeys() throws Exception {
        client.say("SET a default");
        assertThat(client.say("MURMUR CACHES")).isEqualTo("[\"orders\", \"default\"]");
        assertThat(client.say("MURMUR CACHE orders")).isEqualTo("OK");
        assertThat(client.say("GET a")).isEqualTo("nil");
        client.say("SET a orders");
        assertThat(client.say("MURMUR CACHE default")).isEqualTo("OK");
        assertThat(client.say("GET a")).isEqualTo("\"default\"");
    }

    // ---- the cluster

    @Test
    void everySlotHasLivingOwnersInTheClientsMap() throws Exception {
        // Ports come with rumour.
        for (String port : List.of(port("b"), port("c"))) {
            Await.until(
                    "b and c have been heard of", () -> said("CLUSTER SLOTS").contains(", " + port + ", "));
        }
        String slots = client.say("CLUSTER SLOTS");
        int[] covered = new int[Slots.COUNT];
        Matcher range = Pattern.compile("\\[(\\d+), (\\d+), (\\[[^\\[]+\\[]](?:, \\[[^\\[]+\\[]])*)]")
                .matcher(slots);
        while (range.find()) {
            assertThat(OWNER.matcher(range.group(3)).results().map(owner -> owner.group(1)))
                    .containsExactlyInAnyOrder(port("a"), port("b"), port("c"));
            for (int slot = Integer.parseInt(range.group(1)); slot <= Integer.parseInt(range.group(2)); slot++) {
                covered[slot]++;
            }
        }
        assertThat(covered).containsOnly(1);

        assertThat(client.say("CLUSTER NODES"))
                .contains(":" + port("a") + "@" + cluster.port("a") + " myself,master - 0 0 ")
                .contains(":" + port("b") + "@" + cluster.port("b") + " master - 0 0 ");
        assertThat(client.say("CLUSTER SHARDS"))
                .contains("\"role\", \"master\"")
                .contains("\"health\", \"online\"");
        assertThat(client.say("CLUSTER INFO")).contains("cluster_state:ok\r\n").contains("cluster_known_nodes:3\r\n");
        assertThat(client.say("CLUSTER MYID")).matches("\"[0-9a-f]{40}\"");
        assertThat(client.say("CLUSTER KEYSLOT foo")).isEqualTo("12182");
        assertThat(client.say("READONLY")).isEqualTo("OK");
        assertThat(client.say("ASKING")).isEqualTo("OK");
        assertThat(client.say("CLUSTER MEET 127.0.0.1 1")).startsWith("(error) ERR CLUSTER MEET is not supported: ");
    }

    private String port(String node) {
        return Integer.toString(cluster.node(node).respPort());
    }

    @Test
    void theMapLeadsAroundANodeThatIsGone() throws Exception {
        String gone = ", " + port("b") + ", ";
        Await.until("b has been heard of", () -> said("CLUSTER SLOTS").contains(gone));
        cluster.stop("b");
        Await.until("b is out of the map", () -> !said("CLUSTER SLOTS").contains(gone));
        assertThat(said("CLUSTER NODES")).contains(" master,fail - ");
        assertThat(said("CLUSTER INFO")).contains("cluster_state:ok");
        assertThat(client.say("SET a 1")).isEqualTo("OK");
    }

    private String said(String line) {
        try {
            return client.say(line);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void keysOfASlotAreThoseThatThisNodeHolds() throws Exception {
        client.say("MURMUR LEVEL LEVEL all");
        client.say("SET {foo}1 x");
        client.say("SET {foo}2 x");
        client.say("DEL {foo}1");
        assertThat(client.say("CLUSTER COUNTKEYSINSLOT 12182")).isEqualTo("1");
        assertThat(client.say("CLUSTER GETKEYSINSLOT 12182 10")).isEqualTo("[\"{foo}2\"]");
        assertThat(client.say("CLUSTER COUNTKEYSINSLOT 16384")).isEqualTo("(error) ERR Invalid slot");
        assertThat(client.say("CLUSTER GETKEYSINSLOT 1 -1")).isEqualTo("(error) ERR Invalid slot or number of keys");
    }

    @Test
    void aRequestIsServedByWhateverNodeIsAsked() throws Exception {
        for (int i = 0; i < 20; i++) {
            client.say("SET key-" + i + " value-" + i);
        }
        try (RespClient other = client("c")) {
            for (int i = 0; i < 20; i++) {
                assertThat(other.say("GET key-" + i)).isEqualTo("\"value-" + i + "\"");
            }
        }
    }

    @Test
    void waitTellsHowManyOwnersBesideOneHoldTheLastWrites() throws Exception {
        assertThat(client.say("WAIT 2 100")).isEqualTo("0");
        client.say("SET a 1");
        client.say("INCR a");
        assertThat(client.say("WAIT 2 10000")).isEqualTo("2");

        cluster.stop("c");
        client.say("SET a 5");
        assertThat(client.say("WAIT 2 300")).isEqualTo("1");
        assertThat(client.say("WAIT 1 0")).isEqualTo("1");
        assertThat(client.say("WAIT x 0")).isEqualTo("(error) ERR value is not an integer or out of range");
        assertThat(client.say("WAIT 1 -1")).isEqualTo("(error) ERR timeout is negative");
    }

    // ---- settings

    @Test
    void theCacheOfTheSettingsIsAmongTheCaches() {
        assertThatThrownBy(() -> cluster.configuration("a", "resp.cache", "what"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("resp.cache is 'what'")
                .hasMessageContaining("none of the caches: orders, default");
        assertThat(cluster.configuration("a", "resp.enabled", "false").resp()).isNull();
    }

    @Test
    void aStoppingNodeAnswersWhatHasBegunAndCloses() throws Exception {
        // Whoever has only connected may not have been noticed yet, and then hears that the node is stopping.
        assertThat(client.say("PING")).isEqualTo("PONG");
        cluster.stop("a");
        assertThat(client.isClosed()).isTrue();
    }
}
