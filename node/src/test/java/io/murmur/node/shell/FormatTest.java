package io.murmur.node.shell;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers as they come, and as they are shown. */
class FormatTest {

    private static Answer read(String bytes) throws IOException {
        ByteArrayInputStream in = new ByteArrayInputStream(bytes.getBytes(StandardCharsets.ISO_8859_1));
        Answer answer = new AnswerReader(in).read();
        assertThat(in.available()).isZero();
        return answer;
    }

    private static String terminal(String bytes) throws IOException {
        return new String(Format.TERMINAL.of(read(bytes)), StandardCharsets.UTF_8);
    }

    private static String raw(String bytes) throws IOException {
        return new String(Format.RAW.of(read(bytes)), StandardCharsets.ISO_8859_1);
    }

    @Test
    void oneValueIsALineThatSaysWhatItIs() throws IOException {
        assertThat(terminal("+OK\r\n")).isEqualTo("OK\n");
        assertThat(terminal("-ERR no\r\n")).isEqualTo("(error) ERR no\n");
        assertThat(terminal("!6\r\nERR no\r\n")).isEqualTo("(error) ERR no\n");
        assertThat(terminal(":-42\r\n")).isEqualTo("(integer) -42\n");
        assertThat(terminal("$4\r\na\"\r\n\r\n")).isEqualTo("\"a\\\"\\r\\n\"\n");
        assertThat(terminal("$2\r\n\u0000\u00e9\r\n")).isEqualTo("\"\\x00\\xe9\"\n");
        assertThat(terminal("$-1\r\n")).isEqualTo("(nil)\n");
        assertThat(terminal("*-1\r\n")).isEqualTo("(nil)\n");
        assertThat(terminal("_\r\n")).isEqualTo("(nil)\n");
        assertThat(terminal(",1.5\r\n")).isEqualTo("(double) 1.5\n");
        assertThat(terminal("(12345678901234567890\r\n")).isEqualTo("(big number) 12345678901234567890\n");
        assertThat(terminal("#t\r\n")).isEqualTo("(true)\n");
        assertThat(terminal("#f\r\n")).isEqualTo("(false)\n");
        assertThat(terminal("=7\r\ntxt:a\nb\r\n")).isEqualTo("a\nb\n");
    }

    @Test
    void whatHoldsNothingSaysSo() throws IOException {
        assertThat(terminal("*0\r\n")).isEqualTo("(empty array)\n");
        assertThat(terminal("~0\r\n")).isEqualTo("(empty set)\n");
        assertThat(terminal("%0\r\n")).isEqualTo("(empty hash)\n");
        assertThat(raw("*0\r\n")).isEqualTo("\n");
    }

    @Test
    void itemsAreNumberedAndIndentedByWhatHoldsThem() throws IOException {
        assertThat(terminal("*3\r\n$1\r\na\r\n*2\r\n:1\r\n*1\r\n:2\r\n~1\r\n+x\r\n"))
                .isEqualTo("""
                        1) "a"
                        2) 1) (integer) 1
                           2) 1) (integer) 2
                        3) 1~ x
                        """);
    }

    @Test
    void numbersOfManyItemsAreAligned() throws IOException {
        assertThat(terminal("*10\r\n" + ":7\r\n".repeat(9) + "*2\r\n:1\r\n:2\r\n"))
                .startsWith(" 1) (integer) 7\n 2) (integer) 7\n")
                .endsWith(" 9) (integer) 7\n10) 1) (integer) 1\n    2) (integer) 2\n");
    }

    @Test
    void aMapShowsKeysAndValues() throws IOException {
        assertThat(terminal("%3\r\n$1\r\nk\r\n:1\r\n+l\r\n*2\r\n:2\r\n:3\r\n+m\r\n*0\r\n"))
                .isEqualTo(
                        "1# \"k\" => (integer) 1\n2# l => \n   1) (integer) 2\n   2) (integer) 3\n3# m => (empty array)\n");
    }

    @Test
    void rawIsTheBytesAlone() throws IOException {
        assertThat(raw("$4\r\na\u0000\u00ff\n\r\n")).isEqualTo("a\u0000\u00ff\n\n");
        assertThat(raw(":5\r\n")).isEqualTo("5\n");
        assertThat(raw("$-1\r\n")).isEqualTo("\n");
        assertThat(raw("*3\r\n+a\r\n*2\r\n+b\r\n+c\r\n+d\r\n")).isEqualTo("a\nb\nc\nd\n");
        assertThat(raw("%2\r\n+a\r\n:1\r\n+b\r\n#t\r\n")).isEqualTo("a 1\nb (true)\n");
    }

    @Test
    void aTextForPeopleIsShownAsItIsInEitherProtocol() throws IOException {
        byte[] shown = Format.TERMINAL.of(
                read("$9\r\na:1\r\nb:2\n\r\n".replace("$9", "$9")),
                List.of(Words.bytes("cluster"), Words.bytes("info")));

        assertThat(new String(shown, StandardCharsets.UTF_8)).isEqualTo("a:1\r\nb:2\n\n");
        assertThat(Format.TERMINAL.of(read("$1\r\na\r\n"), List.of(Words.bytes("GET"), Words.bytes("info"))))
                .asString()
                .isEqualTo("\"a\"\n");
    }

    @Test
    void anAttributeIsPassedOver() throws IOException {
        assertThat(terminal("|1\r\n+ttl\r\n:3600\r\n$1\r\nv\r\n")).isEqualTo("\"v\"\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 400\r\n",
                "$-2\r\n",
                "$99999999999\r\n",
                "$x\r\n",
                "$1\r\nab\r\n",
                "#x\r\n",
                "=2\r\nab\r\n",
                "+a\rb\r\n",
                "_x\r\n"
            })
    void whatIsNoAnswerIsRefused(String bytes) {
        Assertions.assertThatThrownBy(() -> read(bytes))
                .isInstanceOf(IOException.class)
                .isNotInstanceOf(EOFException.class);
    }

    @Test
    void anAnswerWithoutEndIsRefusedAndSoIsOneOfTooManyLevels() {
        Assertions.assertThatThrownBy(() -> read("+" + "a".repeat(100_000))).hasMessageContaining("a line of more");
        Assertions.assertThatThrownBy(() -> read("*1\r\n".repeat(100_000))).hasMessageContaining("levels");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "+O", "$5\r\nab", "*2\r\n:1\r\n", "$1000000\r\n", "*1000000\r\n"})
    void anAnswerCutShortIsTheEnd(String bytes) {
        Assertions.assertThatThrownBy(() -> read(bytes)).isInstanceOf(EOFException.class);
    }
}
