package io.murmur.storage;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.murmur.kernel.CellObserver;
import io.murmur.kernel.Clock;
import io.murmur.kernel.Durability;
import io.murmur.kernel.Storage;
import io.murmur.kernel.data.Cell;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.ring.Slots;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One shard's reads and joins. On the shard's thread alone, but for what it hands to the log and to the background, and takes back.
 *
 * <p>A join goes to the log first and is applied, hence seen, when its batch is back. A read looks into the hot cells, then the memory
 * tables, then, in the background, those tables that may know more. What keeps that short: versions grow with time, so a cell in memory
 * is nearly always newer than the greatest version of every table, and no table need be asked; and Bloom filters answer for keys a table
 * has never seen. A hot cell is always the join of all there is.
 */
final class ShardStore implements Storage {

    /** So many memory tables may wait for their flush; then joins are refused until one is done. */
    private static final int MOST_FROZEN = 4;

    /** So many look-ups and scans of tables may wait; then calls are refused that might need another. */
    private static final int MOST_LOOK_UPS = 4096;

    private static final int HOT_OVERHEAD_BYTES = 160;

    private final int index;
    private final StoreSettings settings;
    private final StoreThreads threads;
    private final TableSet tables;
    private final BackgroundJobs jobs;
    private final Damage damage;
    private final StoreCounters counters;
    private final Cache<Key, Cell> hot;
    private final MemoryTables memory = new MemoryTables();
    private final Flush flush;
    private final Runnable handOver = this::handOver;

    private @Nullable CommitLog log;
    private @Nullable CellObserver observer;
    private Runnable whenFlushed = () -> {};
    private LogBatch filling;
    private @Nullable LogBatch inFlight;
    private @Nullable LogBatch applying;
    private @Nullable LogBatch spare;
    private long inFlightSegment = Long.MAX_VALUE;
    /** Of the batch that is in the log and not yet, or not wholly, in memory. */
    private long appliedSegment = Long.MAX_VALUE;

    private boolean handOverIsDue;
    private int lookUps;
    private long greatestReplayedReading;
    private volatile long oldestNeeded = Long.MAX_VALUE;
    private volatile long memoryBytes;

    ShardStore(
            int index,
            StoreSettings settings,
            Clock clock,
            StoreThreads threads,
            TableSet tables,
            BackgroundJobs jobs,
            Damage damage,
            StoreCounters counters) {
        this.index = index;
        this.settings = settings;
        this.threads = threads;
        this.tables = tables;
        this.jobs = jobs;
        this.damage = damage;
        this.counters = counters;
        this.flush = new Flush(index, memory, tables, clock, threads, jobs, counters);
        this.filling = new LogBatch(index);
        this.hot = Caffeine.newBuilder()
                .maximumWeight(Math.max(1, settings.hotBytes() / settings.shards()))
                .weigher((Key key, Cell cell) -> HOT_OVERHEAD_BYTES + key.bytes().length + cell.weightBytes())
                .executor(Runnable::run)
                .build();
    }

    // ---- recovery, before the first call

    /** A join found in the log. Blocks when a memory table is full. */
    void replay(long segment, Entry join) {
        greatestReplayedReading =
                Table.greater(greatestReplayedReading, join.cell().version().reading());
        memory.join(join.key(), join.cell(), segment);
        if (memory.activeBytes() >= settings.memoryTableBytes()) {
            memory.freeze();
            flush.flushBlocking();
        }
    }

    long greatestReplayedReading() {
        return greatestReplayedReading;
    }

    /** Ready to be called. */
    void begin(CommitLog commitLog, Runnable flushed) {
        log = commitLog;
        whenFlushed = flushed;
        updateOldestNeeded();
    }

    /** Before the first call. */
    void observe(CellObserver cells) {
        observer = cells;
    }

    // ---- reads

    @Override
    public void read(Key key, Consumer<ReadOutcome> then) {
        String damaged = damage.first();
        if (damaged != null) {
            then.accept(new ReadOutcome.Refused(StorageFault.DAMAGED, damaged));
            return;
        }
        Cell cell = hot.getIfPresent(key);
        if (cell != null) {
            counters.hotHits.increment();
            then.accept(new ReadOutcome.Found(cell));
            return;
        }
        Cell inMemory = memory.get(key);
        if (tables.suspects(key, leastReading(inMemory)).isEmpty()) {
            if (inMemory == null) {
                then.accept(ReadOutcome.Found.NOTHING);
            } else {
                counters.memoryTableHits.increment();
                hot.put(key, inMemory);
                then.accept(new ReadOutcome.Found(inMemory));
            }
        } else if (lookUps >= MOST_LOOK_UPS) {
            then.accept(new ReadOutcome.Refused(StorageFault.OVERLOADED, lookUps + " table look-ups wait"));
        } else {
            lookUp(key, inMemory, then);
        }
    }

    private static long leastReading(@Nullable Cell known) {
        return known == null ? 0 : known.version().reading();
    }

