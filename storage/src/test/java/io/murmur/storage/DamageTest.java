package io.murmur.storage;

import static io.murmur.storage.StorageContract.key;
import static io.murmur.storage.StorageContract.live;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.murmur.kernel.CellObserver;
import io.murmur.kernel.Durability;
import io.murmur.kernel.Horizons;
import io.murmur.kernel.Rebuild;
import io.murmur.kernel.Storage.Entry;
import io.murmur.kernel.Storage.JoinOutcome;
import io.murmur.kernel.Storage.ReadOutcome;
import io.murmur.kernel.Storage.ScanOutcome;
import io.murmur.kernel.Storage.StorageFault;
import io.murmur.kernel.data.Cell;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.ring.Slots;
import io.murmur.simulation.SimulatedCrash;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A damaged file makes the store refuse the slots it may have held, and no others, until they are rebuilt (invariant 8). */
class DamageTest {

    private static final int LAST = Slots.COUNT - 1;
    private static final int MANY = 100;

    private SeededStore bench;

    @BeforeEach
    void open() throws IOException {
        bench = new SeededStore(TestSettings.tiny(1));
    }

    private Rebuild rebuild() {
        return bench.store.rebuild(0);
    }

    private static Cell cell(int number) {
        return live(1_000 + number, 100);
    }

    private void fillAll() {
        for (int number = 0; number < MANY; number++) {
            bench.join(key(number), cell(number));
        }
        bench.threads.runUntilIdle();
    }

    private void breakTable(int index) throws IOException {
        String table = bench.files("tables", ".mapdb").get(index);
        bench.disk.flipBit(table, bench.size(table) / 2, 5);
    }

    private JoinOutcome rebuildJoin(Key key, Cell cell) {
        List<JoinOutcome> answers = new ArrayList<>();
        bench.threads.shard(0).execute(() -> rebuild().join(key, cell, answers::add));
        bench.threads.runUntil(() -> !answers.isEmpty());
        return answers.get(0);
    }

    private List<Entry> rebuildScan() {
        List<ScanOutcome> answers = new ArrayList<>();
        bench.threads.shard(0).execute(() -> rebuild().scan(0, LAST, null, 10_000, answers::add));
        bench.threads.runUntil(() -> !answers.isEmpty());
        return ((ScanOutcome.Page) answers.get(0)).entries();
    }

    private void done(int firstSlot, int lastSlot) {
        List<Boolean> done = new ArrayList<>();
        bench.threads.shard(0).execute(() -> rebuild().done(firstSlot, lastSlot, () -> done.add(true)));
        bench.threads.runUntil(() -> !done.isEmpty());
    }

    private void rebuildAll() {
        for (int number = 0; number < MANY; number++) {
            assertThat(rebuildJoin(key(number), cell(number))).isEqualTo(new JoinOutcome.Held(cell(number)));
        }
        done(0, LAST);
    }

    private void assertRefused(Key key) {
        ReadOutcome read = bench.read(key);
        assertThat(read).isInstanceOf(ReadOutcome.Refused.class);
        assertThat(((ReadOutcome.Refused) read).fault()).isEqualTo(StorageFault.DAMAGED);
        JoinOutcome join = bench.join(key, live(5_000, 10));
        assertThat(join).isInstanceOf(JoinOutcome.Refused.class);
        assertThat(((JoinOutcome.Refused) join).fault()).isEqualTo(StorageFault.DAMAGED);
        ScanOutcome scan = bench.scan(null, 10);
        assertThat(scan).isInstanceOf(ScanOutcome.Refused.class);
        assertThat(((ScanOutcome.Refused) scan).fault()).isEqualTo(StorageFault.DAMAGED);
    }

    private void assertWhole() {
        assertThat(bench.store.damage()).isEmpty();
        for (int number = 0; number < MANY; number++) {
            assertThat(bench.read(key(number))).isEqualTo(new ReadOutcome.Found(cell(number)));
        }
        assertThat(bench.scanAll()).hasSize(MANY);
    }

    // ---- what is refused, and what is served

