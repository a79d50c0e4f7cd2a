package io.murmur.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.murmur.kernel.Durability;
import io.murmur.kernel.Storage.Entry;
import io.murmur.kernel.Storage.JoinOutcome;
import io.murmur.kernel.Storage.PromiseOutcome;
import io.murmur.kernel.Storage.ReadOutcome;
import io.murmur.kernel.Storage.ScanOutcome;
import io.murmur.kernel.data.Cell;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.data.Version;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.ring.Slots;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What any storage must do. Bound by each implementation's own test class. */
abstract class StorageContract {

    private static final NodeId NODE = new NodeId(1, 2);

    private @Nullable StorageBench opened;

    /** A bench with an empty storage, small enough in its bounds that a few hundred cells reach all its parts. */
    abstract StorageBench open() throws Exception;

    @BeforeEach
    void openBench() throws Exception {
        opened = open();
    }

    @AfterEach
    void closeBench() throws Exception {
        bench().close();
    }

    private StorageBench bench() {
        if (opened == null) {
            throw new IllegalStateException("not open");
        }
        return opened;
    }

    static Key key(int number) {
        return Key.of("default", "key-" + number);
    }

    static Cell live(long reading, int length) {
        byte[] value = new byte[length];
        new Random(reading).nextBytes(value);
        return new Cell.Live(new Version(reading, NODE), Cell.NEVER, value);
    }

    static Cell tombstone(long reading) {
        return new Cell.Tombstone(new Version(reading, NODE));
    }

    private Cell join(Key key, Cell cell) {
        JoinOutcome outcome = bench().answerOf((storage, then) -> storage.join(key, cell, Durability.FSYNC, then));
        assertThat(outcome).isInstanceOf(JoinOutcome.Held.class);
        return ((JoinOutcome.Held) outcome).cell();
    }

    private @Nullable Cell read(Key key) {
        ReadOutcome outcome = bench().answerOf((storage, then) -> storage.read(key, found -> {
            storage.expect(List.of(key, key(0)));
            // What is known at once is what a read finds.
            ReadOutcome.Found atOnce = storage.readAtOnce(key);
            then.accept(atOnce == null || atOnce.equals(found) ? found : atOnce);
        }));
        assertThat(outcome).isInstanceOf(ReadOutcome.Found.class);
        return ((ReadOutcome.Found) outcome).cell();
    }

    private ScanOutcome.Page scan(int firstSlot, int lastSlot, @Nullable Key after, int limit) {
        ScanOutcome outcome =
                bench().answerOf((storage, then) -> storage.scan(firstSlot, lastSlot, after, limit, then));
        assertThat(outcome).isInstanceOf(ScanOutcome.Page.class);
        return (ScanOutcome.Page) outcome;
    }

    private List<Entry> scanAll(int firstSlot, int lastSlot, int limit) {
        List<Entry> all = new ArrayList<>();
        ScanOutcome.Page page = scan(firstSlot, lastSlot, null, limit);
        all.addAll(page.entries());
        while (page.more()) {
            assertThat(page.entries()).hasSizeLessThanOrEqualTo(limit).isNotEmpty();
            page = scan(firstSlot, lastSlot, all.get(all.size() - 1).key(), limit);
            all.addAll(page.entries());
        }
        return all;
    }

    @Test
    void aPromiseIsAnsweredOnceAllJoinsBeforeItAreSeen() {
        CompletableFuture<ReadOutcome> seen = bench().begin((storage, then) -> {
            storage.join(key(1), live(1, 10), Durability.INTERVAL, joined -> {});
            storage.promise(2, kept -> {
                assertThat(kept).isEqualTo(new PromiseOutcome.Kept());
                storage.read(key(1), then);
            });
            storage.join(key(1), live(3, 10), Durability.FSYNC, joined -> {});
        });

        assertThat(((ReadOutcome.Found) bench().await(seen)).cell()).isIn(live(1, 10), live(3, 10));
    }

    @Test
    void aKeyThatWasNeverJoinedHasNoCell() {
        assertThat(read(key(1))).isNull();
    }

    @Test
    void aJoinedCellIsRead() {
        Cell held = join(key(1), live(10, 100));

        assertThat(held).isEqualTo(live(10, 100));
        assertThat(read(key(1))).isEqualTo(live(10, 100));
        assertThat(read(key(2))).isNull();
    }

    @Test
    void anEmptyValueAndALargeOneAreKept() {
        join(key(1), live(10, 0));
        join(key(2), live(11, 300_000));

        assertThat(read(key(1))).isEqualTo(live(10, 0));
        assertThat(read(key(2))).isEqualTo(live(11, 300_000));
    }

