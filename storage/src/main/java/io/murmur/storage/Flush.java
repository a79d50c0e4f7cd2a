package io.murmur.storage;

import io.murmur.kernel.Storage.Entry;
import java.io.IOException;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a shard's frozen memory tables into tables: the oldest first, one at a time, in the background. One that fails is tried again
 * after a second. On the shard's thread, but for the writing.
 */
final class Flush {

    private static final Logger LOG = LoggerFactory.getLogger(Flush.class);
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final int shard;
    private final MemoryTables memory;
    private final TableSet tables;
    private final StoreThreads threads;
    private final BackgroundJobs jobs;
    private final StoreCounters counters;
    private boolean running;
    private boolean pausing;

    Flush(
            int shard,
            MemoryTables memory,
            TableSet tables,
            StoreThreads threads,
            BackgroundJobs jobs,
            StoreCounters counters) {
        this.shard = shard;
        this.memory = memory;
        this.tables = tables;
        this.threads = threads;
        this.jobs = jobs;
        this.counters = counters;
    }

    /** Begins if there is something to do and nothing is under way. */
    void beginIfDue(Runnable flushed) {
        MemoryTable oldest = memory.oldestFrozen();
        if (running || oldest == null || pausing || !jobs.begin()) {
            return;
        }
        running = true;
        threads.background().execute(() -> {
            IOException failure = null;
            try {
                tables.replace(List.of(), write(oldest));
            } catch (IOException e) {
                failure = e;
            } finally {
                jobs.end();
            }
            IOException ended = failure;
            threads.toShard(shard, () -> end(oldest, ended, flushed));
        });
    }

    private void end(MemoryTable table, @Nullable IOException failure, Runnable flushed) {
        running = false;
        if (failure == null) {
            counters.flushes.increment();
            memory.drop(table);
            flushed.run();
            beginIfDue(flushed);
        } else {
            LOG.warn("a memory table could not be flushed, and will be again: {}", failure.toString());
            pausing = true;
            threads.toShard(
                    0,
                    () -> threads.timers()
                            .after(
                                    PAUSE,
                                    () -> threads.toShard(shard, () -> {
                                        pausing = false;
                                        beginIfDue(flushed);
                                    })));
        }
    }

    /** Flushes the oldest now, on the caller's thread; for recovery, where memory is bounded too. */
    void flushBlocking() {
        MemoryTable oldest = memory.oldestFrozen();
        if (oldest == null) {
            return;
        }
        try {
            tables.replace(List.of(), write(oldest));
            counters.flushes.increment();
            memory.drop(oldest);
        } catch (IOException e) {
            LOG.warn("a memory table could not be flushed at start, and will be again: {}", e.toString());
        }
    }

    private Table write(MemoryTable memoryTable) throws IOException {
        TableWriter writer = new TableWriter(
                tables.disk(),
                tables.nextNumber(),
                new TableWriter.Expected(memoryTable.size(), memoryTable.bytes(), memoryTable.largestCellBytes()));
        boolean written = false;
        try {
            for (Iterator<Entry> entries = memoryTable.entries(); entries.hasNext(); ) {
                writer.add(entries.next());
            }
            Table table = writer.finish();
            written = true;
            return table;
        } finally {
            if (!written) {
                writer.abandon();
            }
        }
    }
}
