package io.murmur.storage;

import static io.murmur.storage.StorageContract.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.murmur.kernel.CellObserver;
import io.murmur.kernel.Durability;
import io.murmur.kernel.Horizons;
import io.murmur.kernel.Storage.Entry;
import io.murmur.kernel.Storage.JoinOutcome;
import io.murmur.kernel.Storage.ReadOutcome;
import io.murmur.kernel.Storage.ScanOutcome;
import io.murmur.kernel.data.Cell;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.data.Version;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.ring.Slots;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Dead cells are forgotten only past their slot's horizon, and nothing returns from behind it (invariant 5). */
class PurgeTest {

    private static final NodeId NODE = new NodeId(1, 2);
    private static final int MANY = 150;

    private SeededStore bench;

    @BeforeEach
    void open() throws IOException {
        bench = new SeededStore(TestSettings.tiny(1).withPurgeInterval(Duration.ofSeconds(1)));
    }

    private static Cell live(long moment) {
        return expiring(moment, Cell.NEVER);
    }

    private static Cell expiring(long moment, long expiresAt) {
        return new Cell.Live(new Version(moment << 16, NODE), expiresAt, new byte[100]);
    }

    private static Cell tombstone(long moment) {
        return new Cell.Tombstone(new Version(moment << 16, NODE));
    }

    private @Nullable Cell read(Key key) {
        ReadOutcome outcome = bench.read(key);
        assertThat(outcome).isInstanceOf(ReadOutcome.Found.class);
        return ((ReadOutcome.Found) outcome).cell();
    }

    /** Other keys, so many that all before is in tables, and merged with more. */
    private void fillUp(long moment, int number) {
        for (int i = 0; i < 60; i++) {
            bench.join(key(number + i), live(moment));
        }
        bench.threads.runUntilIdle();
    }

    // ---- what is seen

    @Test
    void aTombstoneAndAnExpiredValueOlderThanTheHorizonAreSeenByNobody() throws IOException {
        bench.join(key(1), tombstone(10));
        bench.join(key(2), expiring(10, 15));
        bench.join(key(3), live(10));
        bench.join(key(4), expiring(10, 30));
        bench.join(key(5), tombstone(20));

        for (int life = 0; life < 2; life++) {
            bench.raise(20);

            assertThat(read(key(1))).isNull();
            assertThat(read(key(2))).isNull();
            assertThat(read(key(3))).isEqualTo(live(10));
            assertThat(read(key(4))).isEqualTo(expiring(10, 30));
            assertThat(read(key(5))).isEqualTo(tombstone(20));
            assertThat(bench.scanAll()).extracting(Entry::key).containsExactlyInAnyOrder(key(3), key(4), key(5));
            bench.powerCut();
        }
    }

    @Test
    void theHorizonIsThereAgainAfterARestart() throws IOException {
        bench.join(key(1), tombstone(10));
        bench.raise(20);

        bench.powerCut();

        assertThat(bench.store.horizons(0).of(5)).isEqualTo(20);
        assertThat(read(key(1))).isNull();
        bench.raise(15);
        assertThat(bench.store.horizons(0).of(5)).isEqualTo(20);
    }

    @Test
    void whatIsPastIsJudgedByTheJoinOfAllThereIs() throws IOException {
        bench.join(key(1), live(5));
        bench.join(key(2), tombstone(5));
        fillUp(1, 1000);
        bench.join(key(1), tombstone(10));
        bench.join(key(2), live(10));
        fillUp(2, 2000);
        bench.raise(20);

        for (int life = 0; life < 2; life++) {
            assertThat(read(key(1))).isNull();
            assertThat(read(key(2))).isEqualTo(live(10));
            assertThat(bench.scanAll()).extracting(Entry::key).contains(key(2)).doesNotContain(key(1));
            bench.powerCut();
        }
    }

    @Test
    void aPageBehindAStretchOfHiddenCellsHasEntriesOrIsTheLast() {
        for (int i = 0; i < MANY; i++) {
            bench.join(key(i), i % 50 == 0 ? live(10) : tombstone(10));
        }
        bench.raise(20);
        List<Key> found = new ArrayList<>();
        ScanOutcome.Page page = (ScanOutcome.Page) bench.scan(null, 3);
        while (page.more()) {
            assertThat(page.entries()).isNotEmpty();
            page.entries().forEach(entry -> found.add(entry.key()));
            page = (ScanOutcome.Page) bench.scan(found.get(found.size() - 1), 3);
        }
        page.entries().forEach(entry -> found.add(entry.key()));

        assertThat(found).containsExactlyInAnyOrder(key(0), key(50), key(100));
    }

