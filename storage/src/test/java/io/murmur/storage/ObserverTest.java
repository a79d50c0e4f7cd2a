package io.murmur.storage;

import static io.murmur.storage.StorageContract.key;
import static io.murmur.storage.StorageContract.live;
import static io.murmur.storage.StorageContract.tombstone;
import static org.assertj.core.api.Assertions.assertThat;

import io.murmur.kernel.CellObserver;
import io.murmur.kernel.Durability;
import io.murmur.kernel.Storage.Entry;
import io.murmur.kernel.Storage.ScanOutcome;
import io.murmur.kernel.data.Cell;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.ring.Slots;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What an observer is told adds up to what scans see, at every moment. */
class ObserverTest {

    /** Keeps the cells as they were told; a scan must show the same. */
    private static final class Mirror implements CellObserver {
        private final TreeMap<Key, Cell> cells = new TreeMap<>();
        private final Set<Key> unknown = new HashSet<>();
        private int changes;
        private int overwrites;
        private int ranges;

        @Override
        public void changed(Key key, @Nullable Cell former, Cell now) {
            changes++;
            if (!unknown.contains(key)) {
                assertThat(former).isEqualTo(cells.get(key));
            }
            assertThat(now).isNotEqualTo(former);
            unknown.remove(key);
            cells.put(key, now);
        }

        @Override
        public void overwritten(Key key) {
            overwrites++;
            unknown.add(key);
        }

        @Override
        public void changed(int firstSlot, int lastSlot) {
            ranges++;
            cells.keySet().stream()
                    .filter(key -> key.slot() >= firstSlot && key.slot() <= lastSlot)
                    .forEach(unknown::add);
        }

        void compare(@Nullable Key after, ScanOutcome.Page page) {
            TreeMap<Key, Cell> scanned = new TreeMap<>();
            page.entries().forEach(entry -> scanned.put(entry.key(), entry.cell()));
            var told = after == null ? cells : cells.tailMap(after, false);
            if (page.more()) {
                told = told.headMap(scanned.lastKey(), true);
            }
            for (Key key : List.copyOf(told.keySet())) {
                if (!unknown.contains(key)) {
                    assertThat(scanned.get(key)).isEqualTo(cells.get(key));
                } else if (!scanned.containsKey(key)) {
                    cells.remove(key);
                    unknown.remove(key);
                }
            }
            for (Entry entry : page.entries()) {
                if (unknown.remove(entry.key())) {
                    cells.put(entry.key(), entry.cell());
                }
                assertThat(entry.cell()).isEqualTo(cells.get(entry.key()));
            }
        }
    }

    private final SeededStore bench = new SeededStore(TestSettings.tiny(1).withPurgeInterval(Duration.ofSeconds(1)));

    private int raised;

    ObserverTest() throws IOException {}

    private void scan(Mirror mirror, @Nullable Key after, int limit) {
        bench.threads
                .shard(0)
                .execute(() -> bench.store
                        .shard(0)
                        .scan(
                                0,
                                Slots.COUNT - 1,
                                after,
                                limit,
                                outcome -> mirror.compare(after, (ScanOutcome.Page) outcome)));
    }

    @Test
    void whatIsToldAddsUpToWhatAScanShowsAtThatMoment() {
        Mirror mirror = new Mirror();
        bench.store.observe(0, mirror);
        Random random = new Random(5);
        for (int call = 0; call < 6_000; call++) {
            int number = random.nextInt(150);
            long moment = moment(call, random);
            Cell cell = random.nextInt(5) == 0 ? tombstone(moment << 16) : live(moment << 16, random.nextInt(60));
            bench.begin(key(number), cell, random.nextBoolean() ? Durability.FSYNC : Durability.INTERVAL);
            if (random.nextInt(10) == 0) {
                scan(mirror, random.nextBoolean() ? null : key(random.nextInt(150)), 1 + random.nextInt(200));
            }
            if (random.nextInt(20) == 0) {
                List<Object> answers = new ArrayList<>();
                bench.threads.shard(0).execute(() -> bench.store.shard(0).read(key(number), answers::add));
            }
            if (random.nextInt(300) == 0) {
                long horizon = moment(call, random);
                int slot = random.nextInt(Slots.COUNT);
                bench.threads
                        .shard(0)
                        .execute(() -> bench.store.horizons(0).raise(slot / 2, slot, horizon, () -> raised++));
            }
            for (int step = random.nextInt(30); step > 0; step--) {
                bench.threads.step();
            }
            if (random.nextInt(200) == 0) {
                bench.threads.pass(Duration.ofSeconds(1));
            }
        }
        bench.threads.runUntilIdle();
        scan(mirror, null, 1_000);
        bench.threads.runUntilIdle();

        assertThat(mirror.cells).hasSizeGreaterThan(100);
        assertThat(raised).isGreaterThan(5);
        assertThat(mirror.ranges).isGreaterThan(5);
        assertThat(bench.store.counters().purged.sum()).isPositive();
        assertThat(mirror.changes).isGreaterThan(500);
        assertThat(mirror.overwrites).isGreaterThan(50);
        assertThat(bench.store.counters().flushes.sum()).isGreaterThan(10);
        assertThat(bench.store.counters().compactions.sum()).isPositive();
    }

    /** The later, the greater on the whole; some come late. */
    private static int moment(int call, Random random) {
        return 1 + (random.nextInt(4) == 0 ? random.nextInt(1 + call) : call);
    }

    @Test
    void theFormerCellIsToldWhenItIsKnown() {
        Mirror mirror = new Mirror();
        bench.store.observe(0, mirror);

        bench.join(key(1), live(10, 5));
        bench.join(key(1), live(12, 5));
        bench.join(key(1), live(11, 5));
        bench.join(key(1), live(12, 5));

        assertThat(mirror.changes).isEqualTo(2);
        assertThat(mirror.overwrites).isZero();
    }

    @Test
    void aTableThatIsSkippedCountsOnceForEachCall() {
        bench.store.observe(0, new Mirror());
        bench.join(key(1), live(10, 5_000));
        bench.join(key(2), live(50, 5_000));
        bench.threads.runUntilIdle();
        assertThat(bench.files("tables", ".mapdb")).hasSize(2);
        LongAdder skips = bench.store.counters().bloomSkips;
        skips.reset();

        // Not newer than the tables: whether they know more is asked for the observer and for the answer.
        bench.join(key(3), live(5, 10));
        assertThat(skips.sumThenReset()).isEqualTo(2);

        // Too large to be hot.
        bench.read(key(1));
        assertThat(skips.sum()).isEqualTo(1);
    }
}
