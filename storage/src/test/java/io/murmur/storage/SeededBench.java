package io.murmur.storage;

import io.murmur.kernel.Storage;
import io.murmur.simulation.SimulatedDisk;
import java.io.IOException;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;

/** A storage over a simulated disk, on seeded threads. */
final class SeededBench implements StorageBench {

    private final RandomGenerator random;
    private final SimulatedDisk disk;
    private final Opening opening;
    private SeededThreads threads;
    private Storage storage;

    /** Opens the storage under test. */
    interface Opening {
        Storage open(SimulatedDisk disk, SeededThreads threads) throws IOException;
    }

    SeededBench(long seed, Opening opening) throws IOException {
        this.random = new Random(seed);
        this.disk = new SimulatedDisk(random);
        this.opening = opening;
        this.threads = new SeededThreads(random, 1);
        this.storage = opening.open(disk, threads);
    }

    @Override
    public <T> T answerOf(Call<T> call) {
        return await(begin(call));
    }

    @Override
    public <T> CompletableFuture<T> begin(Call<T> call) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        Storage current = storage;
        threads.shard(0).execute(() -> call.on(current, answer::complete));
        return answer;
    }

    @Override
    public <T> T await(CompletableFuture<T> answer) {
        threads.runUntil(answer::isDone);
        return answer.join();
    }

    @Override
    public void restart() throws IOException {
        disk.crash();
        threads = new SeededThreads(random, 1);
        storage = opening.open(disk, threads);
    }

    @Override
    public void close() {
        // Nothing outside this process was touched.
    }
}
