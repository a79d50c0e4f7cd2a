package io.murmur.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.murmur.kernel.Durability;
import io.murmur.kernel.Horizons;
import io.murmur.kernel.Storage;
import io.murmur.kernel.Storage.JoinOutcome;
import io.murmur.kernel.Storage.ReadOutcome;
import io.murmur.kernel.Storage.ScanOutcome;
import io.murmur.kernel.data.Cell;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.data.Version;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.ring.Slots;
import io.murmur.simulation.SimulatedCrash;
import io.murmur.simulation.SimulatedDisk;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Several lives of a store that forgets the dead, each ended by a power cut or a kill under a seed. Horizons are raised as they may be:
 * past what is acknowledged by everybody, here by this store. Cells that were acknowledged long ago come again and again, as they do when a
 * hint, a message or a replica was away. Never may a read show less than what was acknowledged before it: neither nothing where there is a
 * value, nor a value that had been deleted.
 */
final class PurgeLives {

    private static final int SHARDS = 2;
    private static final int KEYS = 30;
    private static final int LIVES = 5;

    private final long seed;
    private final Random random;
    private final SimulatedDisk disk;

    private final Map<Key, Cell> acknowledged = new TreeMap<>();
    private final Map<Key, Set<Cell>> begun = new HashMap<>();
    private final List<Storage.Entry> unacknowledged = new ArrayList<>();
    private final List<Storage.Entry> old = new ArrayList<>();
    private final long[] asked = new long[SHARDS];
    private final long[] counts = new long[SHARDS];
    private long moment = 1;
    private int late;
    private int raised;
    private int deletions;
    private int purged;
    private SeededThreads threads;
    private @Nullable ReplicaStore store;

    PurgeLives(long seed) {
        this.seed = seed;
        this.random = new Random(seed);
        this.disk = new SimulatedDisk(random);
        this.threads = new SeededThreads(random, SHARDS);
    }

    int late() {
        return late;
    }

    int raised() {
        return raised;
    }

    int purged() {
        return purged;
    }

    int deletions() {
        return deletions;
    }

    void live() throws IOException {
        for (int life = 0; life < LIVES; life++) {
            open();
            spend(200 + random.nextInt(600));
            purged += opened().counters().purged.intValue();
            end();
        }
        open();
        checkAll();
    }

    private void open() throws IOException {
        while (store == null) {
            if (random.nextInt(3) == 0) {
                disk.crashInside(1 + random.nextInt(60));
            }
            threads = new SeededThreads(random, SHARDS);
            try {
                store = ReplicaStore.open(
                        TestSettings.tiny(SHARDS).withPurgeInterval(Duration.ofMillis(500)),
                        disk,
                        threads,
                        threads.threads(),
                        TestSettings.NOT_EXPECTED);
                disk.heal();
            } catch (SimulatedCrash e) {
                end();
            }
        }
        for (int shard = 0; shard < SHARDS; shard++) {
            long horizon = opened().horizons(shard).of(shard);
            assertThat(horizon).as("seed %d", seed).isBetween(counts[shard], asked[shard]);
            counts[shard] = horizon;
            asked[shard] = horizon;
        }
        checkAll();
    }

    private void end() {
        store = null;
        if (random.nextInt(3) == 0) {
            disk.kill();
        } else {
            disk.crash();
        }
    }

    private ReplicaStore opened() {
        if (store == null) {
            throw new IllegalStateException("not open");
        }
        return store;
    }

    private static int shardOf(Key key) {
        return key.slot() % SHARDS;
    }

    private Storage storageOf(Key key) {
        return opened().shard(shardOf(key));
    }

    private void onShard(Key key, Runnable task) {
        threads.shard(shardOf(key)).execute(task);
    }

    private void spend(int calls) {
        if (random.nextInt(4) != 0) {
            disk.crashInside(1 + random.nextInt(1_200));
        }
        try {
            for (int call = 0; call < calls; call++) {
                act();
                for (int step = random.nextInt(14); step > 0; step--) {
                    threads.step();
                }
                if (random.nextInt(30) == 0) {
                    threads.pass(Duration.ofMillis(random.nextInt(1_000)));
                }
                if (random.nextInt(60) == 0) {
                    threads.runUntilIdle();
                }
            }
        } catch (SimulatedCrash e) {
            // The next life recovers.
        }
    }

    private void act() {
        Key key = Key.of("default", "key-" + random.nextInt(KEYS));
        switch (random.nextInt(12)) {
            case 0, 1, 2 -> onShard(key, () -> storageOf(key).read(key, outcome -> sawRead(key, outcome)));
            case 3 -> {
                int shard = random.nextInt(SHARDS);
                int limit = 1 + random.nextInt(12);
                threads.shard(shard)
                        .execute(() -> opened().shard(shard)
                                .scan(0, Slots.COUNT - 1, null, limit, outcome -> sawScan(shard, limit, outcome)));
            }
            case 4 -> raise();
            case 5, 6 -> {
                // What is not acknowledged, its coordinator sends again.
                List.copyOf(unacknowledged).stream().limit(5).forEach(entry -> join(entry.key(), entry.cell()));
            }
            case 7, 8 -> {
                if (!old.isEmpty()) {
                    Storage.Entry again = old.get(random.nextInt(old.size()));
                    late++;
                    join(again.key(), again.cell());
                }
            }
            default -> {
                Cell cell = cell();
                begun.computeIfAbsent(key, any -> new HashSet<>()).add(cell);
                unacknowledged.add(new Storage.Entry(key, cell));
                join(key, cell);
            }
        }
    }

