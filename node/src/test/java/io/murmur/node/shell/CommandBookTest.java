package io.murmur.node.shell;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class CommandBookTest {

    private static final CommandBook BOOK = CommandBook.ofLines("""
            CLIENT GETNAME |
            CLIENT SETNAME | connection-name
            COPY | source destination [DB 0] [REPLACE]
            GET | key
            GETEX | key [EX seconds | PERSIST]
            MURMUR LEVEL | [LEVEL level] [READ level] [WRITE level]
            SET | key value [NX | XX] [GET] [EX seconds | PX milliseconds]
            """);

    private static List<String> complete(String line) {
        List<String> words = Arrays.asList(line.split(" ", -1));
        return BOOK.completions(words.subList(0, words.size() - 1), words.get(words.size() - 1));
    }

    private static String hint(String line) {
        return BOOK.hint(Arrays.asList(line.split(" ")));
    }

    @Test
    void aNameIsCompletedInTheLettersItWasBegunWith() {
        assertThat(complete("G")).containsExactly("GET", "GETEX");
        assertThat(complete("ge")).containsExactly("get", "getex");
        assertThat(complete("X")).isEmpty();
        assertThat(complete("CL")).containsExactly("CLIENT");
    }

    @Test
    void aSubcommandIsCompleted() {
        assertThat(complete("CLIENT ")).containsExactly("GETNAME", "SETNAME");
        assertThat(complete("client s")).containsExactly("setname");
        assertThat(complete("client ")).containsExactly("getname", "setname");
    }

    @Test
    void optionsAreCompletedButNotASecondTime() {
        assertThat(complete("SET k v ")).containsExactly("NX", "XX", "GET", "EX", "PX");
        assertThat(complete("SET k v NX E")).containsExactly("EX");
        assertThat(complete("SET k v NX N")).isEmpty();
        assertThat(complete("set k v e")).containsExactly("ex");
    }

    @Test
    void levelsAreCompletedWhereOneIsDue() {
        assertThat(complete("MURMUR LEVEL READ QU")).containsExactly("QUORUM");
        assertThat(complete("murmur level read local")).containsExactly("local_one", "local_quorum");
        assertThat(complete("\\level ")).contains("quorum", "read", "write");
        assertThat(complete("\\level read o")).containsExactly("one");
    }

    @Test
    void theShellsOwnCommandsAreCompleted() {
        assertThat(complete("\\")).containsExactly("\\connect", "\\help", "\\level", "\\quit", "\\timing");
        assertThat(complete("\\timing o")).containsExactly("on", "off");
        assertThat(complete("\\help ge")).containsExactly("get", "getex");
    }

    @Test
    void aHintIsWhatIsStillToCome() {
        assertThat(hint("SET")).isEqualTo("key value [NX | XX] [GET] [EX seconds | PX milliseconds]");
        assertThat(hint("set k")).isEqualTo("value [NX | XX] [GET] [EX seconds | PX milliseconds]");
        assertThat(hint("SET k v EX 10")).isEqualTo("[NX | XX] [GET]");
        assertThat(hint("GET k")).isEmpty();
        assertThat(hint("CLIENT SETNAME")).isEqualTo("connection-name");
        assertThat(hint("NOTHING")).isEmpty();
    }

    @Test
    void aCommandIsExplainedByItsNameOrThatOfWhatHoldsIt() {
        assertThat(BOOK.about(List.of("client")))
                .extracting(CommandBook.Entry::name)
                .containsExactly("CLIENT GETNAME", "CLIENT SETNAME");
        assertThat(BOOK.about(List.of("get")))
                .extracting(CommandBook.Entry::name)
                .containsExactly("GET");
    }

    /** What follows is said in RESP2, where a map is an array, and in RESP3. */
    private static Answer docs(String map, int perEntry) throws IOException {
        String argument = "%s2 +name +key +type +key";
        String token = "%s4 +name +seconds +type +integer +token +EX +flags *1 +optional";
        String choice = "%s4 +name +c +type +oneof +flags *1 +optional +arguments *2 "
                + "%s3 +name +a +type +pure-token +token +AA "
                + "%s3 +name +b +type +block +arguments *2 %s2 +name +x +type +string %s2 +name +y +type +string";
        String many = "%s3 +name +more +type +key +flags *1 +multiple";
        String text = "%s3 +get %s1 +summary +Gets. "
                + "+fresh %s2 +summary +New. +arguments *4 " + argument + " " + token + " " + choice + " " + many
                + " +client %s2 +summary +Clients. +subcommands %s1 +client|setname %s1 +summary +Names.";
        StringBuilder wire = new StringBuilder();
        for (String word : text.split(" (?=[+*%])")) {
            wire.append(
                            word.startsWith("%s")
                                    ? map
                                            + perEntry
                                                    * Integer.parseInt(
                                                            word.substring(2).strip())
                                    : word.strip())
                    .append("\r\n");
        }
        return new AnswerReader(new ByteArrayInputStream(wire.toString().getBytes(StandardCharsets.UTF_8))).read();
    }

    @Test
    void theServerSaysWhatThereIsAndWhatItDoesNotSayOfItIsKnownHere() throws IOException {
        for (Answer docs : List.of(docs("%", 1), docs("*", 2))) {
            CommandBook told = BOOK.asToldBy(docs);

            assertThat(told.about(List.of("get"))).containsExactly(new CommandBook.Entry("GET", "key", "Gets."));
            assertThat(told.about(List.of("fresh")))
                    .containsExactly(
                            new CommandBook.Entry("FRESH", "key [EX seconds] [AA | x y] more [more ...]", "New."));
            assertThat(told.about(List.of("client")))
                    .containsExactly(new CommandBook.Entry("CLIENT SETNAME", "connection-name", "Names."));
            assertThat(told.about(List.of("set"))).isEmpty();
        }
    }

    @Test
    void aServerThatDoesNotTellChangesNothing() {
        assertThat(BOOK.asToldBy(new Answer.Failed("ERR unknown command"))).isSameAs(BOOK);
        assertThat(BOOK.asToldBy(new Answer.Items(List.of()))).isSameAs(BOOK);
    }

    @Test
    void whatIsBuiltInHasAllThatIsSaidOfIt() {
        CommandBook builtIn = CommandBook.builtIn();

        assertThat(builtIn.hint(List.of("SET", "k", "v"))).contains("[NX | XX]").contains("KEEPTTL");
        assertThat(builtIn.completions(List.of("CLUSTER"), "")).contains("SLOTS", "SHARDS", "KEYSLOT");
        assertThat(builtIn.completions(List.of(), "MUR")).containsExactly("MURMUR");
    }
}