    /** Joins what the tables know with what memory knows, and keeps it as a hot cell. The answer comes on the shard's thread. */
    private void lookUp(Key key, @Nullable Cell inMemory, Consumer<ReadOutcome> then) {
        if (!jobs.begin()) {
            then.accept(new ReadOutcome.Refused(StorageFault.STOPPED, "the storage has been closed"));
            return;
        }
        long dropsBefore = memory.drops();
        lookUps++;
        counters.tableReads.increment();
        threads.background().execute(() -> {
            @Nullable Cell inTables = null;
            @Nullable IOException broken = null;
            try {
                inTables = tables.get(key, leastReading(inMemory));
            } catch (IOException e) {
                broken = e;
            } finally {
                jobs.end();
            }
            @Nullable Cell found = inTables;
            @Nullable IOException failure = broken;
            threads.toShard(index, () -> {
                lookUps--;
                if (failure != null) {
                    then.accept(new ReadOutcome.Refused(StorageFault.DAMAGED, tableFault(failure)));
                    return;
                }
                // What was joined meanwhile is in memory, unless it has been flushed meanwhile too.
                Cell joined = Cell.join(Cell.join(found, inMemory), Cell.join(memory.get(key), hot.getIfPresent(key)));
                if (memory.drops() != dropsBefore) {
                    lookUp(key, joined, then);
                } else if (joined == null) {
                    then.accept(ReadOutcome.Found.NOTHING);
                } else {
                    hot.put(key, joined);
                    then.accept(new ReadOutcome.Found(joined));
                }
            });
        });
    }

    private String tableFault(IOException failure) {
        counters.tableFaults.increment();
        String line = "a table could not be read: " + failure.getMessage();
        if (damage.first() == null) {
            damage.found(line);
        }
        return line;
    }

    // ---- joins

    @Override
    public void join(Key key, Cell cell, Durability durability, Consumer<JoinOutcome> then) {
        String damaged = damage.first();
        if (damaged != null) {
            refuse(then, StorageFault.DAMAGED, damaged);
        } else if (filling.bytes.size() >= settings.maxPendingBytes()) {
            refuse(then, StorageFault.OVERLOADED, filling.bytes.size() + " bytes wait for the commit log");
        } else if (memory.frozen() >= MOST_FROZEN) {
            flush.beginIfDue(this::hasFlushed);
            refuse(then, StorageFault.OVERLOADED, memory.frozen() + " memory tables wait for their flush");
        } else if (lookUps >= MOST_LOOK_UPS) {
            refuse(then, StorageFault.OVERLOADED, lookUps + " table look-ups wait");
        } else {
            counters.joins.increment();
            filling.add(key, cell, durability, then);
            if (inFlight == null && !handOverIsDue) {
                // Not at once: what else is ready in this turn of the shard's loop goes into the same batch.
                handOverIsDue = true;
                threads.toShard(index, handOver);
            }
        }
    }

    @Override
    public void settled(Runnable then) {
        if (!filling.joins.isEmpty()) {
            filling.settled.add(then);
        } else if (inFlight != null) {
            inFlight.settled.add(then);
        } else if (applying != null) {
            applying.settled.add(then);
        } else {
            then.run();
        }
    }

    private void refuse(Consumer<JoinOutcome> then, StorageFault fault, String detail) {
        counters.refusedJoins.increment();
        then.accept(new JoinOutcome.Refused(fault, detail));
    }

    private void handOver() {
        handOverIsDue = false;
        if (inFlight != null || filling.joins.isEmpty() || log == null) {
            return;
        }
        inFlight = filling;
        filling = spare == null ? new LogBatch(index) : spare;
        spare = null;
        inFlightSegment = log.segment();
        updateOldestNeeded();
        log.append(inFlight);
    }

    /** The log is done with a batch: durable now, hence visible now; or not kept. */
    void done(LogBatch batch) {
        inFlight = null;
        applying = batch;
        appliedSegment = batch.segment;
        // First of all, so that the log is at work while this batch is applied.
        handOver();
        for (LogBatch.Waiting waiting : batch.joins) {
            if (batch.fault == null) {
                apply(waiting, batch.segment);
            } else {
                refuse(waiting.then(), batch.fault, batch.faultDetail);
            }
        }
        appliedSegment = Long.MAX_VALUE;
        applying = null;
        batch.settled.forEach(Runnable::run);
        if (memory.activeBytes() >= settings.memoryTableBytes()) {
            memory.freeze();
        }
        flush.beginIfDue(this::hasFlushed);
        if (spare == null) {
            batch.clear();
            spare = batch;
        }
        updateOldestNeeded();
    }