    @Test
    void onlyTheSlotsTheTableMayHaveHeldAreRefused() throws IOException {
        List<Key> keys = new ArrayList<>();
        for (int number = 0; number < 3_000; number++) {
            Key key = key(number);
            if (key.slot() >= 5_000 && key.slot() < 6_000) {
                keys.add(key);
            }
        }
        int joins = 0;
        while (bench.files("tables", ".mapdb").isEmpty()) {
            bench.join(keys.get(joins % 50), live(100 + joins, 100));
            joins++;
            bench.threads.runUntilIdle();
        }
        Key elsewhere = Key.of("default", "{elsewhere}");
        assertThat(elsewhere.slot()).isGreaterThan(6_000);
        bench.join(elsewhere, live(50_000, 10));

        breakTable(0);
        bench.powerCut();

        assertRefused(keys.get(0));
        assertThat(bench.read(elsewhere)).isEqualTo(new ReadOutcome.Found(live(50_000, 10)));
        assertThat(bench.join(elsewhere, live(50_001, 10))).isEqualTo(new JoinOutcome.Held(live(50_001, 10)));
        assertThat(rebuild().isDue(keys.get(0).slot())).isTrue();
        assertThat(rebuild().isDue(elsewhere.slot())).isFalse();
        assertThat(bench.store.damage()).hasSize(1).first().asString().contains("being rebuilt");
    }

    @Test
    void damagedFilesAreKeptForTheOperatorAndNotUsedAnyMore() throws IOException {
        fillAll();
        String table = bench.files("tables", ".mapdb").get(0);
        breakTable(0);

        bench.powerCut();

        assertThat(bench.files("damaged", "")).contains("damaged" + table.substring("tables".length()));
        assertThat(bench.files("tables", "")).doesNotContain(table);
    }

    @Test
    void damageIsRememberedOverRestartsUntilItIsRebuilt() throws IOException {
        fillAll();
        breakTable(0);
        for (int life = 0; life < 3; life++) {
            bench.powerCut();
            bench.threads.runUntilIdle();
            assertThat(bench.store.damage()).hasSize(1);
            assertRefused(key(1));
        }
    }

    @Test
    void noCrashOnTheWayMakesTheDamageForgotten() throws IOException {
        boolean crashed = true;
        for (int call = 1; crashed; call++) {
            open();
            fillAll();
            breakTable(0);
            bench.disk.crash();
            bench.disk.crashInside(call);
            try {
                bench.start();
                crashed = false;
            } catch (SimulatedCrash e) {
                bench.disk.crash();
            }
            bench.disk.heal();
            bench.start();

            assertThat(bench.store.damage()).as("call %d", call).isNotEmpty();
            assertRefused(key(1));
        }
    }

    // ---- rebuilding

    @Test
    void aRebuiltSlotIsServedAgainAndStaysSo() throws IOException {
        fillAll();
        breakTable(0);
        bench.powerCut();
        List<Entry> left = rebuildScan();
        assertThat(left.size()).isBetween(1, MANY - 1);

        rebuildAll();

        for (int life = 0; life < 3; life++) {
            assertWhole();
            bench.powerCut();
        }
    }

    @Test
    void aRebuiltSlotIsServedOnlyOnceThatIsDurable() throws IOException {
        fillAll();
        breakTable(0);
        bench.powerCut();
        bench.cramped.fill("slots/");
        List<Boolean> done = new ArrayList<>();
        bench.threads.shard(0).execute(() -> rebuild().done(0, LAST, () -> done.add(true)));
        bench.threads.runUntilIdle();

        assertThat(done).isEmpty();
        assertRefused(key(1));
        bench.cramped.fill(null);
        bench.powerCut();
        assertRefused(key(1));
    }

    @Test
    void slotsAreRebuiltOneByOne() throws IOException {
        fillAll();
        breakTable(0);
        bench.powerCut();
        Key low = key(1);

        done(low.slot(), low.slot());

        assertThat(rebuild().isDue(low.slot())).isFalse();
        assertThat(bench.read(low)).isInstanceOf(ReadOutcome.Found.class);
        assertThat(bench.store.damage()).hasSize(1);
        assertThat(bench.scan(null, 10)).isInstanceOf(ScanOutcome.Refused.class);
        bench.powerCut();
        assertThat(rebuild().isDue(low.slot())).isFalse();
        assertThat(bench.store.damage()).hasSize(1);
    }

