package io.murmur.node.resp;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes requests of bytes, one at a time and when it is asked to, so that whoever has enough of them leaves the rest where it is. It takes
 * out of a buffer whatever it can use, also of a request that is not whole yet: a long word is copied once, into its own array, while it
 * comes.
 *
 * <p>What a stranger announces costs nothing: the array of a word grows with what has come of it, and so does the list of words. Of what
 * does come, a request has {@link Bounds#requestBytes} at most.
 *
 * <p>Not Netty's {@code RedisDecoder}: that makes an object of each token and joins them into arrays again, refuses neither a request of
 * any size nor any number of words, and knows no RESP3 to answer with. Not thread-safe.
 */
final class RequestDecoder {

    /**
     * How much there may be.
     *
     * @param words of a request, its name included
     * @param wordBytes of one word
     * @param requestBytes of all words of a request, with {@link #WORD_OVERHEAD} each
     */
    record Bounds(int words, int wordBytes, long requestBytes) {

        /** For who has not said who it is where that is asked for, as Redis has it. */
        static final Bounds OF_STRANGERS = new Bounds(10, 16 << 10, 10 * (16 << 10));
    }

    /** Redis' PROTO_INLINE_MAX_SIZE: of a line without an end. */
    static final int MAX_LINE = 64 << 10;

    /** An array and the reference to it. */
    static final int WORD_OVERHEAD = 24;

    /** Redis' error for who says too much before it has said who it is. */
    private static final String STRANGER = "unauthenticated ";

    private static final int FIRST_PART = 64 << 10;
    private static final int LONGEST_NUMBER = 20;
    private static final byte[] EMPTY = {};

    private Bounds bounds;

    /** Of the request under way; null between two. */
    private @Nullable List<byte[]> words;

    private int wordsLeft;
    private long bytes;

    /** The word under way; null between two. */
    private byte @Nullable [] word;

    private int wordLength;
    private int wordFilled;

    RequestDecoder(Bounds bounds) {
        this.bounds = bounds;
    }

    /** From the next request on. */
    void goBy(Bounds next) {
        bounds = next;
    }

    /** What is held of a request that is not whole. */
    long heldBytes() {
        return bytes;
    }

    /** The next request, or null when more has to come first. */
    @Nullable
    Request next(ByteBuf in) throws ProtocolException {
        while (in.isReadable() || word != null) {
            if (words == null) {
                if (in.getByte(in.readerIndex()) != '*') {
                    List<byte[]> line = inline(in);
                    if (line == null) {
                        return null;
                    }
                    if (!line.isEmpty()) {
                        return request(line);
                    }
                    continue;
                }
                if (!begin(in)) {
                    return null;
                }
                continue;
            }
            if (word == null && !beginWord(in)) {
                return null;
            }
            if (!fillWord(in)) {
                return null;
            }
            if (wordsLeft == 0) {
                return request(end());
            }
        }
        return null;
    }

    private static Request request(List<byte[]> words) {
        return new Request(words.toArray(new byte[0][]));
    }

    private List<byte[]> end() {
        List<byte[]> whole = words == null ? List.of() : words;
        words = null;
        bytes = 0;
        return whole;
    }

    /** Reads {@code *3}; a request of no words is none. */
    private boolean begin(ByteBuf in) throws ProtocolException {
        long count = number(in, "mbulk", "invalid multibulk length");
        if (count == Long.MIN_VALUE) {
            return false;
        }
        if (count > bounds.words()) {
            throw new ProtocolException(
                    bounds.equals(Bounds.OF_STRANGERS) ? STRANGER + "multibulk length" : "invalid multibulk length");
        }
        if (count > 0) {
            words = new ArrayList<>((int) Math.min(count, 16));
            wordsLeft = (int) count;
        }
        return true;
    }

    /** Reads {@code $5}. */
    private boolean beginWord(ByteBuf in) throws ProtocolException {
        byte first = in.getByte(in.readerIndex());
        if (first != '$') {
            // The character, and not half of one: what is no ASCII is shown as a question mark.
            throw new ProtocolException("expected '$', got '" + (char) (first >= ' ' ? first : '?') + "'");
        }
        long length = number(in, "bulk", "invalid bulk length");
        if (length == Long.MIN_VALUE) {
            return false;
        }
        if (length < 0 || length > bounds.wordBytes()) {
            boolean isStranger = length > 0 && bounds.equals(Bounds.OF_STRANGERS);
            throw new ProtocolException(isStranger ? STRANGER + "bulk length" : "invalid bulk length");
        }
        bytes += length + WORD_OVERHEAD;
        if (bytes > bounds.requestBytes()) {
            throw new ProtocolException("request of more than " + bounds.requestBytes() + " bytes");
        }
        wordLength = (int) length;
        wordFilled = 0;
        word = wordLength == 0 ? EMPTY : new byte[Math.min(wordLength, FIRST_PART)];
        return true;
    }

    /** Takes what there is of a word; true when that was the last of it. */
    private boolean fillWord(ByteBuf in) throws ProtocolException {
        byte[] part = word;
        if (part == null) {
            return true;
        }
        while (wordFilled < wordLength && in.isReadable()) {
            if (wordFilled == part.length) {
                part = Arrays.copyOf(part, (int) Math.min(wordLength, 4L * part.length));
                word = part;
            }
            int count = Math.min(in.readableBytes(), part.length - wordFilled);
            in.readBytes(part, wordFilled, count);
            wordFilled += count;
        }
        if (wordFilled < wordLength || in.readableBytes() < 2) {
            return false;
        }
        if (in.readByte() != '\r' || in.readByte() != '\n') {
            throw new ProtocolException("expected CRLF behind a bulk");
        }
        if (words != null) {
            words.add(part);
        }
        word = null;
        wordsLeft--;
        return true;
    }

    /** The number of a line behind its first character; {@link Long#MIN_VALUE} when the line is not whole. */
    private static long number(ByteBuf in, String what, String error) throws ProtocolException {
        int start = in.readerIndex();
        int limit = Math.min(in.readableBytes(), MAX_LINE + 1);
        int end = in.indexOf(start, start + limit, (byte) '\r');
        if (end < 0) {
            if (limit > MAX_LINE) {
                throw new ProtocolException("too big " + what + " count string");
            }
            return Long.MIN_VALUE;
        }
        if (end + 1 == in.writerIndex()) {
            return Long.MIN_VALUE;
        }
        int length = end - start - 1;
        if (length < 1 || length > LONGEST_NUMBER || in.getByte(end + 1) != '\n') {
            throw new ProtocolException(error);
        }
        long value = 0;
        int from = start + 1;
        boolean isNegative = in.getByte(from) == '-';
        if (isNegative) {
            from++;
        }
        if (from == end || end - from > 18) {
            throw new ProtocolException(error);
        }
        for (int i = from; i < end; i++) {
            int digit = in.getByte(i) - '0';
            if (digit < 0 || digit > 9) {
                throw new ProtocolException(error);
            }
            value = value * 10 + digit;
        }
        in.readerIndex(end + 2);
        return isNegative ? -value : value;
    }

    // ---- what people type

    /** The words of a line; null when it is not whole. */
    private static @Nullable List<byte[]> inline(ByteBuf in) throws ProtocolException {
        int start = in.readerIndex();
        int limit = Math.min(in.readableBytes(), MAX_LINE + 1);
        int end = in.indexOf(start, start + limit, (byte) '\n');
        if (end < 0) {
            if (limit > MAX_LINE) {
                throw new ProtocolException("too big inline request");
            }
            return null;
        }
        byte[] line = new byte[end - start];
        in.readBytes(line).skipBytes(1);
        int length = line.length > 0 && line[line.length - 1] == '\r' ? line.length - 1 : line.length;
        List<byte[]> split = split(line, length);
        if (split == null) {
            throw new ProtocolException("unbalanced quotes in request");
        }
        return split;
    }

    /** Splits a line at its spaces; with quotes as Redis has them. Null when they are not balanced. */
    static @Nullable List<byte[]> split(byte[] line, int length) {
        List<byte[]> words = new ArrayList<>();
        byte[] word = new byte[length];
        int at = 0;
        while (true) {
            while (at < length && isSpace(line[at])) {
                at++;
            }
            if (at == length) {
                return words;
            }
            int filled = 0;
            while (at < length && !isSpace(line[at])) {
                byte quote = line[at];
                if (quote != '"' && quote != '\'') {
                    word[filled++] = line[at++];
                    continue;
                }
                at++;
                while (true) {
                    if (at == length) {
                        return null;
                    }
                    byte one = line[at++];
                    if (one == quote) {
                        break;
                    }
                    if (one == '\\' && at < length) {
                        if (quote == '"' && line[at] == 'x' && at + 2 < length && hex(line, at + 1) >= 0) {
                            one = (byte) hex(line, at + 1);
                            at += 3;
                        } else if (quote == '"') {
                            one = unescaped(line[at++]);
                        } else if (line[at] == '\'') {
                            one = line[at++];
                        }
                    }
                    word[filled++] = one;
                }
                if (at < length && !isSpace(line[at])) {
                    // A closing quote ends its word.
                    return null;
                }
            }
            words.add(Arrays.copyOf(word, filled));
        }
    }

    private static boolean isSpace(byte b) {
        return b == ' ' || (b >= '\t' && b <= '\r') || b == 0;
    }

    private static int hex(byte[] line, int at) {
        int high = Character.digit(line[at], 16);
        int low = Character.digit(line[at + 1], 16);
        return high < 0 || low < 0 ? -1 : high << 4 | low;
    }

    private static byte unescaped(byte letter) {
        return switch (letter) {
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'b' -> '\b';
            case 'a' -> 7;
            default -> letter;
        };
    }

    @Override
    public String toString() {
        return words == null
                ? "between two requests"
                : "in a request of " + words.size() + " words so far"
                        + (words.isEmpty() ? "" : ", " + new String(words.get(0), StandardCharsets.UTF_8));
    }
}
