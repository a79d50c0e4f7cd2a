package io.murmur.simulation;

import static io.murmur.simulation.NodeHarness.A;
import static org.assertj.core.api.Assertions.assertThat;

import io.murmur.kernel.Durability;
import io.murmur.kernel.Storage;
import io.murmur.kernel.Storage.JoinOutcome;
import io.murmur.kernel.Storage.ReadOutcome;
import io.murmur.kernel.data.Cell;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.data.Version;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SimulatedStorageTest {

    private static final Key KEY = Key.of("cache", "key");

    private final AtomicReference<SimulatedStorage> atA = new AtomicReference<>();
    private NodeHarness harness = harness(1);

    private NodeHarness harness(long seed) {
        return new NodeHarness(seed, seams -> {
            SimulatedStorage storage = new SimulatedStorage(seams);
            if (seams.id().equals(A)) {
                atA.set(storage);
            }
            return (from, message) -> {};
        });
    }

    private SimulatedStorage storage() {
        return Objects.requireNonNull(atA.get());
    }

    private static Cell cell(int version) {
        return new Cell.Live(new Version(version, A), Cell.NEVER, new byte[] {(byte) version});
    }

    private JoinOutcome join(Key key, Cell cell) {
        AtomicReference<@Nullable JoinOutcome> outcome = new AtomicReference<>();
        storage().join(key, cell, Durability.FSYNC, outcome::set);
        harness.await(() -> outcome.get() != null);
        return Objects.requireNonNull(outcome.get());
    }

    private @Nullable Cell read(Key key) {
        AtomicReference<@Nullable ReadOutcome> outcome = new AtomicReference<>();
        storage().read(key, outcome::set);
        harness.await(() -> outcome.get() != null);
        return outcome.get() instanceof ReadOutcome.Found found ? found.cell() : null;
    }

    @Test
    void aJoinIsSeenOnceItIsDurableAndNotBefore() {
        AtomicReference<@Nullable JoinOutcome> outcome = new AtomicReference<>();
        storage().join(KEY, cell(5), Durability.FSYNC, outcome::set);
        assertThat(read(KEY)).isNull();

        harness.await(() -> outcome.get() != null);

        assertThat(outcome.get()).isEqualTo(new JoinOutcome.Held(cell(5)));
        assertThat(read(KEY)).isEqualTo(cell(5));
    }

    @Test
    void aSmallerCellIsAnsweredWithTheGreaterOneHeld() {
        join(KEY, cell(5));

        assertThat(join(KEY, cell(3))).isEqualTo(new JoinOutcome.Held(cell(5)));
        assertThat(read(KEY)).isEqualTo(cell(5));
    }

    @Test
    void whatWasAcknowledgedSurvivesAnyNumberOfKillsAndCrashes() {
        for (int seed = 0; seed < 50; seed++) {
            harness = harness(seed);
            Map<Key, Cell> acknowledged = new HashMap<>();
            for (int round = 1; round <= 6; round++) {
                Key key = Key.of("cache", "key-" + round % 3);
                join(key, cell(round));
                acknowledged.put(key, cell(round));
                storage().join(KEY, cell(100 + round), Durability.FSYNC, outcome -> {});
                if (round % 2 == 0) {
                    harness.world.kill(A);
                } else {
                    harness.world.crash(A);
                }
                harness.world.start(A);
                acknowledged.forEach((held, cell) -> assertThat(read(held)).isEqualTo(cell));
                assertThat(storage().greatestReading()).isGreaterThanOrEqualTo(round);
            }
        }
    }

    @Test
    void aFullDiskRefusesAndGoesOnWhenThereIsRoom() {
        join(KEY, cell(1));
        harness.world.disk(A).fill(true);

        JoinOutcome refused = join(KEY, cell(2));
        assertThat(refused)
                .isInstanceOfSatisfying(
                        JoinOutcome.Refused.class,
                        outcome -> assertThat(outcome.fault()).isEqualTo(Storage.StorageFault.DISK_FULL));
        assertThat(read(KEY)).isEqualTo(cell(1));

        harness.world.disk(A).fill(false);
        assertThat(join(KEY, cell(3))).isEqualTo(new JoinOutcome.Held(cell(3)));
    }

    @Test
    void aFailedSyncStopsTheNodeAndAcknowledgesNothing() {
        List<JoinOutcome> outcomes = new ArrayList<>();
        harness.world.disk(A).failNextSync();
        storage().join(KEY, cell(1), Durability.FSYNC, outcomes::add);
        harness.await(() -> !harness.world.isUp(A));
        harness.await(() -> harness.world.isUp(A));

        assertThat(outcomes).isEmpty();
    }

    @Test
    void aScanGoesThroughARangeOfSlotsInPages() {
        List<Key> keys = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            Key key = Key.of("cache", "key-" + i);
            join(key, cell(1));
            keys.add(key);
        }
        keys.sort(null);
        int first = keys.get(3).slot();
        int last = keys.get(16).slot();

        List<Key> found = new ArrayList<>();
        boolean more = true;
        while (more) {
            List<Storage.ScanOutcome.Page> pages = new ArrayList<>();
            Key after = found.isEmpty() ? null : found.get(found.size() - 1);
            storage().scan(first, last, after, 4, outcome -> {
                if (outcome instanceof Storage.ScanOutcome.Page page) {
                    pages.add(page);
                }
            });
            pages.get(0).entries().forEach(entry -> found.add(entry.key()));
            more = pages.get(0).more();
        }

        assertThat(found).isEqualTo(keys.subList(3, 17));
    }
}
