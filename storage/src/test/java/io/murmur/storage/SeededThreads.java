package io.murmur.storage;

import io.murmur.kernel.Clock;
import io.murmur.kernel.Timers;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;

/**
 * A store's threads, run as one: which of them goes on next is drawn under a seed. The log and each shard do their tasks in order, the
 * background in any. Time stands still but for {@link #pass}.
 */
final class SeededThreads implements Clock, Timers {

    private final RandomGenerator random;
    private final ArrayDeque<Runnable> log = new ArrayDeque<>();
    private final List<ArrayDeque<Runnable>> shards = new ArrayList<>();
    private final List<Runnable> background = new ArrayList<>();
    private final List<Due> due = new ArrayList<>();
    private Executor logTasks = log::addLast;
    private long nanos;

    private record Due(long atNanos, Runnable task) {}

    SeededThreads(RandomGenerator random, int shardCount) {
        this.random = random;
        for (int shard = 0; shard < shardCount; shard++) {
            shards.add(new ArrayDeque<>());
        }
    }

    StoreThreads threads() {
        List<Executor> executors = new ArrayList<>();
        shards.forEach(tasks -> executors.add(tasks::addLast));
        return new StoreThreads(log(), background(), executors, this);
    }

    Executor log() {
        return task -> logTasks.execute(task);
    }

    /** From now on this does the log's tasks. */
    void logBy(Executor other) {
        logTasks = other;
    }

    Executor background() {
        return background::add;
    }

    Executor shard(int index) {
        return shards.get(index)::addLast;
    }

    /** Does one task of one thread; false when none has any. */
    boolean step() {
        List<ArrayDeque<Runnable>> busy = new ArrayList<>();
        shards.stream().filter(tasks -> !tasks.isEmpty()).forEach(busy::add);
        if (!log.isEmpty()) {
            busy.add(log);
        }
        int choice = random.nextInt(Math.max(1, busy.size() + (background.isEmpty() ? 0 : 1)));
        if (choice < busy.size()) {
            busy.get(choice).removeFirst().run();
            return true;
        }
        if (!background.isEmpty()) {
            background.remove(random.nextInt(background.size())).run();
            return true;
        }
        return false;
    }

    void runUntilIdle() {
        while (step()) {
            // One more.
        }
    }

    /** Runs until this is true; fails when nothing is left to do before. */
    void runUntil(BooleanSupplier done) {
        while (!done.getAsBoolean()) {
            if (!step()) {
                throw new AssertionError("nothing is left to do, and what was awaited has not come");
            }
        }
    }

    /** Lets time pass, and timers fall due. */
    void pass(Duration time) {
        nanos += time.toNanos();
        for (Due timer : List.copyOf(due)) {
            if (timer.atNanos <= nanos) {
                due.remove(timer);
                shards.get(0).addLast(timer.task);
            }
        }
    }

    /** How many timers wait. */
    int waiting() {
        return due.size();
    }

    @Override
    public long monotonicNanos() {
        return nanos;
    }

    @Override
    public long wallMillis() {
        return 1_800_000_000_000L + nanos / 1_000_000;
    }

    @Override
    public Timer after(Duration delay, Runnable task) {
        Due timer = new Due(nanos + delay.toNanos(), task);
        due.add(timer);
        return () -> {
            due.remove(timer);
            shards.get(0).remove(task);
        };
    }
}
