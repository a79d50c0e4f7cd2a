package io.murmur.simulation;

import java.util.List;
import java.util.SortedMap;

/**
 * What came of one run of one seed.
 *
 * @param scenario what was drawn, for people
 * @param violations empty when all promises held
 * @param digest equal for every run of the seed, or the code under test depends on more than the seed
 * @param counts how often what happened, by name: {@code reads done}, {@code writes failed: timeout}, {@code crashes} and so on
 */
public record Outcome(
        long seed, String scenario, List<Violation> violations, long digest, SortedMap<String, Integer> counts) {

    public int count(String what) {
        return counts.getOrDefault(what, 0);
    }
}
