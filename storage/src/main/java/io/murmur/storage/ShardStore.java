package io.murmur.storage;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.murmur.kernel.Clock;
import io.murmur.kernel.Durability;
import io.murmur.kernel.Storage;
import io.murmur.kernel.data.Cell;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.ring.Slots;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.mapdb.DBException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One shard's reads and joins. On the shard's thread alone, but for what it hands to the log and to the background, and takes back.
 *
 * <p>A join goes to the log first and is applied, hence seen, when its batch is back. A read looks into the hot cells, then the memory
 * tables, then, in the background, those tables that may know more. What keeps that short: versions grow with time, so a cell in memory
 * is nearly always newer than the greatest version of every table, and no table need be asked; and Bloom filters answer for keys a table
 * has never seen. A hot cell is always the join of all there is.
 */
final class ShardStore implements Storage {

    private static final Logger LOG = LoggerFactory.getLogger(ShardStore.class);

    /** So many memory tables may wait for their flush; then joins are refused until one is done. */
    private static final int MOST_FROZEN = 4;

    private static final long FLUSH_RETRY_NANOS = 1_000_000_000;
    private static final int HOT_OVERHEAD_BYTES = 160;

    private final int index;
    private final StoreSettings settings;
    private final Clock clock;
    private final Executor shard;
    private final Executor background;
    private final TableSet tables;
    private final StoreCounters counters;
    private final Cache<Key, Cell> hot;
    private final Deque<MemoryTable> frozen = new ArrayDeque<>();
    private final Runnable handOver = this::handOver;

    private @Nullable CommitLog log;
    private @Nullable Runnable flushed;
    private MemoryTable active = new MemoryTable();
    private LogBatch filling;
    private @Nullable LogBatch inFlight;
    private long inFlightSegment = Long.MAX_VALUE;
    private boolean handOverIsDue;
    private boolean flushing;
    private long flushAgainAtNanos;

    /** Grows whenever a memory table has become a table: a look-up that began before has to look again. */
    private long flushes;

    private @Nullable String damage;
    private volatile long oldestNeeded = Long.MAX_VALUE;
    private volatile long memoryBytes;

    ShardStore(
            int index,
            StoreSettings settings,
            Clock clock,
            StoreThreads threads,
            TableSet tables,
            StoreCounters counters) {
        this.index = index;
        this.settings = settings;
        this.clock = clock;
        this.shard = threads.shards().get(index);
        this.background = threads.background();
        this.tables = tables;
        this.counters = counters;
        this.filling = new LogBatch(index);
        this.hot = Caffeine.newBuilder()
                .maximumWeight(Math.max(1, settings.hotBytes() / settings.shards()))
                .weigher((Key key, Cell cell) -> HOT_OVERHEAD_BYTES + key.bytes().length + cell.weightBytes())
                .executor(Runnable::run)
                .build();
    }

    /** Before the first join. */
    void begin(CommitLog commitLog, @Nullable String foundDamage, Runnable whenFlushed) {
        log = commitLog;
        flushed = whenFlushed;
        damage = foundDamage;
        updateOldestNeeded();
    }

    /** A join found in the log at start. */
    void replay(long segment, Entry join) {
        Cell joined = Cell.join(active.get(join.key()), join.cell());
        if (joined != null) {
            active.put(join.key(), joined, segment);
        }
    }

    long greatestReplayedReading() {
        return active.greatestReading();
    }

    /** The oldest log segment this shard would need after a crash. From any thread. */
    long oldestNeeded() {
        return oldestNeeded;
    }