    private void apply(LogBatch.Waiting join, long segment) {
        Key key = join.key();
        Cell whole = hot.getIfPresent(key);
        if (whole != null && Cell.compare(whole, join.cell()) >= 0) {
            join.then().accept(new JoinOutcome.Held(whole));
            return;
        }
        Cell former = whole == null && observer != null ? memory.get(key) : whole;
        Cell joined = memory.join(key, join.cell(), segment);
        if (observer != null) {
            tell(observer, key, whole != null, former, joined);
        }
        if (whole != null || tables.suspects(key, leastReading(joined)).isEmpty()) {
            hot.put(key, joined);
            join.then().accept(new JoinOutcome.Held(joined));
        } else {
            lookUp(key, joined, outcome -> answerLate(join, joined, outcome));
        }
    }

    /**
     * A cell that memory held before is what was held, unless a table may know a greater one. None is asked: that would take a read of a
     * table for each join.
     */
    private void tell(CellObserver told, Key key, boolean isWhole, @Nullable Cell former, Cell now) {
        if (former != null && Cell.compare(former, now) >= 0) {
            return;
        }
        if (isWhole || tables.suspects(key, leastReading(former)).isEmpty()) {
            told.changed(key, former, now);
        } else {
            told.overwritten(key);
        }
    }

    private static void answerLate(LogBatch.Waiting join, Cell joined, ReadOutcome outcome) {
        join.then()
                .accept(
                        switch (outcome) {
                            case ReadOutcome.Refused refused ->
                                new JoinOutcome.Refused(refused.fault(), refused.detail());
                            case ReadOutcome.Found found ->
                                new JoinOutcome.Held(
                                        found.cell() == null ? joined : Cell.joinPresent(found.cell(), joined));
                        });
    }

    // ---- flushes

    /** Flushes what holds on to log segments older than this. */
    void flushOlderThan(long segment) {
        if (memory.activeIsOlderThan(segment)) {
            memory.freeze();
            flush.beginIfDue(this::hasFlushed);
        }
    }

    private void hasFlushed() {
        updateOldestNeeded();
        whenFlushed.run();
    }

    private void updateOldestNeeded() {
        long unapplied = Math.min(appliedSegment, inFlight == null ? Long.MAX_VALUE : inFlightSegment);
        oldestNeeded = Math.min(memory.oldestSegment(), unapplied);
        memoryBytes = memory.bytes();
    }

    /** The oldest log segment this shard would need after a crash. From any thread. */
    long oldestNeeded() {
        return oldestNeeded;
    }

    /** Bytes in memory tables. From any thread. */
    long memoryBytes() {
        return memoryBytes;
    }

    // ---- scans

    @Override
    public void scan(int firstSlot, int lastSlot, @Nullable Key after, int limit, Consumer<ScanOutcome> then) {
        if (firstSlot < 0 || lastSlot >= Slots.COUNT || firstSlot > lastSlot || limit < 1) {
            throw new IllegalArgumentException("scan of slots " + firstSlot + ".." + lastSlot + ", limit " + limit);
        }
        String damaged = damage.first();
        if (damaged != null) {
            then.accept(new ScanOutcome.Refused(StorageFault.DAMAGED, damaged));
        } else if (lookUps >= MOST_LOOK_UPS) {
            then.accept(new ScanOutcome.Refused(StorageFault.OVERLOADED, lookUps + " table look-ups wait"));
        } else if (!jobs.begin()) {
            then.accept(new ScanOutcome.Refused(StorageFault.STOPPED, "the storage has been closed"));
        } else {
            lookUps++;
            long dropsBefore = memory.drops();
            threads.background().execute(() -> {
                List<Entry> entries = List.of();
                @Nullable IOException broken = null;
                try {
                    // Tables hold the cells of all shards, and only its own shard knows what is newer than they.
                    entries = tables.scan(firstSlot, lastSlot, this::owns, after, limit);
                } catch (IOException e) {
                    broken = e;
                } catch (UncheckedIOException e) {
                    broken = e.getCause();
                } finally {
                    jobs.end();
                }
                List<Entry> inTables = entries;
                @Nullable IOException failure = broken;
                threads.toShard(index, () -> {
                    lookUps--;
                    if (failure != null) {
                        then.accept(new ScanOutcome.Refused(StorageFault.DAMAGED, tableFault(failure)));
                    } else if (memory.drops() != dropsBefore) {
                        scan(firstSlot, lastSlot, after, limit, then);
                    } else {
                        TreeMap<Key, Cell> found = new TreeMap<>();
                        inTables.forEach(entry -> found.merge(entry.key(), entry.cell(), Cell::joinPresent));
                        memory.joinFirst(found, firstSlot, lastSlot, after, limit);
                        then.accept(page(found, limit));
                    }
                });
            });
        }
    }

    private boolean owns(int slot) {
        return settings.shardOfSlot().applyAsInt(slot) == index;
    }

    private static ScanOutcome page(SortedMap<Key, Cell> found, int limit) {
        List<Entry> entries = found.entrySet().stream()
                .limit(limit)
                .map(entry -> new Entry(entry.getKey(), entry.getValue()))
                .toList();
        return new ScanOutcome.Page(entries, entries.size() == limit);
    }
}
