package io.murmur.storage;

import io.murmur.kernel.Durability;
import io.murmur.kernel.Storage.Entry;
import io.murmur.kernel.Storage.JoinOutcome;
import io.murmur.kernel.Storage.ReadOutcome;
import io.murmur.kernel.Storage.ScanOutcome;
import io.murmur.kernel.data.Cell;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.ring.Slots;
import io.murmur.simulation.SimulatedDisk;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/** A store of one shard over a simulated disk on seeded threads, laid open for tests of what happens inside. */
final class SeededStore {

    final Random random;
    final SimulatedDisk disk;
    final CrampedDisk cramped;
    final List<String> fatal = new ArrayList<>();
    SeededThreads threads;
    ReplicaStore store;

    private final StoreSettings settings;

    SeededStore(StoreSettings settings) throws IOException {
        this(settings, 7);
    }

    SeededStore(StoreSettings settings, long seed) throws IOException {
        this.settings = settings;
        this.random = new Random(seed);
        this.disk = new SimulatedDisk(random);
        this.cramped = new CrampedDisk(disk);
        this.threads = new SeededThreads(random, 1);
        this.store = opened();
    }

    private ReplicaStore opened() throws IOException {
        return ReplicaStore.open(settings, cramped, threads, threads.threads(), (reason, cause) -> fatal.add(reason));
    }

    /** The power goes and comes back. */
    void powerCut() throws IOException {
        disk.crash();
        start();
    }

    /** A new process over the same disk. */
    void start() throws IOException {
        threads = new SeededThreads(random, 1);
        store = opened();
    }

    /** Closes the store when nothing is under way, then ends the log's thread. */
    void close() {
        threads.runUntilIdle();
        threads.logBy(Runnable::run);
        store.close();
        threads.logBy(task -> {
            throw new RejectedExecutionException("closed");
        });
    }

    /** Begins a join; the answer is added to the list when it comes. */
    List<JoinOutcome> begin(Key key, Cell cell, Durability durability) {
        List<JoinOutcome> answers = new ArrayList<>();
        threads.shard(0).execute(() -> store.shard(0).join(key, cell, durability, answers::add));
        return answers;
    }

    JoinOutcome join(Key key, Cell cell) {
        List<JoinOutcome> answers = begin(key, cell, Durability.FSYNC);
        threads.runUntil(() -> !answers.isEmpty());
        return answers.get(0);
    }

    ReadOutcome read(Key key) {
        List<ReadOutcome> answers = new ArrayList<>();
        threads.shard(0).execute(() -> store.shard(0).read(key, answers::add));
        threads.runUntil(() -> !answers.isEmpty());
        return answers.get(0);
    }

    ScanOutcome scan(@Nullable Key after, int limit) {
        List<ScanOutcome> answers = new ArrayList<>();
        threads.shard(0).execute(() -> store.shard(0).scan(0, Slots.COUNT - 1, after, limit, answers::add));
        threads.runUntil(() -> !answers.isEmpty());
        return answers.get(0);
    }

    /** All that a scan sees, of all slots. */
    List<Entry> scanAll() {
        return ((ScanOutcome.Page) scan(null, 100_000)).entries();
    }

    /** Raises the horizons of all slots, and waits until they count. */
    void raise(long wallMillis) {
        List<Boolean> done = new ArrayList<>();
        threads.shard(0).execute(() -> store.horizons(0).raise(0, Slots.COUNT - 1, wallMillis, () -> done.add(true)));
        threads.runUntil(() -> !done.isEmpty());
    }

    /** Long enough for a purge to begin, and all that follows from it. */
    void purge() {
        threads.runUntilIdle();
        threads.pass(settings.purgeInterval());
        threads.runUntilIdle();
    }

    /** So many keys with values of a hundred bytes, and all that follows from them, done. */
    void fill(int keys, long firstReading) {
        for (int i = 0; i < keys; i++) {
            join(StorageContract.key(i), StorageContract.live(firstReading + i, 100));
        }
        threads.runUntilIdle();
    }

    List<String> files(String folder, String suffix) {
        return disk.list(folder).stream().filter(name -> name.endsWith(suffix)).toList();
    }

    long size(String name) throws IOException {
        try (var source = disk.open(name)) {
            return source.size();
        }
    }
}