    @Test
    void aPageShowsWhatWasJoinedWhileItsScanPassedOverHiddenCells() throws IOException {
        int joinedFirst = 0;
        for (int steps = 2; steps < 40; steps++) {
            open();
            TreeSet<Key> keys = new TreeSet<>();
            for (int i = 0; i < MANY; i++) {
                keys.add(key(i));
                bench.join(key(i), tombstone(10));
            }
            bench.raise(20);
            bench.threads.runUntilIdle();
            List<Boolean> wasJoined = new ArrayList<>();
            List<ScanOutcome> pages = new ArrayList<>();
            List<JoinOutcome> answers = new ArrayList<>();
            bench.threads
                    .shard(0)
                    .execute(() -> bench.store.shard(0).scan(0, Slots.COUNT - 1, null, 3, page -> {
                        wasJoined.add(!answers.isEmpty());
                        pages.add(page);
                    }));
            for (int step = 0; step < steps; step++) {
                bench.threads.step();
            }
            bench.threads
                    .shard(0)
                    .execute(() -> bench.store.shard(0).join(keys.first(), live(30), Durability.FSYNC, answers::add));
            bench.threads.runUntilIdle();

            List<Entry> expected = wasJoined.get(0) ? List.of(new Entry(keys.first(), live(30))) : List.of();
            assertThat(((ScanOutcome.Page) pages.get(0)).entries()).isEqualTo(expected);
            joinedFirst += wasJoined.get(0) ? 1 : 0;
        }
        assertThat(joinedFirst).isGreaterThan(10);
    }

    // ---- what comes late

    @Test
    void aCellFromBeforeTheHorizonIsNotTakenIntoAKeyThatIsNotHeld() throws IOException {
        bench.join(key(1), tombstone(10));
        bench.raise(20);

        for (int number : List.of(1, 2)) {
            assertThat(bench.join(key(number), live(8))).isEqualTo(new JoinOutcome.Held(Horizons.tombstone(20)));
            assertThat(bench.join(key(number), live(19))).isEqualTo(new JoinOutcome.Held(Horizons.tombstone(20)));
            assertThat(read(key(number))).isNull();
        }
        bench.powerCut();
        assertThat(read(key(1))).isNull();
        assertThat(read(key(2))).isNull();
        assertThat(bench.scanAll()).isEmpty();

        assertThat(bench.join(key(1), live(20))).isEqualTo(new JoinOutcome.Held(live(20)));
        assertThat(read(key(1))).isEqualTo(live(20));
    }

    @Test
    void aLateCellIsJudgedByWhatTheTablesHold() throws IOException {
        bench.join(key(1), live(10));
        bench.join(key(2), tombstone(10));
        fillUp(30, 1000);
        bench.raise(20);
        bench.powerCut();

        assertThat(bench.join(key(1), live(15))).isEqualTo(new JoinOutcome.Held(live(15)));
        assertThat(bench.join(key(2), live(15))).isEqualTo(new JoinOutcome.Held(Horizons.tombstone(20)));
        assertThat(bench.join(key(1), live(12))).isEqualTo(new JoinOutcome.Held(live(15)));
        assertThat(read(key(1))).isEqualTo(live(15));
    }

    @Test
    void ofTwoLateCellsAtOnceTheSecondIsJudgedByWhatTheFirstLeft() {
        bench.join(key(1), live(10));
        bench.raise(20);

        List<JoinOutcome> deletion = bench.begin(key(1), tombstone(15), Durability.FSYNC);
        List<JoinOutcome> value = bench.begin(key(1), live(12), Durability.FSYNC);
        bench.threads.runUntilIdle();

        assertThat(deletion).containsExactly(new JoinOutcome.Held(Horizons.tombstone(20)));
        assertThat(value).containsExactly(new JoinOutcome.Held(Horizons.tombstone(20)));
        assertThat(read(key(1))).isNull();
    }

    @Test
    void whatWaitsToBeJudgedIsNotSettled() {
        bench.join(key(1), live(10));
        fillUp(31, 1000);
        bench.raise(20);
        List<ReadOutcome> read = new ArrayList<>();
        bench.threads.shard(0).execute(() -> {
            var storage = bench.store.shard(0);
            storage.join(key(1), live(15), Durability.FSYNC, outcome -> {});
            storage.settled(() -> storage.read(key(1), read::add));
        });
        bench.threads.runUntilIdle();

        assertThat(read).containsExactly(new ReadOutcome.Found(live(15)));
    }

    // ---- raising

    @Test
    void whatWasAcknowledgedBeforeAHorizonWasRaisedIsData() throws IOException {
        bench.join(key(1), live(10));
        bench.raise(20);
        bench.powerCut();

        assertThat(read(key(1))).isEqualTo(live(10));
    }

