package io.murmur.node.resp;

import java.util.ArrayList;
import java.util.List;

/**
 * Which words of a command are keys, as Redis tells it: from the first to the last in steps.
 *
 * @param first 0 when there are none; 1 is the word behind the name
 * @param last below 0 counted from the end: -1 is the last word
 * @param step at least 1 where there are keys
 */
public record KeyPlaces(int first, int last, int step) {

    public static final KeyPlaces NONE = new KeyPlaces(0, 0, 0);
    public static final KeyPlaces ONE = new KeyPlaces(1, 1, 1);
    public static final KeyPlaces TWO = new KeyPlaces(1, 2, 1);
    /** All behind the name. */
    public static final KeyPlaces ALL = new KeyPlaces(1, -1, 1);
    /** Keys and values in turn. */
    public static final KeyPlaces PAIRS = new KeyPlaces(1, -1, 2);
    /** The first word behind a subcommand. */
    public static final KeyPlaces OF_SUBCOMMAND = new KeyPlaces(2, 2, 1);

    /** The keys of a request that has as many words as its command needs. */
    public List<byte[]> of(Request request) {
        if (first == 0) {
            return List.of();
        }
        int end = last < 0 ? request.size() + last : Math.min(last, request.size() - 1);
        List<byte[]> keys = new ArrayList<>((end - first) / step + 1);
        for (int place = first; place <= end; place += step) {
            keys.add(request.word(place));
        }
        return keys;
    }
}
