package io.murmur.antientropy;

import static org.assertj.core.api.Assertions.assertThat;

import io.murmur.kernel.Horizons;
import io.murmur.kernel.Storage;
import io.murmur.kernel.data.Cell;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.message.SyncReply.SlotDigest;
import io.murmur.kernel.ring.Ring;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The kept digests against sums over what is there, while it changes between any two pages of a count. */
class KeptSummariesTest {

    private static final CacheReplicas REPLICAS = new CacheReplicas(Map.of("cache", 3, "other", 2));
    private static final Ring RING = Rings.THREE;

    private final int partition = 5;
    private final int firstSlot = RING.firstSlot(partition);
    private final int lastSlot = firstSlot + RING.slotsPerPartition() - 1;
    private final TreeMap<Key, Cell> held = new TreeMap<>();
    private final List<Runnable> later = new ArrayList<>();
    private Random random = new Random(1);
    private int mostEntries = 3;
    private int scans;
    private final KeptSummaries kept = new KeptSummaries(
            new SteppedScan(this::scan, (delay, task) -> {
                later.add(task);
                return () -> {};
            }),
            REPLICAS);

    private void scan(int first, int last, @Nullable Key after, int limit, Consumer<Storage.ScanOutcome> then) {
        scans++;
        // The tables are read later, and what is in memory is joined to them when they have been.
        later.add(() -> {
            List<Storage.Entry> page = (after == null ? held : held.tailMap(after, false))
                    .entrySet().stream()
                            .filter(entry -> entry.getKey().slot() >= first
                                    && entry.getKey().slot() <= last)
                            .limit(Math.min(limit, mostEntries))
                            .map(entry -> new Storage.Entry(entry.getKey(), entry.getValue()))
                            .toList();
            then.accept(new Storage.ScanOutcome.Page(page, page.size() == Math.min(limit, mostEntries)));
        });
    }

    private List<SlotDigest> sums(int leastReplicas) {
        List<SlotDigest> sums = new ArrayList<>(Collections.nCopies(RING.slotsPerPartition(), SlotDigest.EMPTY));
        held.forEach((key, cell) -> {
            int place = key.slot() - firstSlot;
            if (place >= 0 && place < sums.size() && REPLICAS.of(key.cache()) >= leastReplicas) {
                sums.set(place, Digests.plus(sums.get(place), Digests.of(new Storage.Entry(key, cell))));
            }
        });
        return sums;
    }

    private List<List<SlotDigest>> ask(int leastReplicas) {
        List<List<SlotDigest>> answers = new ArrayList<>();
        kept.of(firstSlot, lastSlot, leastReplicas, () -> true, summary -> {
            if (summary instanceof SlotSummaries.Summary.Are are) {
                answers.add(are.digests());
            }
        });
        return answers;
    }

    private void change() {
        Key key = Rings.key(partition, random.nextInt(60));
        Cell cell = SyncWorld.any(random, 20);
        Cell former = held.get(key);
        if (former != null && Cell.compare(former, cell) >= 0) {
            return;
        }
        held.put(key, cell);
        if (random.nextInt(4) == 0) {
            kept.overwritten(key);
        } else {
            kept.changed(key, former, cell);
        }
    }

    private void forget() {
        long horizon = random.nextInt(2);
        int slot = firstSlot + random.nextInt(16);
        held.entrySet().removeIf(entry -> entry.getKey().slot() == slot && Horizons.isPast(entry.getValue(), horizon));
        kept.changed(slot, slot);
    }

    private void runOneLater() {
        if (!later.isEmpty()) {
            later.remove(random.nextInt(later.size())).run();
        }
    }

    private void runAllLater() {
        while (!later.isEmpty()) {
            runOneLater();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void whatIsKnownIsWhatIsThere(long seed) {
        random = new Random(seed);
        for (int step = 0; step < 3_000; step++) {
            switch (random.nextInt(12)) {
                case 0 -> ask(1 + random.nextInt(3));
                case 1 -> forget();
                case 2, 3, 4, 5 -> runOneLater();
                default -> change();
            }
        }
        runAllLater();
        for (int least = 1; least <= 3; least++) {
            List<List<SlotDigest>> answers = ask(least);
            runAllLater();
            assertThat(answers).containsExactly(sums(least));
        }
    }

    @Test
    void anAnswerHoldsAtLeastWhatWasThereWhenItWasAskedFor() {
        for (int i = 0; i < 200; i++) {
            change();
        }
        List<SlotDigest> before = sums(1);
        List<List<SlotDigest>> answers = ask(1);
        Key key = held.firstKey();
        while (!later.isEmpty()) {
            runOneLater();
            // Written over and over, and never known what was there before: an answer comes all the same.
            kept.overwritten(key);
        }
        assertThat(answers).containsExactly(before);
        assertThat(kept.knownSlots()).isEqualTo(15);
    }

    @Test
    void whatIsKnownIsNotReadAgain() {
        for (int i = 0; i < 200; i++) {
            change();
        }
        ask(1);
        runAllLater();
        int before = scans;
        for (int i = 0; i < 200; i++) {
            Key key = Rings.key(partition, i);
            Cell cell = SyncWorld.live(10_000 + i, 5);
            kept.changed(key, held.put(key, cell), cell);
        }
        assertThat(ask(3)).containsExactly(sums(3));
        assertThat(ask(1)).containsExactly(sums(1));
        assertThat(scans).isEqualTo(before);
    }
}
