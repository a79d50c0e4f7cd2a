package io.murmur.node.shell;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WordsTest {

    /** Bytes as characters of the same number. */
    private static List<String> words(String line) {
        return ((Words.Whole) Words.of(line))
                .words().stream()
                        .map(word -> new String(word, StandardCharsets.ISO_8859_1))
                        .toList();
    }

    @Test
    void spacesSeparate() {
        assertThat(words("  SET\tkey  value ")).containsExactly("SET", "key", "value");
        assertThat(words("")).isEmpty();
        assertThat(words(" \t ")).isEmpty();
    }

    @Test
    void inDoubleQuotesABackslashEscapes() {
        assertThat(words("\"a b\"")).containsExactly("a b");
        assertThat(words("\"\\n\\r\\t\\b\\a\"")).containsExactly("\n\r\t\b\u0007");
        assertThat(words("\"\\x00\\xfF\\x7e\"")).containsExactly("\u0000\u00ff~");
        assertThat(words("\"\\\"\\\\\\q\"")).containsExactly("\"\\q");
        assertThat(words("\"\\xg0\\x1\"")).as("no two digits").containsExactly("xg0x1");
        assertThat(words("\"it's\"")).containsExactly("it's");
    }

    @Test
    void inSingleQuotesOnlyTheQuoteIsEscaped() {
        assertThat(words("'a b'")).containsExactly("a b");
        assertThat(words("'it\\'s'")).containsExactly("it's");
        assertThat(words("'\\n\\x00\"'")).containsExactly("\\n\\x00\"");
    }

    @Test
    void outsideOfQuotesABackslashIsOne() {
        assertThat(words("a\\nb \\connect")).containsExactly("a\\nb", "\\connect");
    }

    @Test
    void anEmptyWordIsOneAndAQuoteMayBeginWithinAWord() {
        assertThat(words("SET key \"\" ''")).containsExactly("SET", "key", "", "");
        assertThat(words("a\"b c\"")).containsExactly("ab c");
    }

    @Test
    void textIsUtf8() {
        assertThat(Words.text(((Words.Whole) Words.of("'grüße' ☃")).words().get(0)))
                .isEqualTo("grüße");
    }

    @Test
    void whatWasFormattedForPeopleCanBeTyped() {
        byte[] all = new byte[256];
        for (int i = 0; i < all.length; i++) {
            all[i] = (byte) i;
        }

        assertThat(((Words.Whole) Words.of(Format.quoted(all))).words())
                .singleElement()
                .isEqualTo(all);
    }

    @ParameterizedTest
    @ValueSource(strings = {"SET key \"", "\"a\\\"", "a\"b", "\"a\nb", "\"\\"})
    void aDoubleQuoteMayBeOpen(String line) {
        assertThat(Words.of(line)).isEqualTo(new Words.Open('"'));
    }

    @Test
    void aSingleQuoteMayBeOpen() {
        assertThat(Words.of("'a\\'")).isEqualTo(new Words.Open('\''));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"a\"b", "'a''b'", "\"a\"\"\""})
    void nothingButSpaceFollowsAClosingQuote(String line) {
        assertThat(Words.of(line)).isInstanceOf(Words.Wrong.class);
    }
}
