package io.murmur.antientropy;

import static org.assertj.core.api.Assertions.assertThat;

import io.murmur.kernel.Storage.Entry;
import io.murmur.kernel.data.Cell;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.data.Version;
import io.murmur.kernel.message.SyncReply.SlotDigest;
import io.murmur.kernel.ring.NodeId;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DigestsTest {

    private static final NodeId NODE = new NodeId(1, 2);

    private static Entry entry(String cache, String key, Cell cell) {
        return new Entry(Key.of(cache, key), cell);
    }

    private static Cell live(long reading, long expiresAtMillis, String value) {
        return new Cell.Live(new Version(reading, NODE), expiresAtMillis, value.getBytes(StandardCharsets.UTF_8));
    }

    private static SlotDigest sum(List<Entry> entries) {
        return entries.stream().map(Digests::of).reduce(SlotDigest.EMPTY, Digests::plus);
    }

    @Test
    void whateverDiffersShows() {
        Cell cell = live(5, Cell.NEVER, "value");
        List<Entry> all = List.of(
                entry("cache", "key", cell),
                entry("cachf", "key", cell),
                entry("cach", "ekey", cell),
                entry("cache", "kez", cell),
                entry("cache", "key\0", cell),
                entry("cache", "", cell),
                entry("cache", "\0", cell),
                entry("cache", "key", live(6, Cell.NEVER, "value")),
                entry("cache", "key", live(5, 7, "value")),
                entry("cache", "key", live(5, Cell.NEVER, "valuf")),
                entry("cache", "key", new Cell.Tombstone(new Version(5, NODE))),
                entry("cache", "key", new Cell.Tombstone(new Version(5, new NodeId(1, 3)))),
                entry("cache", "key", new Cell.Tombstone(new Version(5, new NodeId(2, 2)))));

        Set<Long> sums = new HashSet<>();
        all.forEach(entry -> sums.add(Digests.of(entry).sum()));

        assertThat(sums).hasSize(all.size()).doesNotContain(0L);
    }

    @Test
    void manySmallDifferencesDoNotMeet() {
        Set<Long> sums = new HashSet<>();
        for (int i = 0; i < 200; i++) {
            for (int reading = 0; reading < 200; reading++) {
                sums.add(Digests.of(entry("c", "k" + i, new Cell.Tombstone(new Version(reading, NODE))))
                        .sum());
            }
        }

        assertThat(sums).hasSize(40_000);
    }

    @Test
    void aSumDependsOnTheEntriesAndNotOnTheirOrder() {
        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            entries.add(entry("cache", "key" + i, live(i, Cell.NEVER, "value" + i)));
        }
        SlotDigest inOrder = sum(entries);
        Collections.shuffle(entries, new Random(1));

        assertThat(sum(entries)).isEqualTo(inOrder);
        assertThat(Digests.areOfTheSame(inOrder, sum(entries.subList(1, 100)))).isFalse();
        assertThat(inOrder.entries()).isEqualTo(100);
        assertThat(Digests.plus(sum(entries.subList(0, 40)), sum(entries.subList(40, 100))))
                .isEqualTo(inOrder);
    }

    @Test
    void twoThatSwapTheirCellsDoNotCancelOut() {
        Cell one = live(1, Cell.NEVER, "a");
        Cell two = live(2, Cell.NEVER, "b");

        assertThat(sum(List.of(entry("c", "x", one), entry("c", "y", two))).sum())
                .isNotEqualTo(
                        sum(List.of(entry("c", "x", two), entry("c", "y", one))).sum());
    }

    /** A change of the function is a change of the protocol: nodes of two releases would copy everything. */
    @Test
    void theHashIsWhatItHasAlwaysBeen() {
        assertThat(Digests.of(entry("cache", "some longer key", live(5, 7, "value")))
                        .sum())
                .isEqualTo(7_904_783_516_689_485_620L);
    }
}