    @Test
    void aDamagedSlotHasNoHorizonSoThatOldCellsAreTakenFromTheOthers() throws IOException {
        fillAll();
        bench.raise(500);
        breakTable(0);
        bench.powerCut();
        int slot = key(1).slot();

        assertThat(bench.store.horizons(0).of(slot)).isEqualTo(Horizons.NONE);
        bench.raise(600);
        assertThat(bench.store.horizons(0).of(slot)).isEqualTo(Horizons.NONE);
        rebuildAll();
        for (int life = 0; life < 2; life++) {
            assertWhole();
            assertThat(bench.store.horizons(0).of(slot)).isEqualTo(Horizons.NONE);
            bench.powerCut();
        }
        bench.raise(700);
        assertThat(bench.store.horizons(0).of(slot)).isEqualTo(700);
    }

    @Test
    void whatARebuildingTakesIsTakenThoughItIsOlderThanTheHorizonOfItsSlot() throws IOException {
        Cell old = live(10 << 16, 100);
        bench.raise(20);
        assertThat(rebuild().isDue(key(1).slot())).isFalse();
        assertThat(bench.join(key(1), old)).isEqualTo(new JoinOutcome.Held(Horizons.tombstone(20)));
        assertThat(bench.read(key(1))).isEqualTo(ReadOutcome.Found.NOTHING);

        assertThat(rebuildJoin(key(1), old)).isEqualTo(new JoinOutcome.Held(old));

        for (int life = 0; life < 2; life++) {
            assertThat(bench.read(key(1))).isEqualTo(new ReadOutcome.Found(old));
            assertThat(bench.join(key(2), old)).isEqualTo(new JoinOutcome.Held(Horizons.tombstone(20)));
            bench.powerCut();
        }
    }

    @Test
    void damageFoundWhileServingIsToldAndWhatWasHotIsNotTakenForHeld() throws IOException {
        fillAll();
        List<String> told = new ArrayList<>();
        bench.start();
        bench.store.observe(0, new CellObserver() {
            @Override
            public void changed(Key key, @Nullable Cell former, Cell now) {}

            @Override
            public void overwritten(Key key) {}

            @Override
            public void changed(int firstSlot, int lastSlot) {
                told.add("changed");
            }
        });
        bench.threads.shard(0).execute(() -> rebuild().whenDue(() -> told.add("due")));
        for (int number = 0; number < MANY; number++) {
            bench.read(key(number));
        }
        List<String> tables = bench.files("tables", ".mapdb");
        for (String table : tables) {
            bench.disk.flipBit(table, bench.size(table) - 1, 0);
        }
        scrub();

        assertThat(bench.store.damage()).hasSize(tables.size());
        assertThat(told).hasSize(2 * tables.size()).startsWith("changed", "due");
        assertRefused(key(1));
        rebuildAll();
        rebuildAll();
        assertWhole();
        bench.powerCut();
        assertWhole();
    }

    private void scrub() {
        bench.threads.pass(Duration.ofDays(1));
        for (int step = 0; step < 100; step++) {
            bench.threads.runUntilIdle();
            bench.threads.pass(Duration.ofMillis(50));
        }
    }

    @Test
    void aRebuildingThatBeganBeforeFurtherDamageDoesNotEndIt() throws IOException {
        fillAll();
        breakTable(0);
        bench.powerCut();
        List<String> told = new ArrayList<>();
        bench.threads.shard(0).execute(() -> rebuild().whenDue(() -> told.add("due")));
        bench.threads.runUntilIdle();
        assertThat(told).hasSize(1);
        for (int number = 0; number < MANY; number++) {
            rebuildJoin(key(number), cell(number));
        }
        bench.threads.runUntilIdle();

        String table = bench.files("tables", ".mapdb").get(0);
        bench.disk.flipBit(table, bench.size(table) - 1, 0);
        scrub();
        assertThat(told).hasSize(2);
        done(0, LAST);

        assertThat(told).hasSize(3);
        assertThat(bench.store.damage()).isNotEmpty();
        assertRefused(key(1));
        rebuildAll();
        assertWhole();
    }

