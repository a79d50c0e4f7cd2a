package io.murmur.node.shell;

import io.murmur.node.shell.Answer.Bulk;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Answers out of a stream, in RESP2 or RESP3. What is no answer is an {@link IOException}, and the stream is of no use from then on. */
final class AnswerReader {

    /** Redis' own bound on a string. */
    private static final int MOST_BYTES = 512 << 20;

    private static final int MOST_LINE_BYTES = 64 << 10;
    private static final int MOST_DEPTH = 64;

    private final InputStream in;

    /** @param in best buffered: it is read byte by byte */
    AnswerReader(InputStream in) {
        this.in = in;
    }

    /**
     * The next one.
     *
     * @throws EOFException when the stream has ended
     */
    Answer read() throws IOException {
        return read(0);
    }

    private Answer read(int depth) throws IOException {
        if (depth > MOST_DEPTH) {
            throw new IOException("an answer of more than " + MOST_DEPTH + " levels");
        }
        int type = in.read();
        return switch (type) {
            case '+' -> new Answer.Status(line());
            case '-' -> new Answer.Failed(line());
            case ':' -> new Answer.Int(number(line()));
            case ',' -> new Answer.Real(line());
            case '(' -> new Answer.Big(line());
            case '#' -> truth(line());
            case '_' -> nil(line());
            case '$' -> bulk(line());
            case '!' -> bulk(line()) instanceof Bulk error ? new Answer.Failed(text(error.bytes())) : new Answer.Nil();
            case '=' -> bulk(line()) instanceof Bulk text ? verbatim(text.bytes()) : new Answer.Nil();
            case '*' -> {
                int size = size(line());
                yield size < 0 ? new Answer.Nil() : new Answer.Items(items(size, depth));
            }
            case '~' -> new Answer.Distinct(items(size(line()), depth));
            case '>' -> new Answer.Push(items(size(line()), depth));
            case '%' -> new Answer.Pairs(pairs(size(line()), depth));
            case '|' -> {
                // Attributes are about the answer behind them, and may be passed over.
                pairs(size(line()), depth);
                yield read(depth);
            }
            case -1 -> throw new EOFException("closed by the other side");
            default -> throw new IOException("it does not speak RESP: its answer begins with byte " + type);
        };
    }

    private List<Answer> items(int size, int depth) throws IOException {
        List<Answer> items = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            items.add(read(depth + 1));
        }
        return items;
    }

    private List<Map.Entry<Answer, Answer>> pairs(int size, int depth) throws IOException {
        List<Map.Entry<Answer, Answer>> pairs = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            Answer key = read(depth + 1);
            pairs.add(Map.entry(key, read(depth + 1)));
        }
        return pairs;
    }

    private Answer bulk(String header) throws IOException {
        int size = size(header);
        if (size < 0) {
            return new Answer.Nil();
        }
        byte[] bytes = in.readNBytes(size);
        if (bytes.length < size) {
            throw new EOFException("closed by the other side");
        }
        if (in.read() != '\r' || in.read() != '\n') {
            throw new IOException("a string is longer than it claims");
        }
        return new Bulk(bytes);
    }

    /** Its first four bytes say what kind of text it is: {@code txt:}. */
    private static Answer verbatim(byte[] bytes) throws IOException {
        if (bytes.length < 4 || bytes[3] != ':') {
            throw new IOException("a text without its kind");
        }
        byte[] text = new byte[bytes.length - 4];
        System.arraycopy(bytes, 4, text, 0, text.length);
        return new Answer.Verbatim(text);
    }

    private static Answer truth(String line) throws IOException {
        return switch (line) {
            case "t" -> new Answer.Truth(true);
            case "f" -> new Answer.Truth(false);
            default -> throw new IOException("neither true nor false: " + line);
        };
    }

    private static Answer nil(String line) throws IOException {
        if (!line.isEmpty()) {
            throw new IOException("not null: " + line);
        }
        return new Answer.Nil();
    }

    private static long number(String line) throws IOException {
        try {
            return Long.parseLong(line);
        } catch (NumberFormatException e) {
            throw new IOException("not a number: " + line, e);
        }
    }

    private static int size(String line) throws IOException {
        long size = number(line);
        if (size < -1 || size > MOST_BYTES) {
            throw new IOException("a size of " + size);
        }
        return (int) size;
    }

    private String line() throws IOException {
        byte[] bytes = new byte[64];
        int length = 0;
        while (true) {
            int next = in.read();
            if (next < 0) {
                throw new EOFException("closed by the other side");
            }
            if (next == '\r') {
                if (in.read() != '\n') {
                    throw new IOException("a carriage return within a line");
                }
                return new String(bytes, 0, length, StandardCharsets.UTF_8);
            }
            if (length == MOST_LINE_BYTES) {
                throw new IOException("a line of more than " + MOST_LINE_BYTES + " bytes");
            }
            if (length == bytes.length) {
                bytes = Arrays.copyOf(bytes, 2 * length);
            }
            bytes[length++] = (byte) next;
        }
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
