package io.murmur.antientropy;

import java.util.Collection;
import java.util.List;
import java.util.Map;

/** How many replicas each cache has. A key of a cache nobody knows of any more counts as one of those with the most. Pure. */
final class CacheReplicas {

    private final Map<String, Integer> byName;
    private final List<Integer> counts;

    CacheReplicas(Map<String, Integer> byName) {
        this.byName = Map.copyOf(byName);
        Collection<Integer> values = byName.values();
        this.counts = values.isEmpty()
                ? List.of(1)
                : values.stream().distinct().sorted().toList();
    }

    /** All such numbers, in ascending order. */
    List<Integer> counts() {
        return counts;
    }

    int of(String cache) {
        Integer known = byName.get(cache);
        return known == null ? counts.get(counts.size() - 1) : known;
    }

    /** The place of a cache's number in {@link #counts}. */
    int placeOf(String cache) {
        return counts.size() == 1 ? 0 : counts.indexOf(of(cache));
    }
}
