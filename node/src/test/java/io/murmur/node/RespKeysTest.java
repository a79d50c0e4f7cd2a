package io.murmur.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.murmur.node.resp.RespClient;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Commands on keys, said to one and the other of three nodes. */
@Timeout(180)
class RespKeysTest {

    private static final List<String> NODES = List.of("a", "b", "c");
    private static final Pattern SCANNED = Pattern.compile("\\[\"(\\d+)\", \\[(.*)]]");

    @TempDir
    private Path folder = Path.of(".");

    private TestCluster cluster;
    private final List<RespClient> clients = new ArrayList<>();

    @SuppressWarnings("NullAway.Init")
    RespKeysTest() {}

    @BeforeEach
    void start() throws Exception {
        cluster = new TestCluster(folder, NODES, Map.of());
        for (String name : NODES) {
            cluster.start(name);
        }
        cluster.awaitConnected();
        for (String name : NODES) {
            clients.add(new RespClient(cluster.node(name).respPort()));
        }
    }

    @AfterEach
    void stop() throws IOException {
        for (RespClient client : clients) {
            client.close();
        }
        cluster.close();
    }

    private String say(int node, String line) throws IOException {
        return clients.get(node).say(line);
    }

    private Set<String> scan(int[] nodes, String options) throws IOException {
        Set<String> found = new HashSet<>();
        String cursor = "0";
        int turn = 0;
        do {
            String answer = say(nodes[turn++ % nodes.length], "SCAN " + cursor + options);
            Matcher scanned = SCANNED.matcher(answer);
            assertThat(scanned.matches()).as(answer).isTrue();
            cursor = scanned.group(1);
            for (String key : scanned.group(2).split(", ")) {
                if (!key.isEmpty()) {
                    found.add(key.substring(1, key.length() - 1));
                }
            }
        } while (!cursor.equals("0"));
        return found;
    }

    private Set<String> set(String prefix, int count) throws IOException {
        Set<String> names = new HashSet<>();
        List<String> words = new ArrayList<>(List.of("MSET"));
        for (int i = 0; i < count; i++) {
            names.add(prefix + i);
            words.add(prefix + i);
            words.add("v");
        }
        assertThat(clients.get(0).ask(words.toArray(String[]::new))).isEqualTo("OK");
        return names;
    }

    @Test
    void whatOneNodeIsToldTheOthersKnow() throws Exception {
        assertThat(say(0, "SET a 1 NX EX 100")).isEqualTo("OK");
        assertThat(say(1, "SET a 2 NX")).isEqualTo("nil");
        assertThat(say(2, "INCRBY a 41")).isEqualTo("42");
        assertThat(say(0, "TTL a")).isIn("99", "100");
        assertThat(say(1, "APPEND a !")).isEqualTo("3");
        assertThat(say(2, "GETRANGE a 0 -1")).isEqualTo("\"42!\"");
        assertThat(say(0, "INCR a")).isEqualTo("(error) ERR value is not an integer or out of range");
        assertThat(say(1, "PERSIST a")).isEqualTo("1");
        assertThat(say(2, "EXPIREAT a 99999999999 LT")).isEqualTo("1");
        assertThat(say(0, "EXPIRETIME a")).isEqualTo("99999999999");
        assertThat(say(1, "RENAME a b")).isEqualTo("OK");
        assertThat(say(2, "MGET a b")).isEqualTo("[nil, \"42!\"]");
        assertThat(say(0, "EXPIRETIME b")).isEqualTo("99999999999");
        assertThat(say(1, "COPY b c")).isEqualTo("1");
        assertThat(say(2, "MSETNX d 1 c 2")).isEqualTo("0");
        assertThat(say(0, "EXISTS a b c d")).isEqualTo("2");
        assertThat(say(1, "SETBIT d 7 1")).isEqualTo("0");
        assertThat(say(2, "BITOP NOT d d")).isEqualTo("1");
        assertThat(say(0, "BITFIELD d GET u8 0 INCRBY u8 0 1")).isEqualTo("[254, 255]");
        assertThat(say(1, "GETDEL d")).isEqualTo("\"\u00ff\"");
        assertThat(say(2, "EXPIRE b 0")).isEqualTo("1");
        assertThat(say(0, "DEL a b c d")).isEqualTo("1");
        assertThat(say(1, "INCRBYFLOAT f 0.1")).isEqualTo("\"0.1\"");
        assertThat(say(2, "SET f v PXAT 1")).isEqualTo("OK");
        assertThat(say(0, "TYPE f")).isEqualTo("none");
    }

    @Test
    void whatIsRefusedOnTheWayIsAnswered() throws Exception {
        String tooLong = "k".repeat(70_000);
        say(0, "SET a 1");
        for (String line : List.of("RENAME a ", "RENAMENX a ", "COPY a ", "BITOP NOT ")) {
            assertThat(say(0, line + tooLong + (line.startsWith("BITOP") ? " a" : "")))
                    .as(line)
                    .startsWith("(error) ERR bad request: a key of 70000 bytes");
        }
        assertThat(say(0, "GET a")).isEqualTo("\"1\"");
        assertThat(say(0, "INCR a")).isEqualTo("2");
    }

    @Test
    void moreValuesThanOneAnswerMayHaveAreRefusedAndCountedAllTheSame() throws Exception {
        say(0, "SET a " + "x".repeat(8000));
        String names = " a".repeat(9000);
        assertThat(say(0, "MGET" + names))
                .isEqualTo(
                        "(error) ERR the values are more than 67108864 bytes together; ask for fewer keys at a time");
        assertThat(say(0, "EXISTS" + names)).isEqualTo("9000");
    }

    @Test
    void allKeysAreSeenFromAnyNodeThoughOneIsAway() throws Exception {
        // What the cluster was waited for with.
        assertThat(say(2, "FLUSHALL")).isEqualTo("OK");
        Set<String> names = set("key:", 700);
        names.addAll(set("{tag}", 300));
        assertThat(say(0, "DEL key:0 {tag}0")).isEqualTo("2");
        names.removeAll(Set.of("key:0", "{tag}0"));

        assertThat(say(1, "DBSIZE")).isEqualTo("998");
        assertThat(scan(new int[] {2}, " COUNT 100")).isEqualTo(names);
        // Each answer by another node than the one before.
        assertThat(scan(new int[] {0, 1, 2}, " COUNT 20 MATCH {tag}*"))
                .hasSize(299)
                .allMatch(name -> name.startsWith("{tag}"));

        clients.remove(2).close();
        cluster.stop("c");

        assertThat(say(1, "DBSIZE")).isEqualTo("998");
        assertThat(scan(new int[] {0, 1}, " COUNT 100")).isEqualTo(names);
        assertThat(say(0, "RANDOMKEY")).startsWith("\"");
        assertThat(say(1, "FLUSHALL")).isEqualTo("OK");
        assertThat(say(0, "DBSIZE")).isEqualTo("0");
        assertThat(say(0, "KEYS *")).isEqualTo("[]");
        assertThat(say(1, "RANDOMKEY")).isEqualTo("nil");
    }
}