    @Test
    void theGreaterVersionIsHeldWhateverTheOrder() {
        assertThat(join(key(1), live(20, 8))).isEqualTo(live(20, 8));
        assertThat(join(key(1), live(10, 8))).isEqualTo(live(20, 8));
        assertThat(join(key(1), live(30, 8))).isEqualTo(live(30, 8));

        assertThat(read(key(1))).isEqualTo(live(30, 8));
    }

    @Test
    void aTombstoneIsACellLikeAnyOther() {
        join(key(1), live(10, 8));
        join(key(1), tombstone(20));

        assertThat(join(key(1), live(15, 8))).isEqualTo(tombstone(20));
        assertThat(read(key(1))).isEqualTo(tombstone(20));
    }

    @Test
    void anExpiredCellIsStillACell() {
        Cell expired = new Cell.Live(new Version(10, NODE), 1, new byte[] {7});

        join(key(1), expired);

        assertThat(read(key(1))).isEqualTo(expired);
    }

    @Test
    void cachesDoNotShareTheirKeys() {
        join(Key.of("one", "same"), live(10, 8));
        join(Key.of("two", "same"), live(20, 8));

        assertThat(read(Key.of("one", "same"))).isEqualTo(live(10, 8));
        assertThat(read(Key.of("two", "same"))).isEqualTo(live(20, 8));
    }

    @Test
    void manyJoinsAtOnceAreEachAnsweredOnce() {
        AtomicInteger answers = new AtomicInteger();
        List<CompletableFuture<JoinOutcome>> begun = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            int number = i;
            begun.add(bench().begin((storage, then) -> storage.join(
                    key(number % 100),
                    live(1000 + number, 20),
                    number % 2 == 0 ? Durability.FSYNC : Durability.INTERVAL,
                    outcome -> {
                        answers.incrementAndGet();
                        then.accept(outcome);
                    })));
        }

        begun.forEach(answer -> assertThat(bench().await(answer)).isInstanceOf(JoinOutcome.Held.class));

        assertThat(answers).hasValue(300);
        for (int i = 0; i < 100; i++) {
            assertThat(read(key(i))).isEqualTo(live(1200 + i, 20));
        }
    }

    @Test
    void aScanTakesEachKeyOfItsSlotsOnceInOrder() {
        TreeMap<Key, Cell> expected = new TreeMap<>();
        for (int i = 0; i < 200; i++) {
            Cell cell = i % 5 == 0 ? tombstone(100 + i) : live(100 + i, 30);
            join(key(i), cell);
            join(key(i), live(50, 30));
            expected.put(key(i), cell);
        }
        int middle = Slots.COUNT / 2;

        assertThat(scanAll(0, Slots.COUNT - 1, 7)).isEqualTo(entries(expected, 0, Slots.COUNT - 1));
        assertThat(scanAll(0, middle, 1000)).isEqualTo(entries(expected, 0, middle));
        assertThat(scanAll(middle, middle + 100, 3)).isEqualTo(entries(expected, middle, middle + 100));
        int one = key(17).slot();
        assertThat(scanAll(one, one, 1)).isEqualTo(entries(expected, one, one));
    }

    private static List<Entry> entries(TreeMap<Key, Cell> cells, int firstSlot, int lastSlot) {
        return cells.entrySet().stream()
                .filter(entry ->
                        entry.getKey().slot() >= firstSlot && entry.getKey().slot() <= lastSlot)
                .map(entry -> new Entry(entry.getKey(), entry.getValue()))
                .toList();
    }

    @Test
    void whatWasAcknowledgedIsThereAfterARestart() throws Exception {
        for (int i = 0; i < 200; i++) {
            join(key(i), live(100 + i, 50));
        }

        bench().restart();
        join(key(7), live(5, 50));
        bench().restart();

        for (int i = 0; i < 200; i++) {
            assertThat(read(key(i))).isEqualTo(live(100 + i, 50));
        }
    }

    @Test
    void anyOrderOfJoinsEndsInTheirJoin() throws Exception {
        Random random = new Random(42);
        TreeMap<Key, Cell> expected = new TreeMap<>();
        for (int i = 0; i < 1500; i++) {
            Key key = key(random.nextInt(60));
            long reading = random.nextInt(1_000);
            Cell cell = random.nextInt(4) == 0 ? tombstone(reading) : live(reading, random.nextInt(120));
            Cell joined = expected.merge(key, cell, Cell::joinPresent);

            assertThat(join(key, cell)).isEqualTo(joined);

            if (random.nextInt(200) == 0) {
                bench().restart();
            }
            Key other = key(random.nextInt(60));
            assertThat(read(other)).isEqualTo(expected.get(other));
        }
        assertThat(scanAll(0, Slots.COUNT - 1, 10)).isEqualTo(entries(expected, 0, Slots.COUNT - 1));
    }
}
