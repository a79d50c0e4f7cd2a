package io.murmur.benchmarks.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ZipfTest {

    private static final int KEYS = 1000;
    private static final int DRAWS = 1_000_000;

    private final Zipf zipf = new Zipf(KEYS);

    /** Pearson's test: with 999 degrees of freedom the sum is above 1143 in one seed of a thousand. */
    @Test
    void keysAreDrawnByTheLaw() {
        int[] counts = new int[KEYS];
        for (int key : zipf.draw(DRAWS, 1)) {
            counts[key]++;
        }

        double all = IntStream.rangeClosed(1, KEYS)
                .mapToDouble(rank -> 1 / Math.pow(rank, 0.99))
                .sum();
        double chiSquared = IntStream.rangeClosed(1, KEYS)
                .mapToDouble(rank -> {
                    double expected = DRAWS / Math.pow(rank, 0.99) / all;
                    return Math.pow(counts[zipf.key(rank - 1)] - expected, 2) / expected;
                })
                .sum();
        assertThat(chiSquared).isBetween(800.0, 1143.0);
    }

    @Test
    void eachRankHasAKeyOfItsOwn() {
        for (int keys : new int[] {1, 2, 999, 1000, 200_000, 1 << 20}) {
            Zipf of = new Zipf(keys);
            assertThat(IntStream.range(0, keys).map(of::key).distinct().count()).isEqualTo(keys);
        }
    }

    @Test
    void hotKeysAreNotNeighbours() {
        int[] hottest = IntStream.range(0, 10).map(zipf::key).sorted().toArray();

        int closest = IntStream.range(1, hottest.length)
                .map(i -> hottest[i] - hottest[i - 1])
                .min()
                .orElseThrow();
        assertThat(closest).as(Arrays.toString(hottest)).isGreaterThan(10);
    }

    /** Half of all calls for 1 key in 500, as in YCSB: what makes a cache's life easy. */
    @Test
    void halfOfTheDrawsAreForFewKeys() {
        int[] drawn = new Zipf(200_000).draw(DRAWS, 1);
        int[] counts = new int[200_000];
        Arrays.stream(drawn).forEach(key -> counts[key]++);

        int[] falling = Arrays.stream(counts).map(count -> -count).sorted().toArray();
        double share = -Arrays.stream(falling, 0, 400).sum() / (double) DRAWS;
        assertThat(share).isCloseTo(0.5, within(0.05));
    }
}
