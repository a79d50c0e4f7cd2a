package io.murmur.benchmarks.hits;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Belady's MIN for objects of one size, which knows the future: what is asked for again the latest leaves. The newest object may leave at once,
 * that is, need not be put at all: no cache that answers the same requests has more hits.
 */
final class Optimum {

    private Optimum() {}

    static int hits(int[] ids, long capacity) {
        int[] next = nextRequests(ids);
        // By the request that comes next, which is of one object alone.
        TreeMap<Integer, Integer> held = new TreeMap<>();
        int hits = 0;
        for (int i = 0; i < ids.length; i++) {
            hits += held.remove(i) != null ? 1 : 0;
            if (next[i] < ids.length) {
                held.put(next[i], ids[i]);
            }
            if (held.size() > capacity) {
                held.pollLastEntry();
            }
        }
        return hits;
    }

    /** For each request the next one of the same object; the number of requests when there is none. */
    private static int[] nextRequests(int[] ids) {
        int[] next = new int[ids.length];
        Arrays.fill(next, ids.length);
        Map<Integer, Integer> later = new HashMap<>();
        for (int i = ids.length - 1; i >= 0; i--) {
            Integer following = later.put(ids[i], i);
            if (following != null) {
                next[i] = following;
            }
        }
        return next;
    }
}