    @Override
    public void read(Key key, Consumer<ReadOutcome> then) {
        if (damage != null) {
            then.accept(new ReadOutcome.Refused(StorageFault.DAMAGED, damage));
            return;
        }
        Cell cell = hot.getIfPresent(key);
        if (cell != null) {
            counters.hotHits.increment();
            then.accept(new ReadOutcome.Found(cell));
            return;
        }
        Cell inMemory = inMemory(key);
        List<Table> suspects = suspects(key, inMemory);
        if (suspects.isEmpty()) {
            if (inMemory == null) {
                then.accept(ReadOutcome.Found.NOTHING);
            } else {
                counters.memoryTableHits.increment();
                hot.put(key, inMemory);
                then.accept(new ReadOutcome.Found(inMemory));
            }
            return;
        }
        lookUp(key, inMemory, (found, fault) -> {
            if (fault != null) {
                then.accept(new ReadOutcome.Refused(StorageFault.DAMAGED, fault));
            } else {
                then.accept(found == null ? ReadOutcome.Found.NOTHING : new ReadOutcome.Found(found));
            }
        });
    }

    private List<Table> suspects(Key key, @Nullable Cell inMemory) {
        return tables.suspects(key, inMemory == null ? 0 : inMemory.version().reading());
    }

    private @Nullable Cell inMemory(Key key) {
        Cell cell = active.get(key);
        for (MemoryTable table : frozen) {
            cell = Cell.join(cell, table.get(key));
        }
        return cell;
    }

    /** Joins what the tables know with what memory knows, and keeps it as a hot cell. The answer comes on the shard's thread. */
    private void lookUp(Key key, @Nullable Cell inMemory, BiConsumer<@Nullable Cell, @Nullable String> then) {
        long flushesBefore = flushes;
        counters.tableReads.increment();
        background.execute(() -> {
            try {
                Cell inTables = readTables(key, inMemory);
                shard.execute(() -> {
                    Cell joined = Cell.join(inTables, Cell.join(inMemory, inMemory(key)));
                    joined = Cell.join(joined, hot.getIfPresent(key));
                    if (flushes != flushesBefore) {
                        lookUp(key, joined, then);
                        return;
                    }
                    if (joined != null) {
                        hot.put(key, joined);
                    }
                    then.accept(joined, null);
                });
            } catch (IOException | DBException | UncheckedIOException e) {
                LOG.error("a table could not be read: {}", e.toString());
                counters.tableFaults.increment();
                shard.execute(() -> then.accept(null, "a table could not be read: " + e.getMessage()));
            }
        });
    }

    private @Nullable Cell readTables(Key key, @Nullable Cell inMemory) throws IOException {
        Cell found = null;
        boolean again = true;
        while (again) {
            again = false;
            found = null;
            for (Table table : suspects(key, inMemory)) {
                if (!table.acquire()) {
                    // It has been merged into another since the list was made.
                    again = true;
                    break;
                }
                try {
                    found = Cell.join(found, table.get(key));
                } finally {
                    table.release();
                }
            }
        }
        return found;
    }