    @Test
    void whatARaisedHorizonReliesOnIsDurableAlsoForCachesThatAreSyncedAtIntervals() throws IOException {
        for (int seed = 0; seed < 20; seed++) {
            bench = new SeededStore(TestSettings.tiny(1), seed);
            bench.join(key(1), live(10));
            List<JoinOutcome> answer = bench.begin(key(1), tombstone(15), Durability.INTERVAL);
            bench.threads.runUntil(() -> !answer.isEmpty());
            bench.raise(20);
            bench.powerCut();

            assertThat(bench.store.horizons(0).of(key(1).slot())).isEqualTo(20);
            assertThat(read(key(1))).as("seed %d", seed).isNull();
        }
    }

    @Test
    void aHorizonCountsOnlyOnceItIsDurable() throws IOException {
        bench.join(key(1), tombstone(10));
        bench.cramped.fill("slots/");
        List<Boolean> raised = new ArrayList<>();
        bench.threads
                .shard(0)
                .execute(() -> bench.store.horizons(0).raise(0, Slots.COUNT - 1, 20, () -> raised.add(true)));
        bench.threads.runUntilIdle();

        assertThat(raised).isEmpty();
        assertThat(bench.store.horizons(0).of(7)).isEqualTo(Horizons.NONE);
        assertThat(read(key(1))).isEqualTo(tombstone(10));

        bench.cramped.fill(null);
        bench.threads.pass(Duration.ofSeconds(2));
        bench.threads.runUntilIdle();
        assertThat(raised).containsExactly(true);
        bench.powerCut();
        assertThat(read(key(1))).isNull();
    }

    @Test
    void theObserverIsToldOfARaiseOnlyWhenSomethingMayBePast() {
        List<String> told = new ArrayList<>();
        bench.store.observe(0, new CellObserver() {
            @Override
            public void changed(Key key, @Nullable Cell former, Cell now) {
                told.add(former == null ? "new" : "changed");
            }

            @Override
            public void overwritten(Key key) {
                told.add("overwritten");
            }

            @Override
            public void changed(int firstSlot, int lastSlot) {
                told.add(firstSlot + ".." + lastSlot);
            }
        });
        bench.join(key(1), live(10));
        bench.raise(15);
        bench.join(key(1), tombstone(20));
        bench.raise(20);
        bench.raise(21);
        bench.join(key(1), live(30));

        assertThat(told).containsExactly("new", "changed", "0..16383", "new");
    }

    @Test
    void aDamagedOrMissingLedgerKeepsTheStoreFromOpening() throws IOException {
        bench.raise(20);

        bench.disk.flipBit(SlotLedger.NAME, 20, 0);
        assertThatThrownBy(bench::powerCut).isInstanceOf(IOException.class).hasMessageContaining("ledger of the slots");

        bench.disk.delete(SlotLedger.NAME);
        assertThatThrownBy(bench::start).isInstanceOf(IOException.class).hasMessageContaining("is missing");
    }

    // ---- what compactions drop

    @Test
    void deadCellsLeaveTheTablesSomeTimeAfterTheHorizonHasPassedThem() throws IOException {
        for (int i = 0; i < MANY; i++) {
            bench.join(key(i), i % 3 == 0 ? expiring(5, 9) : live(5));
        }
        for (int i = 0; i < MANY; i++) {
            if (i % 3 == 1) {
                bench.join(key(i), tombstone(10));
            }
        }
        bench.raise(20);
        bench.purge();
        bench.purge();

        assertThat(bench.store.counters().purged.sum()).isGreaterThan(MANY / 2);
        for (int life = 0; life < 2; life++) {
            assertThat(bench.scanAll()).hasSize(MANY / 3);
            for (int i = 0; i < MANY; i++) {
                assertThat(read(key(i))).isEqualTo(i % 3 == 2 ? live(5) : null);
            }
            bench.powerCut();
        }
        assertThat(bench.join(key(1), live(5))).isEqualTo(new JoinOutcome.Held(Horizons.tombstone(20)));
    }

    /** The older cells are in memory and in the log alone when the horizon is raised. */
    @Test
    void aDeletionStaysAsLongAsTheLogHoldsWhatItHides() throws IOException {
        long purged = 0;
        for (int seed = 0; seed < 120; seed++) {
            bench = new SeededStore(TestSettings.tiny(1).withPurgeInterval(Duration.ofSeconds(1)), seed);
            int steps = seed;
            for (int i = 0; i < 12; i++) {
                bench.join(key(i), tombstone(10));
            }
            fillUp(11, 1000);
            for (int i = 0; i < 12; i++) {
                bench.join(key(i), live(5));
            }
            bench.raise(20);
            bench.threads.runUntilIdle();
            bench.threads.pass(Duration.ofSeconds(1));
            for (int step = 0; step < steps; step++) {
                bench.threads.step();
            }
            purged += bench.store.counters().purged.sum();
            bench.powerCut();

            for (int i = 0; i < 12; i++) {
                assertThat(read(key(i))).as("key %d, seed %d", i, seed).isNull();
            }
        }
        assertThat(purged).isPositive();
    }

