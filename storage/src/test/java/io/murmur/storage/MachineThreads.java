package io.murmur.storage;

import io.murmur.kernel.Clock;
import io.murmur.kernel.Timers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;

/** A store's threads as real ones, and the machine's time. */
final class MachineThreads implements Clock, AutoCloseable {

    private final List<ScheduledExecutorService> shards = new ArrayList<>();
    private final ExecutorService log;
    private final ExecutorService background;

    MachineThreads(int shardCount) {
        ThreadFactory daemons = task -> {
            Thread thread = new Thread(task);
            thread.setDaemon(true);
            return thread;
        };
        for (int shard = 0; shard < shardCount; shard++) {
            shards.add(Executors.newSingleThreadScheduledExecutor(daemons));
        }
        log = Executors.newSingleThreadExecutor(daemons);
        background = Executors.newFixedThreadPool(2, daemons);
    }

    ScheduledExecutorService shard(int index) {
        return shards.get(index);
    }

    StoreThreads threads() {
        Timers timers = (delay, task) -> {
            var waiting = shards.get(0).schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
            return () -> waiting.cancel(false);
        };
        return new StoreThreads(log, background, List.copyOf(shards), timers);
    }

    @Override
    public long monotonicNanos() {
        return System.nanoTime();
    }

    @Override
    public long wallMillis() {
        return System.currentTimeMillis();
    }

    /** Not at once: an interrupt would close the file channel it hits. */
    @Override
    public void close() {
        shards.forEach(ExecutorService::shutdown);
        log.shutdown();
        background.shutdown();
    }
}
