package io.murmur.storage;

import io.murmur.kernel.Clock;
import io.murmur.kernel.Storage;
import io.murmur.kernel.Timers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** A store over real files, on real threads. A restart closes it, since one process cannot leave its files behind. */
final class FileBench implements StorageBench {

    private static final long PATIENCE_SECONDS = 60;

    private final Path folder;
    private final StoreSettings settings;
    private final ScheduledExecutorService shard = Executors.newSingleThreadScheduledExecutor();
    private final ExecutorService log = Executors.newSingleThreadExecutor();
    private final ExecutorService background = Executors.newFixedThreadPool(2);
    private FileDisk disk;
    private ReplicaStore store;

    FileBench(Path folder, StoreSettings settings) throws IOException {
        this.folder = folder;
        this.settings = settings;
        this.disk = FileDisk.open(folder);
        this.store = openStore();
    }

    private ReplicaStore openStore() throws IOException {
        Timers timers = (delay, task) -> {
            var waiting = shard.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
            return () -> waiting.cancel(false);
        };
        return ReplicaStore.open(
                settings,
                disk,
                new MachineClock(),
                new StoreThreads(log, background, List.of(shard), timers),
                TestSettings.NOT_EXPECTED);
    }

    ReplicaStore store() {
        return store;
    }

    FileDisk disk() {
        return disk;
    }

    @Override
    public <T> T answerOf(Call<T> call) {
        return await(begin(call));
    }

    @Override
    public <T> CompletableFuture<T> begin(Call<T> call) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        Storage current = store.shard(0);
        shard.execute(() -> call.on(current, answer::complete));
        return answer;
    }

    @Override
    public <T> T await(CompletableFuture<T> answer) {
        return answer.orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
    }

    @Override
    public void restart() throws IOException {
        closeStore();
        disk = FileDisk.open(folder);
        store = openStore();
    }

    private void closeStore() throws IOException {
        // What the shard's thread was told before comes first.
        await(CompletableFuture.runAsync(() -> {}, shard));
        store.close();
        await(CompletableFuture.runAsync(() -> {}, shard));
        disk.close();
    }

    @Override
    public void close() throws IOException {
        closeStore();
        // Not shutdownNow: an interrupt would close the channel it hits.
        shard.shutdown();
        log.shutdown();
        background.shutdown();
    }

    /** The machine's time. */
    private static final class MachineClock implements Clock {
        @Override
        public long monotonicNanos() {
            return System.nanoTime();
        }

        @Override
        public long wallMillis() {
            return System.currentTimeMillis();
        }
    }
}
