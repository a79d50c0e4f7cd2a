package io.murmur.benchmarks.hits;

import static org.assertj.core.api.Assertions.assertThat;

import io.murmur.benchmarks.hits.Requests.ValueSizes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CachesTest {

    private static final int RECORD_BYTES = Requests.KEY_BYTES + 100;

    @Test
    void evictsWhatWasNotAskedForTheLongest() {
        LeastRecentlyUsed cache = new LeastRecentlyUsed(requests(1, 2, 3), 2 * RECORD_BYTES);

        assertThat(cache.replay(new int[] {1, 2, 1, 3})).isEqualTo(1);

        assertThat(cache.request(1)).isTrue();
        assertThat(cache.request(2)).isFalse();
        assertThat(cache.heldBytes()).isEqualTo(2 * RECORD_BYTES);
    }

    @Test
    void whatIsLargerThanTheCacheEvictsNothing() {
        Requests tail = new Requests(new int[0], ValueSizes.LONG_TAIL);
        int small = IntStream.range(0, 1000)
                .filter(id -> tail.bytes(id) < 100)
                .findFirst()
                .orElseThrow();
        int large = IntStream.range(0, 100_000)
                .filter(id -> tail.bytes(id) > 5000)
                .findFirst()
                .orElseThrow();
        LeastRecentlyUsed cache = new LeastRecentlyUsed(tail, 1000);

        cache.replay(new int[] {small, large});

        assertThat(cache.request(small)).isTrue();
    }

    @Test
    void caffeineKeepsToItsBytes() {
        Requests requests = random(ValueSizes.LONG_TAIL);
        WindowTinyLfu cache = new WindowTinyLfu(requests, 20_000);

        assertThat(cache.replay(requests.ids())).isPositive();

        assertThat(cache.heldBytes()).isBetween(1L, 20_000L);
    }

    @Test
    void theOptimumIsThatOfEveryChoiceTried() {
        Random random = new Random(3);
        for (int run = 0; run < 200; run++) {
            int[] ids = random.ints(12, 0, 5).toArray();
            int capacity = 1 + random.nextInt(3);

            assertThat(Optimum.hits(ids, capacity))
                    .as("%s with %d", Arrays.toString(ids), capacity)
                    .isEqualTo(bestOfAll(ids, 0, Set.of(), capacity));
        }
    }

    @Test
    void theStoreAnswersEverythingButNotAllFromMemory(@TempDir Path folder) throws IOException {
        Requests requests = random(ValueSizes.FIXED);
        int first = requests.distinct().length;

        try (ReplicaMemory memory = new ReplicaMemory(requests, folder.resolve("store"), 10_000, 30_000)) {
            int hits = memory.replay(requests.ids());

            assertThat(memory.answered()).isEqualTo(requests.ids().length - first);
            assertThat(hits).isPositive().isLessThan(memory.answered());
            assertThat(memory.heldBytes()).isBetween(1L, 40_000L);
        }
        assertThat(Files.exists(folder.resolve("store"))).isFalse();
    }

    @Test
    void aStoreWithRoomForAllAnswersFromMemory(@TempDir Path folder) throws IOException {
        Requests requests = random(ValueSizes.FIXED);

        try (ReplicaMemory memory = new ReplicaMemory(requests, folder.resolve("store"), 10_000, 100_000_000)) {
            assertThat(memory.replay(requests.ids())).isEqualTo(memory.answered());
        }
    }

    @Test
    void theBoundIsFoundThatHoldsTheBudget() throws Exception {
        // Half of what is beyond 1,000 is held.
        long bound = Bound.search(50_000L, 50_000L, each -> Math.max(0, (each - 1000) / 2), each -> each);

        assertThat((bound - 1000) / 2).isBetween(49_000L, 51_000L);
    }

    @Test
    void ofTrialsThatAllMissTheNearestCounts() throws Exception {
        assertThat(Bound.<Long>search(100, 10, each -> each < 60 ? 20 : 300, each -> each))
                .isEqualTo(10);
    }

    @Test
    void aKeyTellsItsObject() {
        assertThat(Requests.idOf(Requests.key(-1))).isEqualTo(-1);
        assertThat(Requests.key(-1)).hasSize(Requests.KEY_BYTES);
    }

    @Test
    void halfOfTheLongTailIsShort() {
        int[] sizes = IntStream.range(0, 10_000)
                .map(ValueSizes.LONG_TAIL::of)
                .sorted()
                .toArray();

        assertThat(sizes[0]).isGreaterThanOrEqualTo(40);
        assertThat(sizes[5000]).isBetween(68, 75);
        assertThat(sizes[9900]).isBetween(1500, 2300);
        assertThat(sizes[9999]).isLessThanOrEqualTo(16 << 10);
    }

    /** Every set that could be held after each request. */
    private static int bestOfAll(int[] ids, int from, Set<Integer> held, int capacity) {
        if (from == ids.length) {
            return 0;
        }
        int hit = held.contains(ids[from]) ? 1 : 0;
        if (hit == 1) {
            return 1 + bestOfAll(ids, from + 1, held, capacity);
        }
        int best = bestOfAll(ids, from + 1, held, capacity);
        Set<Integer> with = new HashSet<>(held);
        with.add(ids[from]);
        List<Set<Integer>> choices = with.size() <= capacity
                ? List.of(with)
                : held.stream().map(out -> without(with, out)).toList();
        for (Set<Integer> choice : choices) {
            best = Math.max(best, bestOfAll(ids, from + 1, choice, capacity));
        }
        return best;
    }

    private static Set<Integer> without(Set<Integer> all, Integer one) {
        Set<Integer> rest = new HashSet<>(all);
        rest.remove(one);
        return rest;
    }

    private static Requests random(ValueSizes sizes) {
        Random random = new Random(5);
        return new Requests(
                random.doubles(5000)
                        .mapToInt(share -> (int) (500 * share * share))
                        .toArray(),
                sizes);
    }

    private static Requests requests(int... ids) {
        return new Requests(ids, ValueSizes.FIXED);
    }
}
