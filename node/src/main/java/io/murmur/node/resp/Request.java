package io.murmur.node.resp;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/** A command's words, its name the first: at least one. Immutable; arrays are not copied and must not be changed. */
public final class Request {

    /** Of a word so many bytes are repeated in an error, as Redis does. */
    static final int MOST_REPEATED = 128;

    private final byte[][] words;

    public Request(byte[]... words) {
        if (words.length == 0) {
            throw new IllegalArgumentException("a request has a name");
        }
        this.words = words;
    }

    /** For tests and for what the node asks of itself. */
    public static Request of(String... words) {
        byte[][] bytes = new byte[words.length][];
        for (int i = 0; i < words.length; i++) {
            bytes[i] = words[i].getBytes(StandardCharsets.UTF_8);
        }
        return new Request(bytes);
    }

    /** How many words it has, the name included. */
    public int size() {
        return words.length;
    }

    /** How many bytes its words hold. */
    long bytes() {
        long bytes = (long) words.length * RequestDecoder.WORD_OVERHEAD;
        for (byte[] word : words) {
            bytes += word.length;
        }
        return bytes;
    }

    /** The command's name, in small letters. */
    public String name() {
        return text(0).toLowerCase(Locale.ROOT);
    }

    /** The word at this place; 0 is the name. */
    public byte[] word(int place) {
        return words[place];
    }

    /** The word at this place as text: UTF-8, and what is no UTF-8 replaced. */
    public String text(int place) {
        return new String(words[place], StandardCharsets.UTF_8);
    }

    /** As {@link #text}, its beginning alone when it is long: for errors that repeat it. */
    public String clipped(int place) {
        byte[] word = words[place];
        return new String(word, 0, Math.min(word.length, MOST_REPEATED), StandardCharsets.UTF_8);
    }

    /** Whether the word at this place is this one, in any case. */
    public boolean is(int place, String option) {
        byte[] word = words[place];
        if (word.length != option.length()) {
            return false;
        }
        for (int i = 0; i < word.length; i++) {
            if (Character.toLowerCase((char) (word[i] & 0xFF)) != Character.toLowerCase(option.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    /**
     * The word at this place as a number: decimal, no sign but a minus, no zero in front, as Redis has it.
     *
     * @throws Refusal when it is none, or out of a long's range
     */
    public long integer(int place) {
        return integer(words[place], Refusal.NO_INTEGER);
    }

    /** As {@link #integer(int)}, with another error. */
    public static long integer(byte[] word, String error) {
        int length = word.length;
        boolean isNegative = length > 0 && word[0] == '-';
        int from = isNegative ? 1 : 0;
        boolean isZero = length == 1 && word[0] == '0';
        if (length - from < 1 || length - from > 19 || (!isZero && word[from] == '0')) {
            throw new Refusal(error);
        }
        long negated = 0;
        for (int i = from; i < length; i++) {
            int digit = word[i] - '0';
            if (digit < 0 || digit > 9 || negated < (Long.MIN_VALUE + digit) / 10) {
                throw new Refusal(error);
            }
            negated = negated * 10 - digit;
        }
        if (!isNegative && negated == Long.MIN_VALUE) {
            throw new Refusal(error);
        }
        return isNegative ? negated : -negated;
    }

    /** The words from this place on, as a request of its own. */
    public Request from(int place) {
        byte[][] rest = new byte[words.length - place][];
        System.arraycopy(words, place, rest, 0, rest.length);
        return new Request(rest);
    }

    /** The words from this place on. */
    public List<byte[]> words(int from) {
        return List.of(words).subList(from, words.length);
    }

    @Override
    public String toString() {
        return name() + " with " + (words.length - 1) + " arguments";
    }
}
