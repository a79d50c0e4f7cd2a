package io.murmur.storage;

import static io.murmur.storage.StorageContract.key;
import static io.murmur.storage.StorageContract.live;
import static org.assertj.core.api.Assertions.assertThat;

import io.murmur.kernel.Durability;
import io.murmur.kernel.Storage.JoinOutcome;
import io.murmur.kernel.Storage.ReadOutcome;
import io.murmur.kernel.Storage.StorageFault;
import io.murmur.kernel.data.Cell;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.data.Version;
import io.murmur.kernel.ring.NodeId;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The store over real files, with more data than its memory. */
class FileStoreTest {

    private static final int IN_FLIGHT = 1_000;

    @TempDir
    Path folder = Path.of("");

    private static StoreSettings settings(long memoryTableBytes, long hotBytes) {
        return new StoreSettings(
                1, slot -> 0, memoryTableBytes, hotBytes, 32 << 20, 16, Duration.ofMillis(100), 64 << 20, 0.0);
    }

    /** Joins them all, and those once more that a store with too much to flush has refused. */
    private static void joinAll(FileBench bench, int count, Cells cells) {
        ArrayDeque<Integer> missing = new ArrayDeque<>();
        ArrayDeque<Begun> begun = new ArrayDeque<>();
        int next = 0;
        while (next < count || !missing.isEmpty() || !begun.isEmpty()) {
            boolean isMore = next < count || !missing.isEmpty();
            if (begun.size() < IN_FLIGHT && isMore) {
                int number = missing.isEmpty() ? next++ : missing.removeFirst();
                Key key = cells.key(number);
                Cell cell = cells.cell(number);
                begun.add(new Begun(
                        number, bench.begin((storage, then) -> storage.join(key, cell, Durability.FSYNC, then))));
            } else {
                Begun oldest = begun.removeFirst();
                if (bench.await(oldest.outcome) instanceof JoinOutcome.Refused refused) {
                    assertThat(refused.fault()).as(refused.detail()).isEqualTo(StorageFault.OVERLOADED);
                    missing.add(oldest.number);
                }
            }
        }
    }

    private record Begun(int number, CompletableFuture<JoinOutcome> outcome) {}

    private interface Cells {
        Key key(int number);

        Cell cell(int number);
    }

    @Test
    void moreDataThanMemoryIsServedFromTables() throws IOException {
        Cells cells = new Cells() {
            @Override
            public Key key(int number) {
                return StorageContract.key(number);
            }

            @Override
            public Cell cell(int number) {
                return live(1 + number, 100);
            }
        };
        try (FileBench bench = new FileBench(folder, settings(1 << 20, 256 << 10))) {
            joinAll(bench, 20_000, cells);
            bench.restart();

            Random random = new Random(3);
            for (int i = 0; i < 3_000; i++) {
                int number = random.nextInt(20_000);
                ReadOutcome outcome = bench.answerOf((storage, then) -> storage.read(key(number), then));
                assertThat(outcome).isEqualTo(new ReadOutcome.Found(cells.cell(number)));
            }

            assertThat(bench.store().counters().tableReads.sum()).isGreaterThan(1_000);
            assertThat(bench.store().counters().memoryTableBytes.get()).isLessThan(2 << 20);
        }
    }

    @Test
    void valuesOfEightMegabytesAmongSmallOnesAreServedFromTables() throws IOException {
        try (FileBench bench = new FileBench(folder, settings(20 << 20, 1 << 20))) {
            for (int i = 0; i < 12; i++) {
                Key key = key(i);
                Cell cell = live(1 + i, i % 3 == 0 ? 100 : 8 << 20);
                assertThat(bench.<JoinOutcome>answerOf(
                                (storage, then) -> storage.join(key, cell, Durability.FSYNC, then)))
                        .isInstanceOf(JoinOutcome.Held.class);
            }
            bench.restart();

            for (int i = 0; i < 12; i++) {
                Key key = key(i);
                ReadOutcome outcome = bench.answerOf((storage, then) -> storage.read(key, then));
                assertThat(outcome).isEqualTo(new ReadOutcome.Found(live(1 + i, i % 3 == 0 ? 100 : 8 << 20)));
            }
            assertThat(bench.store().counters().tables.get()).isPositive();
        }
    }

    @Test
    @Tag("slow")
    void aMillionRecordsAreThereAgainAfterARestart() throws IOException {
        int records = 1_000_000;
        byte[] value = new byte[100];
        Cells cells = new Cells() {
            @Override
            public Key key(int number) {
                return Key.of("default", String.format(Locale.ROOT, "key-%020d", number));
            }

            @Override
            public Cell cell(int number) {
                return new Cell.Live(new Version(1L + number, new NodeId(1, 2)), Cell.NEVER, value);
            }
        };
        try (FileBench bench = new FileBench(folder, settings(64 << 20, 64 << 20))) {
            joinAll(bench, records, cells);
            bench.restart();

            for (int number = 0; number < records; number += 997) {
                Key key = cells.key(number);
                assertThat(bench.<ReadOutcome>answerOf((storage, then) -> storage.read(key, then)))
                        .isEqualTo(new ReadOutcome.Found(cells.cell(number)));
            }
        }
    }
}
