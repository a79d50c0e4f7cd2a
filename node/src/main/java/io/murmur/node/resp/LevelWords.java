package io.murmur.node.resp;

import io.murmur.kernel.Level;
import org.jspecify.annotations.Nullable;

/**
 * Levels as they are said in words: {@code LEVEL one} for reads and writes, {@code READ one}, {@code WRITE quorum}, or both.
 *
 * @param read null when nothing was said of it
 * @param write null when nothing was said of it
 * @param end the place behind
 */
public record LevelWords(@Nullable Level read, @Nullable Level write, int end) {

    /** The command whose words begin with levels and go on with another command. */
    static final String WITH = "murmur|with";

    /**
     * Reads as many as there are.
     *
     * @throws Refusal when one is none, or there are none
     */
    public static LevelWords of(Request request, int from) {
        Level read = null;
        Level write = null;
        int place = from;
        while (place + 1 < request.size()) {
            if (request.is(place, "level")) {
                read = level(request.text(place + 1));
                write = read;
            } else if (request.is(place, "read")) {
                read = level(request.text(place + 1));
            } else if (request.is(place, "write")) {
                write = level(request.text(place + 1));
            } else {
                break;
            }
            place += 2;
        }
        if (place == from) {
            throw new Refusal("ERR a level is said as LEVEL one, READ one or WRITE quorum; MURMUR HELP says more");
        }
        return new LevelWords(read, write, place);
    }

    public static Level level(String text) {
        try {
            return Level.parse(text);
        } catch (IllegalArgumentException e) {
            throw new Refusal("ERR " + e.getMessage());
        }
    }

    /** These, and what they say nothing of as it was. */
    public Levels over(Levels before) {
        return new Levels(read == null ? before.read() : read, write == null ? before.write() : write);
    }
}
