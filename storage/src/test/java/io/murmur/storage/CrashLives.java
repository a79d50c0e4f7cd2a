package io.murmur.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.murmur.kernel.Durability;
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
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Several lives of a store over one simulated disk, each ended by a power cut or a kill at a moment drawn under a seed, and after each
 * the question what is left: all that was acknowledged or seen, and nothing that was never written.
 */
final class CrashLives {

    private static final int SHARDS = 2;
    private static final int KEYS = 40;
    private static final int LIVES = 6;

    private final long seed;
    private final Random random;
    private final SimulatedDisk disk;

    /** What has to be there whatever happens. */
    private final Map<Key, Cell> durable = new TreeMap<>();

    /** What has to be there if only the process dies: joins of interval caches that were acknowledged. */
    private final Map<Key, Cell> writtenOnly = new TreeMap<>();

    private final Map<Key, Set<Cell>> begun = new HashMap<>();
    private long reading;
    private int acknowledged;
    private int merged;
    private int crashesInside;
    private int crashesInRecovery;

    private SeededThreads threads;
    private @Nullable ReplicaStore store;

    CrashLives(long seed) {
        this.seed = seed;
        this.random = new Random(seed);
        this.disk = new SimulatedDisk(random);
        this.threads = new SeededThreads(random, SHARDS);
    }

    int acknowledged() {
        return acknowledged;
    }

    int merged() {
        return merged;
    }

    int crashesInside() {
        return crashesInside;
    }

    int crashesInRecovery() {
        return crashesInRecovery;
    }

    void live() throws IOException {
        for (int life = 0; life < LIVES; life++) {
            open();
            checkAll();
            spend(random.nextInt(250));
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
                        TestSettings.tiny(SHARDS), disk, threads, threads.threads(), TestSettings.NOT_EXPECTED);
                disk.heal();
            } catch (SimulatedCrash e) {
                crashesInRecovery++;
                end();
            }
        }
        assertThat(store.damage()).as("seed %d", seed).isEmpty();
    }

    /** The machine or only the process ends. */
    private void end() {
        if (store != null) {
            merged += store.counters().compactions.intValue();
        }
        store = null;
        if (random.nextInt(3) == 0) {
            disk.kill();
        } else {
            disk.crash();
            writtenOnly.clear();
        }
    }

    private ReplicaStore opened() {
        if (store == null) {
            throw new IllegalStateException("not open");
        }
        return store;
    }

    private Storage storageOf(Key key) {
        return opened().shard(key.slot() % SHARDS);
    }

    private void spend(int calls) {
        if (random.nextInt(4) != 0) {
            disk.crashInside(1 + random.nextInt(400));
        }
        try {
            for (int call = 0; call < calls; call++) {
                act();
                for (int step = random.nextInt(12); step > 0; step--) {
                    threads.step();
                }
                if (random.nextInt(50) == 0) {
                    threads.pass(Duration.ofMillis(random.nextInt(2_000)));
                }
            }
            if (random.nextBoolean()) {
                threads.runUntilIdle();
            }
        } catch (SimulatedCrash e) {
            crashesInside++;
        }
    }

    private void act() {
        Key key = key(random.nextInt(KEYS));
        boolean interval = key.cache().equals("interval");
        switch (random.nextInt(4)) {
            case 0 -> onShard(key, () -> storageOf(key).read(key, outcome -> sawRead(key, interval, outcome)));
            case 1 ->
                onShard(
                        key,
                        () -> storageOf(key)
                                .scan(0, Slots.COUNT - 1, null, 1 + random.nextInt(20), outcome -> sawScan(outcome)));
            default -> {
                Cell cell = cell();
                begun.computeIfAbsent(key, any -> new HashSet<>()).add(cell);
                Durability durability = interval ? Durability.INTERVAL : Durability.FSYNC;
                onShard(
                        key,
                        () -> storageOf(key)
                                .join(key, cell, durability, outcome -> sawJoin(key, cell, interval, outcome)));
            }
        }
    }

    private void onShard(Key key, Runnable task) {
        threads.shard(key.slot() % SHARDS).execute(task);
    }

    private static Key key(int number) {
        return Key.of(number % 4 == 0 ? "interval" : "default", "key-" + number);
    }

    /** Mostly newer than all before, sometimes older, as repairs and hints are. */
    private Cell cell() {
        long of = random.nextInt(5) == 0 ? random.nextLong(reading + 1) : ++reading;
        Version version = new Version(of, new NodeId(0, random.nextInt(3)));
        if (random.nextInt(6) == 0) {
            return new Cell.Tombstone(version);
        }
        byte[] value = new byte[random.nextInt(200)];
        random.nextBytes(value);
        return new Cell.Live(version, Cell.NEVER, value);
    }

    private void sawJoin(Key key, Cell cell, boolean interval, JoinOutcome outcome) {
        switch (outcome) {
            case JoinOutcome.Held held -> {
                acknowledged++;
                assertThat(Cell.compare(held.cell(), cell)).as("seed %d", seed).isGreaterThanOrEqualTo(0);
                saw(key, interval, held.cell());
            }
            case JoinOutcome.Refused refused ->
                assertThat(refused.fault()).as("seed %d: %s", seed, refused).isEqualTo(Storage.StorageFault.OVERLOADED);
        }
    }

    private void sawRead(Key key, boolean interval, ReadOutcome outcome) {
        assertThat(outcome).as("seed %d", seed).isInstanceOf(ReadOutcome.Found.class);
        checkHeld(key, ((ReadOutcome.Found) outcome).cell());
        saw(key, interval, ((ReadOutcome.Found) outcome).cell());
    }

    private void sawScan(ScanOutcome outcome) {
        assertThat(outcome).as("seed %d", seed).isInstanceOf(ScanOutcome.Page.class);
        for (Storage.Entry entry : ((ScanOutcome.Page) outcome).entries()) {
            checkHeld(entry.key(), entry.cell());
            saw(entry.key(), entry.key().cache().equals("interval"), entry.cell());
        }
    }

    /** Acknowledged or seen by a reader is the same: it may not go away again. */
    private void saw(Key key, boolean interval, @Nullable Cell cell) {
        if (cell != null) {
            (interval ? writtenOnly : durable).merge(key, cell, Cell::joinPresent);
        }
    }

    private void checkHeld(Key key, @Nullable Cell held) {
        if (held != null) {
            assertThat(begun.getOrDefault(key, Set.of()))
                    .as("seed %d: a cell of %s that was never written", seed, key)
                    .contains(held);
        }
        Cell must = Cell.join(durable.get(key), writtenOnly.get(key));
        if (must != null) {
            assertThat(held).as("seed %d: %s has lost %s", seed, key, must).isNotNull();
            assertThat(Cell.compare(must, Objects.requireNonNull(held)))
                    .as("seed %d: %s went back from %s to %s", seed, key, must, held)
                    .isLessThanOrEqualTo(0);
        }
    }

    private void checkAll() {
        List<String> answered = new ArrayList<>();
        for (int number = 0; number < KEYS; number++) {
            Key key = key(number);
            onShard(
                    key,
                    () -> storageOf(key).read(key, outcome -> {
                        sawRead(key, key.cache().equals("interval"), outcome);
                        answered.add(key.toString());
                    }));
        }
        threads.runUntil(() -> answered.size() == KEYS);
        assertThat(opened().greatestReading())
                .as("seed %d", seed)
                .isGreaterThanOrEqualTo(durable.values().stream()
                        .mapToLong(cell -> cell.version().reading())
                        .max()
                        .orElse(0));
    }
}
