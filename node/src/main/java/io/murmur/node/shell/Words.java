package io.murmur.node.shell;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A line taken apart into the words of a command, by the rules of redis-cli: spaces separate; in double quotes {@code \n \r \t \b \a} and
 * {@code \xHH} are bytes and a backslash takes any other character as it is; in single quotes only {@code \'} is special. Text is UTF-8.
 */
sealed interface Words {

    /** All of it. */
    record Whole(List<byte[]> words) implements Words {}

    /** A quote is open at its end: it goes on in the next line. */
    record Open(char quote) implements Words {}

    /** No words. */
    record Wrong(String why) implements Words {}

    static Words of(String line) {
        return new Splitter(line.getBytes(StandardCharsets.UTF_8)).split();
    }

    /** One that is a name, as text. */
    static String text(byte[] word) {
        return new String(word, StandardCharsets.UTF_8);
    }

    static byte[] bytes(String word) {
        return word.getBytes(StandardCharsets.UTF_8);
    }

    /** Reads from left to right, once. */
    final class Splitter {

        private static final String ESCAPES = "nrtba";
        private static final String ESCAPED = "\n\r\t\b\u0007";

        private final byte[] line;
        private int at;

        private Splitter(byte[] line) {
            this.line = line;
        }

        private Words split() {
            List<byte[]> words = new ArrayList<>();
            while (true) {
                while (at < line.length && isSpace(line[at])) {
                    at++;
                }
                if (at == line.length) {
                    return new Whole(words);
                }
                ByteArrayOutputStream word = new ByteArrayOutputStream();
                Words problem = word(word);
                if (problem != null) {
                    return problem;
                }
                words.add(word.toByteArray());
            }
        }

        private @Nullable Words word(ByteArrayOutputStream word) {
            while (at < line.length && !isSpace(line[at])) {
                byte next = line[at++];
                if (next != '"' && next != '\'') {
                    word.write(next);
                } else if (!quoted(next, word)) {
                    return new Open((char) next);
                } else if (at < line.length && !isSpace(line[at])) {
                    return new Wrong("a closing quote must be followed by a space");
                }
            }
            return null;
        }

        /** Whether the quote ends. */
        private boolean quoted(byte quote, ByteArrayOutputStream word) {
            while (at < line.length) {
                byte next = line[at++];
                if (next == quote) {
                    return true;
                }
                boolean escapes = next == '\\' && at < line.length && (quote == '"' || line[at] == '\'');
                word.write(escapes ? escaped(quote) : next);
            }
            return false;
        }

        private byte escaped(byte quote) {
            byte next = line[at++];
            if (quote == '\'') {
                return next;
            }
            if (next == 'x' && at + 1 < line.length && digit(at) >= 0 && digit(at + 1) >= 0) {
                at += 2;
                return (byte) (digit(at - 2) << 4 | digit(at - 1));
            }
            int known = ESCAPES.indexOf(next);
            return known < 0 ? next : (byte) ESCAPED.charAt(known);
        }

        private int digit(int place) {
            return Character.digit((char) line[place], 16);
        }

        private static boolean isSpace(byte next) {
            return next == ' ' || next == '\t' || next == '\n' || next == '\r';
        }
    }
}