    /** Whatever the order of reading, finding, setting aside and answering: all there was, or refused. */
    @Test
    void aReadOrAScanUnderWayWhenATableIsSetAsideAnswersAllThereWasOrIsRefused() throws IOException {
        int refusedReads = 0;
        int refusedPages = 0;
        for (int seed = 0; seed < 40; seed++) {
            bench = new SeededStore(TestSettings.tiny(1), seed);
            fillAll();
            for (String table : bench.files("tables", ".mapdb")) {
                bench.disk.flipBit(table, bench.size(table) - 1, 0);
            }
            List<ReadOutcome> reads = new ArrayList<>();
            List<ScanOutcome> pages = new ArrayList<>();
            bench.threads.pass(Duration.ofDays(1));
            for (int step = 0; step < 60; step++) {
                Key key = key(step % 20);
                bench.threads.shard(0).execute(() -> {
                    bench.store.shard(0).read(key, outcome -> {
                        reads.add(outcome);
                        assertThat(outcome).isNotEqualTo(ReadOutcome.Found.NOTHING);
                    });
                    bench.store.shard(0).scan(0, LAST, null, 10_000, pages::add);
                });
                for (int task = 0; task < 3; task++) {
                    bench.threads.step();
                }
                bench.threads.pass(Duration.ofMillis(50));
            }
            bench.threads.runUntilIdle();

            for (ScanOutcome page : pages) {
                if (page instanceof ScanOutcome.Page whole) {
                    assertThat(whole.entries()).as("seed %d", seed).hasSize(MANY);
                }
            }
            refusedReads += (int)
                    reads.stream().filter(ReadOutcome.Refused.class::isInstance).count();
            refusedPages += (int)
                    pages.stream().filter(ScanOutcome.Refused.class::isInstance).count();
        }
        assertThat(refusedReads).isPositive();
        assertThat(refusedPages).isPositive();
    }

    @Test
    void onAFullDiskDamageIsRefusedAtOnceAndSetAsideWhenThereIsRoom() throws IOException {
        fillAll();
        String table = bench.files("tables", ".mapdb").get(0);
        bench.disk.flipBit(table, bench.size(table) - 1, 0);
        bench.cramped.fill("slots/");
        scrub();

        assertThat(bench.store.damage()).hasSize(1);
        assertRefused(key(1));
        assertThat(bench.files("tables", "")).contains(table);

        bench.cramped.fill(null);
        bench.threads.pass(Duration.ofSeconds(2));
        bench.threads.runUntilIdle();
        assertThat(bench.files("tables", "")).doesNotContain(table);
        bench.powerCut();
        assertThat(bench.store.damage()).hasSize(1);
    }

    @Test
    void slotsAreNotWholeWhileTheDamagedTableStillCounts() throws IOException {
        fillAll();
        List<String> told = new ArrayList<>();
        bench.threads.shard(0).execute(() -> rebuild().whenDue(() -> told.add("due")));
        List<String> tables = bench.files("tables", ".mapdb");
        for (String table : tables) {
            bench.disk.flipBit(table, bench.size(table) - 1, 0);
        }
        bench.cramped.fill("manifest/");
        scrub();
        assertThat(bench.files("tables", ".mapdb")).isEqualTo(tables);

        // What could be read of the tables was found equal with the other owners' cells, so nothing was joined.
        for (int time = 0; time < 3; time++) {
            bench.threads.shard(0).execute(() -> rebuild().done(0, LAST, () -> told.add("done")));
            bench.threads.runUntilIdle();
        }
        assertThat(told).isEmpty();
        assertRefused(key(1));

        bench.cramped.fill(null);
        bench.threads.pass(Duration.ofSeconds(2));
        bench.threads.runUntilIdle();
        assertThat(told).startsWith("due").endsWith("done", "due");
        assertThat(bench.files("tables", ".mapdb")).isEmpty();
        assertRefused(key(1));
        rebuildAll();
        rebuildAll();
        assertWhole();
        bench.powerCut();
        assertWhole();
    }

    @Test
    void aRebuildingThatBeganBeforeTheFirstDamageOfASlotDoesNotEndIt() throws IOException {
        fillAll();
        List<String> told = new ArrayList<>();
        bench.threads.shard(0).execute(() -> rebuild().whenDue(() -> told.add("due")));
        String table = bench.files("tables", ".mapdb").get(0);
        bench.disk.flipBit(table, bench.size(table) - 1, 0);
        scrub();

        bench.threads.shard(0).execute(() -> rebuild().done(0, LAST, () -> told.add("done")));
        bench.threads.runUntilIdle();

        assertThat(told).containsExactly("due", "done", "due");
        assertRefused(key(1));
        rebuildAll();
        assertWhole();
    }

