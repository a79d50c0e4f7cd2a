package io.murmur.simulation;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/** How often things happened, by name. */
final class Counts {

    private final SortedMap<String, Integer> counts = new TreeMap<>();

    void add(String what) {
        add(what, 1);
    }

    void add(String what, long times) {
        counts.merge(what, Math.toIntExact(times), Integer::sum);
    }

    SortedMap<String, Integer> all() {
        return Collections.unmodifiableSortedMap(counts);
    }
}
