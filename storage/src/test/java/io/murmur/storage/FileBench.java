package io.murmur.storage;

import io.murmur.kernel.Storage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A store of one shard over real files, on real threads. A restart closes it: one process cannot leave its own files behind. */
final class FileBench implements StorageBench {

    private static final long PATIENCE_SECONDS = 60;

    private final Path folder;
    private final StoreSettings settings;
    private final MachineThreads threads = new MachineThreads(1);
    private FileDisk disk;
    private ReplicaStore store;

    FileBench(Path folder, StoreSettings settings) throws IOException {
        this.folder = folder;
        this.settings = settings;
        this.disk = FileDisk.open(folder);
        this.store = openStore();
    }

    private ReplicaStore openStore() throws IOException {
        return ReplicaStore.open(settings, disk, threads, threads.threads(), TestSettings.NOT_EXPECTED);
    }

    ReplicaStore store() {
        return store;
    }

    @Override
    public <T> T answerOf(Call<T> call) {
        return await(begin(call));
    }

    @Override
    public <T> CompletableFuture<T> begin(Call<T> call) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        Storage current = store.shard(0);
        threads.shard(0).execute(() -> call.on(current, answer::complete));
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
        awaitShard();
        store.close();
        awaitShard();
        disk.close();
    }

    private void awaitShard() {
        await(CompletableFuture.runAsync(() -> {}, threads.shard(0)));
    }

    @Override
    public void close() throws IOException {
        closeStore();
        threads.close();
    }
}
