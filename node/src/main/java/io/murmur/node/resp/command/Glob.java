package io.murmur.node.resp.command;

import io.murmur.node.resp.Refusal;

/**
 * A pattern over keys, as Redis matches them, byte by byte: {@code *}, {@code ?}, {@code [abc]}, {@code [^a-z]}, and a backslash before
 * what is meant literally. Its corners are kept: a class that is never closed ends with the pattern, a range may be written backwards, and
 * the empty key is matched by the empty pattern and a single star alone.
 *
 * <p>Takes at most as many steps as pattern times key: behind a star that has been passed, no former star is ever tried again, since what
 * matches from a later place would have been found from there as well.
 */
public final class Glob {

    /** With keys as long as they may be, a page of them still takes no long turn of the loop. */
    static final int MOST_BYTES = 1024;

    private final byte[] pattern;

    public Glob(byte[] pattern) {
        if (pattern.length > MOST_BYTES) {
            throw new Refusal("ERR a pattern of " + pattern.length + " bytes; at most " + MOST_BYTES + " are allowed");
        }
        this.pattern = pattern;
    }

    public boolean matches(byte[] key) {
        if (key.length == 0) {
            return pattern.length == 0 || (pattern.length == 1 && pattern[0] == '*');
        }
        int at = 0;
        int place = 0;
        int star = -1;
        int starPlace = 0;
        while (place < key.length) {
            int next = at < pattern.length && pattern[at] != '*' ? step(at, key[place]) : -1;
            if (at < pattern.length && pattern[at] == '*') {
                star = ++at;
                starPlace = place;
            } else if (next >= 0) {
                at = next;
                place++;
            } else if (star >= 0) {
                at = star;
                place = ++starPlace;
            } else {
                return false;
            }
        }
        while (at < pattern.length && pattern[at] == '*') {
            at++;
        }
        return at == pattern.length;
    }

    /** Where the pattern goes on when its element here takes the byte, or -1 when it does not. */
    private int step(int at, byte given) {
        return switch (pattern[at]) {
            case '?' -> at + 1;
            case '[' -> stepClass(at + 1, given);
            case '\\' -> {
                int literal = at + 1 < pattern.length ? at + 1 : at;
                yield pattern[literal] == given ? literal + 1 : -1;
            }
            default -> pattern[at] == given ? at + 1 : -1;
        };
    }

    private int stepClass(int from, byte given) {
        int at = from;
        boolean not = at < pattern.length && pattern[at] == '^';
        if (not) {
            at++;
        }
        boolean found = false;
        while (at < pattern.length && pattern[at] != ']') {
            if (pattern[at] == '\\' && at + 1 < pattern.length) {
                found |= pattern[at + 1] == given;
                at += 2;
            } else if (at + 2 < pattern.length && pattern[at + 1] == '-') {
                int low = Math.min(pattern[at], pattern[at + 2]);
                int high = Math.max(pattern[at], pattern[at + 2]);
                found |= low <= given && given <= high;
                at += 3;
            } else {
                found |= pattern[at] == given;
                at++;
            }
        }
        int behind = Math.min(at + 1, pattern.length);
        return found == not ? -1 : behind;
    }
}