    @Test
    void aDeletionAndWhatItHidesInAnotherTableAreMergedToLetBothGo() {
        for (int i = 0; i < 25; i++) {
            bench.join(key(i), live(5));
        }
        bench.threads.runUntilIdle();
        for (int i = 0; i < 25; i++) {
            bench.join(key(i), tombstone(10));
        }
        bench.raise(20);
        bench.purge();

        assertThat(bench.files("tables", ".mapdb")).isEmpty();
        assertThat(bench.scanAll()).isEmpty();
    }

    @Test
    void aTableOfNothingButDeadCellsIsGone() {
        for (int i = 0; i < MANY; i++) {
            bench.join(key(i), tombstone(5));
        }
        bench.raise(20);
        bench.purge();

        assertThat(bench.store.counters().purged.sum()).isEqualTo(MANY);
        assertThat(bench.files("tables", ".mapdb")).isEmpty();
        assertThat(bench.scanAll()).isEmpty();
    }

    @Test
    void aCompactionThatFailsIsStillDueAtTheNextFlush() throws IOException {
        int failed = 0;
        for (int steps = 0; steps < 40; steps++) {
            open();
            for (int i = 0; i < 30; i++) {
                bench.join(key(i), i < 15 ? tombstone(10) : live(10));
            }
            bench.raise(20);
            bench.threads.runUntilIdle();
            bench.threads.pass(Duration.ofSeconds(1));
            for (int step = 0; step < steps; step++) {
                bench.threads.step();
            }
            bench.cramped.fill("tables/");
            pass(Duration.ofSeconds(10));
            bench.cramped.fill(null);
            long flushes = bench.store.counters().flushes.sum();
            long purged = bench.store.counters().purged.sum();
            pass(Duration.ofSeconds(10));
            // The round's flush was done, and the rest was not.
            failed += flushes == bench.store.counters().flushes.sum() && purged == 0 ? 1 : 0;

            flushes = bench.store.counters().flushes.sum();
            for (int i = 0; flushes == bench.store.counters().flushes.sum(); i++) {
                bench.join(key(1000 + i), live(30));
                bench.threads.runUntilIdle();
            }

            assertThat(bench.store.counters().purged.sum())
                    .as("%d steps", steps)
                    .isEqualTo(15);
        }
        assertThat(failed).isPositive();
    }

    // ---- rounds

    private void raiseOverDeadCells() {
        for (int i = 0; i < MANY; i++) {
            bench.join(key(i), tombstone(5));
        }
        bench.raise(20);
    }

    private void pass(Duration time) {
        for (int step = 0; step < 10; step++) {
            bench.threads.pass(time.dividedBy(10));
            bench.threads.runUntilIdle();
        }
    }

    @Test
    void aRoundThatIsHeldUpByAFullOrFailingDiskGoesOnByItself() throws IOException {
        List<BiConsumer<CrampedDisk, Boolean>> obstacles = List.of(
                (disk, isThere) -> disk.fill(isThere ? "tables/" : null),
                (disk, isThere) -> disk.fill(isThere ? "log/" : null),
                (disk, isThere) -> disk.keep(isThere ? "log" : null));
        for (BiConsumer<CrampedDisk, Boolean> obstacle : obstacles) {
            open();
            raiseOverDeadCells();
            obstacle.accept(bench.cramped, true);
            bench.purge();
            pass(Duration.ofSeconds(10));
            assertThat(bench.store.counters().purged.sum()).isZero();

            obstacle.accept(bench.cramped, false);
            pass(Duration.ofSeconds(10));
            assertThat(bench.store.counters().purged.sum()).isEqualTo(MANY);
            assertThat(bench.files("tables", ".mapdb")).isEmpty();
        }
    }

    @Test
    void howeverManyRoundsThereWereNoMoreTimersWait() throws IOException {
        bench = new SeededStore(TestSettings.tiny(1).withPurgeInterval(Duration.ofMillis(10)));
        bench.threads.runUntilIdle();
        int before = bench.threads.waiting();
        for (int round = 1; round < 20; round++) {
            bench.join(key(round), tombstone(round));
            bench.raise(round + 1);
            bench.purge();
        }
        assertThat(bench.threads.waiting()).isEqualTo(before);
    }

    @Test
    void aClosedStoreIsNotKeptAliveByARoundThatIsHeldUp() throws IOException {
        for (String folder : List.of("tables/", "log/")) {
            open();
            raiseOverDeadCells();
            bench.cramped.fill(folder);
            bench.purge();

            bench.close();
            pass(Duration.ofSeconds(10));
            // What is left is the scrub's, which waits for tomorrow.
            assertThat(bench.threads.waiting()).isEqualTo(1);
        }
    }
}