    private Cell cell() {
        Version version = new Version(++moment << 16, new NodeId(0, random.nextInt(3)));
        if (random.nextInt(3) == 0) {
            return new Cell.Tombstone(version);
        }
        byte[] value = new byte[random.nextInt(200)];
        random.nextBytes(value);
        return new Cell.Live(version, random.nextInt(3) == 0 ? moment + random.nextInt(60) : Cell.NEVER, value);
    }

    /** Past what everybody has acknowledged. */
    private void raise() {
        int shard = random.nextInt(SHARDS);
        long horizon = moment + 1;
        for (Storage.Entry entry : unacknowledged) {
            horizon = Math.min(horizon, entry.cell().version().wallMillis());
        }
        horizon = Math.max(1, horizon - random.nextInt(20));
        long chosen = horizon;
        threads.shard(shard).execute(() -> {
            asked[shard] = Math.max(asked[shard], chosen);
            opened().horizons(shard).raise(0, Slots.COUNT - 1, chosen, () -> {
                raised++;
                counts[shard] = Math.max(counts[shard], chosen);
            });
        });
    }

    private void join(Key key, Cell cell) {
        onShard(key, () -> storageOf(key).join(key, cell, Durability.FSYNC, outcome -> joined(key, cell, outcome)));
    }

    private void joined(Key key, Cell cell, JoinOutcome outcome) {
        switch (outcome) {
            case JoinOutcome.Held held -> {
                assertThat(Cell.compare(held.cell(), cell)).as("seed %d", seed).isGreaterThanOrEqualTo(0);
                if (unacknowledged.remove(new Storage.Entry(key, cell))) {
                    old.add(new Storage.Entry(key, cell));
                }
                acknowledged.merge(key, cell, Cell::joinPresent);
                if (begun.get(key) != null && begun.get(key).contains(held.cell())) {
                    acknowledged.merge(key, held.cell(), Cell::joinPresent);
                } else {
                    assertThat(held.cell()).as("seed %d", seed).isInstanceOf(Cell.Tombstone.class);
                }
            }
            case JoinOutcome.Refused refused ->
                assertThat(refused.fault()).as("seed %d: %s", seed, refused).isEqualTo(Storage.StorageFault.OVERLOADED);
        }
    }

    private void sawRead(Key key, ReadOutcome outcome) {
        assertThat(outcome).as("seed %d", seed).isInstanceOf(ReadOutcome.Found.class);
        saw(key, ((ReadOutcome.Found) outcome).cell());
    }

    private void sawScan(int shard, int limit, ScanOutcome outcome) {
        assertThat(outcome).as("seed %d", seed).isInstanceOf(ScanOutcome.Page.class);
        ScanOutcome.Page page = (ScanOutcome.Page) outcome;
        assertThat(page.entries().size()).isBetween(page.more() ? 1 : 0, limit);
        Map<Key, Cell> seen = new TreeMap<>();
        page.entries().forEach(entry -> seen.put(entry.key(), entry.cell()));
        for (int number = 0; number < KEYS; number++) {
            Key key = Key.of("default", "key-" + number);
            boolean covered = !page.more()
                    || key.compareTo(page.entries()
                                    .get(page.entries().size() - 1)
                                    .key())
                            <= 0;
            if (covered && shardOf(key) == shard) {
                saw(key, seen.get(key));
            }
        }
    }

    private void saw(Key key, @Nullable Cell cell) {
        Cell must = acknowledged.get(key);
        if (cell == null) {
            assertThat(must == null || Horizons.isPast(must, asked[shardOf(key)]))
                    .as("seed %d: %s has lost %s, horizon %d", seed, key, must, asked[shardOf(key)])
                    .isTrue();
            deletions += must == null ? 0 : 1;
        } else {
            assertThat(begun.get(key)).as("seed %d", seed).contains(cell);
            assertThat(must == null || Cell.compare(must, cell) <= 0)
                    .as("seed %d: %s went back from %s to %s", seed, key, must, cell)
                    .isTrue();
            assertThat(Horizons.isPast(cell, counts[shardOf(key)]))
                    .as("seed %d: %s shows %s, past %d", seed, key, cell, counts[shardOf(key)])
                    .isFalse();
            acknowledged.merge(key, cell, Cell::joinPresent);
        }
    }

    private void checkAll() {
        List<Key> answered = new ArrayList<>();
        for (int number = 0; number < KEYS; number++) {
            Key key = Key.of("default", "key-" + number);
            onShard(
                    key,
                    () -> storageOf(key).read(key, outcome -> {
                        sawRead(key, outcome);
                        answered.add(key);
                    }));
        }
        threads.runUntil(() -> answered.size() == KEYS);
    }
}
