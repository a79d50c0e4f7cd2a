package io.murmur.node.resp.command;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.murmur.node.resp.Reply;
import io.murmur.node.resp.Request;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ScanCommandsTest {

    private CommandLine commands = new CommandLine();

    private void set(String prefix, int count) {
        for (int i = 0; i < count; i++) {
            commands.say("SET " + prefix + i + " v");
        }
    }

    /** One answer of a SCAN. */
    private record Answer(String cursor, List<String> keys) {}

    private Answer scan(String cursor, String... options) {
        List<String> words = new ArrayList<>(List.of("SCAN", cursor));
        words.addAll(List.of(options));
        Reply.Items items = (Reply.Items) commands.answer(Request.of(words.toArray(String[]::new)));
        List<String> keys = ((Reply.Items) items.items().get(1))
                .items().stream().map(ScanCommandsTest::text).toList();
        return new Answer(text(items.items().get(0)), keys);
    }

    private static String text(Reply reply) {
        return new String(((Reply.Bulk) reply).bytes(), ISO_8859_1);
    }

    private List<String> scanAll(String... options) {
        List<String> all = new ArrayList<>();
        String cursor = "0";
        do {
            Answer answer = scan(cursor, options);
            all.addAll(answer.keys());
            cursor = answer.cursor();
        } while (!cursor.equals("0"));
        return all;
    }

    private static Set<String> names(String prefix, int count) {
        Set<String> names = new HashSet<>();
        for (int i = 0; i < count; i++) {
            names.add(prefix + i);
        }
        return names;
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "3", "10", "64", "100", "1000", "1000000"})
    void aScanMeetsEveryKey(String count) {
        set("key:", 500);

        assertThat(scanAll("COUNT", count)).hasSize(500).containsAll(names("key:", 500));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "10", "100"})
    void aSlotOfManyKeysIsGoneThroughInPages(String count) {
        set("{tag}", 500);

        List<String> found = scanAll("COUNT", count);

        assertThat(found).hasSize(500).containsAll(names("{tag}", 500));
        assertThat(commands.keyspace.pages).allMatch(page -> page <= 100);
    }

    @Test
    void aCursorIsUnderstoodByAnyNode() {
        set("{tag}", 300);
        Answer first = scan("0", "COUNT", "100");
        assertThat(first.cursor()).isNotEqualTo("0");

        commands = new CommandLine(commands.keyspace);
        Set<String> found = new HashSet<>(first.keys());
        Answer second = scan(first.cursor(), "COUNT", "100");
        found.addAll(second.keys());

        assertThat(found).hasSize(200);
    }

    @Test
    void aCursorWhoseKeyIsGoneBeginsItsSlotAnew() {
        set("{tag}", 300);
        Answer first = scan("0", "COUNT", "100");
        commands.say("DEL " + String.join(" ", first.keys()));

        commands = new CommandLine(commands.keyspace);
        Collection<String> rest = scan(first.cursor(), "COUNT", "1000").keys();

        assertThat(rest).hasSize(200).doesNotContainAnyElementsOf(first.keys());
    }

    @Test
    void whatIsThereAllTheTimeIsMetWhateverComesAndGoes() {
        set("{tag}stays", 300);
        Set<String> found = new HashSet<>();
        String cursor = "0";
        int round = 0;
        do {
            Answer answer = scan(cursor, "COUNT", "10");
            found.addAll(answer.keys());
            cursor = answer.cursor();
            commands.say("SET {tag}goes" + round + " v");
            commands.say("DEL {tag}goes" + (round - 2));
            round++;
        } while (!cursor.equals("0"));

        assertThat(found).containsAll(names("{tag}stays", 300));
    }

    @Test
    void aScanMatchesAPatternAndAType() {
        set("a:", 100);
        set("b:", 100);

        assertThat(scanAll("MATCH", "a:1*", "COUNT", "1000"))
                .containsExactlyInAnyOrder(
                        "a:1", "a:10", "a:11", "a:12", "a:13", "a:14", "a:15", "a:16", "a:17", "a:18", "a:19");
        assertThat(scanAll("TYPE", "string")).hasSize(200);
        assertThat(scanAll("TYPE", "list")).isEmpty();
        assertThat(commands.say("SCAN 0 MATCH x* COUNT 100000")).isEqualTo("[\"0\", []]");
    }

    @Test
    void cursorsAreNumbersBelowTwoToTheFiftyThree() {
        commands.say("SET {yR} first"); // in the last slots
        set("key:", 2000);
        String cursor = "0";
        do {
            cursor = scan(cursor, "COUNT", "5").cursor();
            assertThat(Long.parseLong(cursor)).isBetween(0L, (1L << 53) - 1);
        } while (!cursor.equals("0"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SCAN x -> ERR invalid cursor",
                "SCAN -1 -> ERR invalid cursor",
                "SCAN 9007199254740992 -> ERR invalid cursor",
                "SCAN 0 COUNT 0 -> ERR syntax error",
                "SCAN 0 COUNT x -> ERR value is not an integer or out of range",
                "SCAN 0 COUNT -> ERR syntax error",
                "SCAN 0 FOO bar -> ERR syntax error",
                "FLUSHALL NOW -> ERR syntax error",
                "FLUSHALL SYNC ASYNC -> ERR syntax error"
            })
    void whatMakesNoSenseIsRefused(String line) {
        String[] parts = line.split(" -> ");

        assertThat(commands.say(parts[0])).isEqualTo("(error) " + parts[1]);
    }

    @Test
    void keysAreCountedListedAndDeleted() {
        assertThat(commands.say("DBSIZE")).isEqualTo("0");
        assertThat(commands.say("KEYS *")).isEqualTo("[]");
        assertThat(commands.say("RANDOMKEY")).isEqualTo("nil");
        set("{tag}", 600);
        set("key:", 600);
        commands.say("SET short v PX 10");
        assertThat(commands.say("DBSIZE")).isEqualTo("1201");
        commands.keyspace.pass(10);
        assertThat(commands.say("DBSIZE")).isEqualTo("1200");
        assertThat(((Reply.Items) commands.answer(Request.of("KEYS", "*"))).items())
                .hasSize(1200);
        assertThat(commands.say("KEYS key:7")).isEqualTo("[\"key:7\"]");
        assertThat(commands.say("FLUSHDB ASYNC")).isEqualTo("OK");
        assertThat(commands.say("DBSIZE")).isEqualTo("0");
        set("key:", 5);
        assertThat(commands.say("FLUSHALL")).isEqualTo("OK");
        assertThat(commands.say("RANDOMKEY")).isEqualTo("nil");
    }

    @Test
    void aRandomKeyIsAnyOne() {
        commands.say("SET foo 1");
        commands.say("SET bar 1");
        Set<String> met = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            met.add(commands.say("RANDOMKEY"));
        }

        assertThat(met).containsExactlyInAnyOrder("\"foo\"", "\"bar\"");
    }

    @Test
    void keysThatAreTooManyAreRefusedByName() {
        String filler = "x".repeat(60_000);
        set(filler, 280);

        assertThat(commands.say("KEYS *"))
                .startsWith("(error) ERR KEYS finds more than 16777216 bytes of keys; use SCAN");
        assertThat(commands.say("KEYS *11")).doesNotStartWith("(error)");
    }

    @Test
    void theFirstPartThatFailsIsTheAnswer() {
        set("key:", 100);
        commands.keyspace.refuseLists("MURMUR unavailable");

        for (String line : List.of("DBSIZE", "KEYS *", "SCAN 0", "RANDOMKEY", "FLUSHALL")) {
            assertThat(commands.say(line)).isEqualTo("(error) MURMUR unavailable");
        }
    }
}