    @Override
    public void join(Key key, Cell cell, Durability durability, Consumer<JoinOutcome> then) {
        if (damage != null) {
            refuse(then, StorageFault.DAMAGED, damage);
        } else if (filling.bytes.size() >= settings.maxPendingBytes()) {
            refuse(then, StorageFault.OVERLOADED, filling.bytes.size() + " bytes wait for the commit log");
        } else if (frozen.size() >= MOST_FROZEN) {
            refuse(then, StorageFault.OVERLOADED, frozen.size() + " memory tables wait for their flush");
        } else {
            counters.joins.increment();
            filling.add(key, cell, durability, then);
            if (inFlight == null && !handOverIsDue) {
                // Not at once: what else is ready in this turn of the shard's loop goes into the same batch.
                handOverIsDue = true;
                shard.execute(handOver);
            }
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
        filling = new LogBatch(index);
        inFlightSegment = log.segment();
        updateOldestNeeded();
        log.append(inFlight);
    }

    /** The log is done with a batch: durable now, hence visible now; or not kept. */
    void done(LogBatch batch) {
        inFlight = null;
        if (batch.fault != null) {
            for (LogBatch.Waiting waiting : batch.joins) {
                refuse(waiting.then(), batch.fault, batch.faultDetail);
            }
        } else {
            for (LogBatch.Waiting waiting : batch.joins) {
                apply(waiting, batch.segment);
            }
        }
        inFlightSegment = Long.MAX_VALUE;
        freezeIfLarge();
        if (!filling.joins.isEmpty()) {
            handOver();
        } else {
            batch.clear();
            filling = batch;
        }
        updateOldestNeeded();
    }

    private void apply(LogBatch.Waiting join, long segment) {
        Key key = join.key();
        Cell known = hot.getIfPresent(key);
        boolean certain = known != null;
        if (known == null) {
            known = inMemory(key);
        }
        Cell joined = known == null ? join.cell() : Cell.joinPresent(known, join.cell());
        if (known == null || Cell.compare(joined, known) != 0) {
            active.put(key, joined, segment);
        }
        if (certain || suspects(key, joined).isEmpty()) {
            hot.put(key, joined);
            join.then().accept(new JoinOutcome.Held(joined));
        } else {
            lookUp(key, joined, (found, fault) -> answerLate(join, found, fault));
        }
    }

    private static void answerLate(LogBatch.Waiting join, @Nullable Cell found, @Nullable String fault) {
        if (fault != null || found == null) {
            join.then().accept(new JoinOutcome.Refused(StorageFault.DAMAGED, String.valueOf(fault)));
        } else {
            join.then().accept(new JoinOutcome.Held(found));
        }
    }

    private void freezeIfLarge() {
        if (active.bytes() >= settings.memoryTableBytes()) {
            freeze();
        } else if (!frozen.isEmpty()) {
            flush();
        }
    }

    private void freeze() {
        frozen.addLast(active);
        active = new MemoryTable();
        flush();
    }

    /** Flushes what holds on to log segments older than this. */
    void flushOlderThan(long segment) {
        if (active.oldestSegment() < segment) {
            freeze();
        }
    }

    private void flush() {
        MemoryTable oldest = frozen.peekFirst();
        if (flushing || oldest == null || clock.monotonicNanos() - flushAgainAtNanos < 0) {
            return;
        }
        flushing = true;
        background.execute(() -> {
            try {
                TableWriter writer = new TableWriter(tables.disk(), tables.nextNumber(), oldest.size(), oldest.bytes());
                Iterator<Map.Entry<Key, Cell>> cells = oldest.cells().entrySet().iterator();
                Table table = writer.write(entries(cells));
                tables.replace(List.of(), table);
                shard.execute(() -> hasFlushed(oldest));
            } catch (IOException | DBException e) {
                LOG.warn("a memory table could not be flushed, and will be again: {}", e.toString());
                shard.execute(() -> {
                    flushing = false;
                    flushAgainAtNanos = clock.monotonicNanos() + FLUSH_RETRY_NANOS;
                });
            }
        });
    }

    private static Iterator<Entry> entries(Iterator<Map.Entry<Key, Cell>> cells) {
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return cells.hasNext();
            }

            @Override
            public Entry next() {
                Map.Entry<Key, Cell> cell = cells.next();
                return new Entry(cell.getKey(), cell.getValue());
            }
        };
    }

    private void hasFlushed(MemoryTable table) {
        frozen.remove(table);
        flushing = false;
        flushes++;
        counters.flushes.increment();
        updateOldestNeeded();
        if (flushed != null) {
            flushed.run();
        }
        flush();
    }

    private void updateOldestNeeded() {
        long oldest = Math.min(active.oldestSegment(), inFlightSegment);
        long bytes = active.bytes();
        for (MemoryTable table : frozen) {
            oldest = Math.min(oldest, table.oldestSegment());
            bytes += table.bytes();
        }
        oldestNeeded = oldest;
        memoryBytes = bytes;
    }

    /** Bytes in memory tables. From any thread. */
    long memoryBytes() {
        return memoryBytes;
    }

    @Override
    public void scan(int firstSlot, int lastSlot, @Nullable Key after, int limit, Consumer<ScanOutcome> then) {
        if (damage != null) {
            then.accept(new ScanOutcome.Refused(StorageFault.DAMAGED, damage));
            return;
        }
        if (firstSlot < 0 || lastSlot >= Slots.COUNT || firstSlot > lastSlot || limit < 1) {
            throw new IllegalArgumentException("scan of slots " + firstSlot + ".." + lastSlot + ", limit " + limit);
        }
        long flushesBefore = flushes;
        background.execute(() -> {
            try {
                List<Entry> inTables = scanTables(firstSlot, lastSlot, after, limit);
                shard.execute(() -> {
                    if (flushes != flushesBefore) {
                        scan(firstSlot, lastSlot, after, limit, then);
                        return;
                    }
                    TreeMap<Key, Cell> page = new TreeMap<>();
                    inTables.forEach(entry -> page.merge(entry.key(), entry.cell(), Cell::joinPresent));
                    joinMemory(page, firstSlot, lastSlot, after, limit);
                    then.accept(page(page, limit));
                });
            } catch (IOException | DBException | UncheckedIOException e) {
                shard.execute(() -> then.accept(new ScanOutcome.Refused(StorageFault.DAMAGED, e.toString())));
            }
        });
    }

    private static ScanOutcome page(SortedMap<Key, Cell> found, int limit) {
        List<Entry> entries = new ArrayList<>();
        for (Map.Entry<Key, Cell> entry : found.entrySet()) {
            if (entries.size() == limit) {
                return new ScanOutcome.Page(List.copyOf(entries), true);
            }
            entries.add(new Entry(entry.getKey(), entry.getValue()));
        }
        return new ScanOutcome.Page(List.copyOf(entries), entries.size() == limit);
    }

    /** The first entries of each memory table are enough: a page takes no more than its limit from any source. */
    private void joinMemory(SortedMap<Key, Cell> into, int firstSlot, int lastSlot, @Nullable Key after, int limit) {
        joinFirst(into, active, firstSlot, lastSlot, after, limit);
        frozen.forEach(table -> joinFirst(into, table, firstSlot, lastSlot, after, limit));
    }

    private static void joinFirst(
            SortedMap<Key, Cell> into, MemoryTable table, int firstSlot, int lastSlot, @Nullable Key after, int limit) {
        NavigableMap<Key, Cell> rest =
                after == null ? table.cells() : table.cells().tailMap(after, false);
        int taken = 0;
        for (Map.Entry<Key, Cell> entry : rest.entrySet()) {
            int slot = entry.getKey().slot();
            if (slot > lastSlot || taken == limit) {
                return;
            }
            if (slot >= firstSlot) {
                into.merge(entry.getKey(), entry.getValue(), Cell::joinPresent);
                taken++;
            }
        }
    }

    private List<Entry> scanTables(int firstSlot, int lastSlot, @Nullable Key after, int limit) throws IOException {
        List<Table> acquired = new ArrayList<>();
        try {
            for (List<Table> now = tables.tables(); !acquireAll(now, acquired); now = tables.tables()) {
                acquired.forEach(Table::release);
                acquired.clear();
            }
            byte[] from = after == null ? TableKey.startOf(firstSlot) : TableKey.of(after);
            Iterator<Entry> merged = Compaction.merge(acquired, from, false);
            List<Entry> found = new ArrayList<>();
            while (found.size() < limit && merged.hasNext()) {
                Entry entry = merged.next();
                if (entry.key().slot() > lastSlot) {
                    break;
                }
                found.add(entry);
            }
            return found;
        } finally {
            acquired.forEach(Table::release);
        }
    }

    private static boolean acquireAll(List<Table> wanted, List<Table> acquired) {
        for (Table table : wanted) {
            if (!table.acquire()) {
                return false;
            }
            acquired.add(table);
        }
        return true;
    }
}