    // ---- the log

    @Test
    void ofADamagedLogWhatIsWholeIsKeptAndAllSlotsAreRebuilt() throws IOException {
        bench = new SeededStore(TestSettings.logOnly());
        for (int number = 0; number < MANY; number++) {
            bench.join(key(number), cell(number));
        }
        String segment = bench.files("log", ".log").get(1);
        bench.disk.flipBit(segment, LogFormat.HEADER_BYTES + LogFormat.RECORD_HEADER_BYTES + 5, 3);

        for (int life = 0; life < 3; life++) {
            bench.powerCut();
            assertThat(bench.store.damage()).hasSize(1).first().asString().contains("log segment 2");
            assertRefused(key(1));
            assertThat(rebuildScan()).hasSize(MANY - 1);
        }
        assertThat(bench.files("damaged", "")).containsExactly("damaged" + segment.substring("log".length()));

        rebuildAll();
        assertWhole();
        bench.powerCut();
        assertWhole();
        assertThat(bench.join(key(1), live(9_000, 10))).isEqualTo(new JoinOutcome.Held(live(9_000, 10)));
    }

    @Test
    void noCrashOnTheWayMakesADamagedLogForgottenOrLosesMoreOfIt() throws IOException {
        boolean crashed = true;
        for (int call = 1; crashed; call++) {
            bench = new SeededStore(TestSettings.logOnly());
            fillAll();
            String segment = bench.files("log", ".log").get(2);
            bench.disk.flipBit(segment, LogFormat.HEADER_BYTES + LogFormat.RECORD_HEADER_BYTES + 5, 3);
            bench.disk.crash();
            bench.disk.crashInside(call);
            try {
                bench.start();
                crashed = false;
            } catch (SimulatedCrash e) {
                bench.disk.crash();
            }
            bench.disk.heal();
            bench.start();

            assertThat(bench.store.damage()).as("call %d", call).isNotEmpty();
            assertRefused(key(1));
            assertThat(rebuildScan()).as("call %d", call).hasSize(MANY - 1);
        }
    }

    @Test
    void aDamagedLogIsNotLetGoWhileItsRestFindsNoRoom() throws IOException {
        bench = new SeededStore(TestSettings.logOnly());
        fillAll();
        String segment = bench.files("log", ".log").get(2);
        bench.disk.flipBit(segment, LogFormat.HEADER_BYTES + LogFormat.RECORD_HEADER_BYTES + 5, 3);

        bench.cramped.fill("tables/");
        assertThatThrownBy(bench::powerCut).isInstanceOf(IOException.class).hasMessageContaining("make room");
        bench.cramped.fill(null);
        bench.powerCut();

        assertThat(bench.store.damage()).isNotEmpty();
        assertThat(rebuildScan()).hasSize(MANY - 1);
    }

    @Test
    void whatWasHotBeforeTheDamageIsNotReadAfterIt() throws IOException {
        bench = new SeededStore(TestSettings.tinyWithAllHot());
        fillAll();
        bench.read(key(1));
        for (String table : bench.files("tables", ".mapdb")) {
            bench.disk.flipBit(table, bench.size(table) - 1, 0);
        }
        scrub();
        assertRefused(key(1));

        rebuildJoin(key(1), live(9_000, 10));
        done(0, LAST);
        done(0, LAST);

        assertThat(bench.read(key(1))).isEqualTo(new ReadOutcome.Found(live(9_000, 10)));
    }

    @Test
    void aJoinOnItsWayWhenDamageIsFoundIsKept() throws IOException {
        fillAll();
        String table = bench.files("tables", ".mapdb").get(0);
        bench.disk.flipBit(table, bench.size(table) - 1, 0);
        List<JoinOutcome> answers = bench.begin(key(1), live(9_000, 10), Durability.FSYNC);
        scrub();

        assertThat(answers).containsExactly(new JoinOutcome.Held(live(9_000, 10)));
        bench.powerCut();
        assertThat(rebuildScan()).contains(new Entry(key(1), live(9_000, 10)));
    }
}
