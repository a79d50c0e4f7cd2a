package io.murmur.storage;

import io.murmur.kernel.CellObserver;
import io.murmur.kernel.Durability;
import io.murmur.kernel.Horizons;
import io.murmur.kernel.Rebuild;
import io.murmur.kernel.Storage;
import io.murmur.kernel.data.Cell;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.ring.Slots;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One shard's reads and joins. On the shard's thread alone, but for what it hands to the log and to the background, and takes back.
 *
 * <p>A join goes to the log first and is applied, hence seen, when its batch is back. A read looks into the hot cells, then the memory
 * tables, then, in the background, those tables that may know more. What keeps that short: versions grow with time, so a cell in memory
 * is nearly always newer than the greatest version of every table, and no table need be asked; and Bloom filters answer for keys a table
 * has never seen. A hot cell is always the join of all there is; slots that are damaged have none.
 *
 * <p>Dead cells past their slot's horizon are here until a compaction drops them, but nobody sees them (invariant 5). That is judged by the
 * join of all there is for a key, never by what one table holds, which may be older.
 */
final class ShardStore implements Storage {

    /** So many memory tables may wait for their flush; then joins are refused until one is done. */
    private static final int MOST_FROZEN = 4;

    /** So many look-ups and scans of tables may wait; then calls are refused that might need another. */
    private static final int MOST_LOOK_UPS = 4096;

    private final int index;
    private final StoreSettings settings;
    private final StoreThreads threads;
    private final TableSet tables;
    private final BackgroundJobs jobs;
    private final SlotLedger ledger;
    private final LedgerWriter ledgerWriter;
    private final Losses losses;
    private final Purge purge;
    private final StoreCounters counters;
    private HotCells hot;
    private final Records records = new Records();
    private final MemoryTables memory = new MemoryTables(records);
    private final Flush flush;
    private final Runnable handOver = this::handOver;
    private final LateJoins late;
    private final Horizons horizons = new ShardHorizons();
    private final Rebuild rebuild = new ShardRebuild();

    /** The horizons of the own slots that count, and those that will count for compactions when the round ends. */
    private final long[] counting = new long[Slots.COUNT];

    private final long[] noted = new long[Slots.COUNT];

    private @Nullable CommitLog log;
    private @Nullable CellObserver observer;
    private Runnable whenFlushed = () -> {};
    private Runnable whenRaised = () -> {};
    private @Nullable Runnable whenDue;
    private LogBatch filling;
    private @Nullable LogBatch inFlight;
    private @Nullable LogBatch applying;
    private @Nullable LogBatch spare;
    private long inFlightSegment = Long.MAX_VALUE;
    /** Of the batch that is in the log and not yet, or not wholly, in memory. */
    private long appliedSegment = Long.MAX_VALUE;

    private boolean handOverIsDue;

    private int lookUps;
    /** Grows when a damaged table has been set aside: what was read of the tables before may be there no more. */
    private long lossesTold;

    /** Scans that have passed over hidden cells and go on behind them. */
    private final List<Scan> passing = new ArrayList<>();

    /** Who has rebuilt slots of a damaged table that still counts, and will have to once more when it has left. */
    private final List<Runnable> rebuiltInVain = new ArrayList<>();

    private long greatestReplayedReading;
    private volatile long oldestNeeded = Long.MAX_VALUE;
    private volatile long memoryBytes;

    ShardStore(
            int index,
            StoreSettings settings,
            StoreThreads threads,
            TableSet tables,
            BackgroundJobs jobs,
            SlotLedger ledger,
            LedgerWriter ledgerWriter,
            Losses losses,
            Purge purge,
            StoreCounters counters) {
        this.index = index;
        this.settings = settings;
        this.threads = threads;
        this.tables = tables;
        this.jobs = jobs;
        this.ledger = ledger;
        this.ledgerWriter = ledgerWriter;
        this.losses = losses;
        this.purge = purge;
        this.counters = counters;
        this.flush = new Flush(index, memory, tables, threads, jobs, counters);
        this.filling = new LogBatch(index);
        this.late = new LateJoins(task -> threads.toShard(index, task));
        this.hot = noneHot();
    }

    private HotCells noneHot() {
        return new HotCells(settings.hotBytes() / settings.shards(), records);
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

    /** Puts all that was replayed into tables; false when the disk did not take it. */
    boolean flushReplayed() {
        if (memory.activeBytes() > 0) {
            memory.freeze();
        }
        for (int frozen = memory.frozen(); frozen > 0; frozen--) {
            flush.flushBlocking();
        }
        return memory.frozen() == 0;
    }

    long greatestReplayedReading() {
        return greatestReplayedReading;
    }

    /** Ready to be called. */
    void begin(CommitLog commitLog, Runnable flushed, Runnable raised) {
        log = commitLog;
        whenFlushed = flushed;
        whenRaised = raised;
        for (int slot = 0; slot < Slots.COUNT; slot++) {
            counting[slot] = owns(slot) ? ledger.horizon(slot) : Horizons.NONE;
        }
        updateOldestNeeded();
    }

    /** Before the first call. */
    void observe(CellObserver cells) {
        observer = cells;
    }

    // ---- reads

    @Override
    public void read(Key key, Consumer<ReadOutcome> then) {
        if (ledger.isDamaged(key.slot())) {
            then.accept(new ReadOutcome.Refused(StorageFault.DAMAGED, ledger.lineOf(key.slot())));
            return;
        }
        Cell cell = hot.get(key);
        if (cell != null) {
            counters.hotHits.increment();
            then.accept(found(key, cell));
        } else {
            find(key, outcome -> then.accept(asSeen(key, outcome)));
        }
    }

    @Override
    public ReadOutcome.@Nullable Found readAtOnce(Key key) {
        Cell cell = hot(key);
        if (cell == null) {
            return null;
        }
        counters.hotHits.increment();
        return found(key, cell);
    }

    @Override
    public void expect(List<Key> keys) {
        hot.expect(keys);
    }

    /**
     * A table that was asked for may have been set aside meanwhile: then nothing was found where there may have been something. Its slots
     * are refused before it leaves the set, so that whoever has missed it finds them damaged here (invariant 8).
     */
    private ReadOutcome asSeen(Key key, ReadOutcome outcome) {
        if (ledger.isDamaged(key.slot())) {
            return new ReadOutcome.Refused(StorageFault.DAMAGED, ledger.lineOf(key.slot()));
        }
        return switch (outcome) {
            case ReadOutcome.Refused refused -> refused;
            case ReadOutcome.Found found -> found.cell() == null ? found : found(key, found.cell());
        };
    }

    private ReadOutcome.Found found(Key key, Cell whole) {
        return isPast(key, whole) ? ReadOutcome.Found.NOTHING : new ReadOutcome.Found(whole);
    }

    private boolean isPast(Key key, Cell whole) {
        return Horizons.isPast(whole, horizon(key.slot()));
    }

    private long horizon(int slot) {
        return ledger.isDamaged(slot) ? Horizons.NONE : counting[slot];
    }

    /** Of a damaged slot none is: it may have been read from a file that is lost. */
    private @Nullable Cell hot(Key key) {
        return ledger.isDamaged(key.slot()) ? null : hot.get(key);
    }

    private void makeHot(Key key, Cell whole) {
        if (!ledger.isDamaged(key.slot())) {
            hot.put(key, whole);
        }
    }

    /** The join of all there is, dead or not. */
    private void find(Key key, Consumer<ReadOutcome> then) {
        Cell cell = hot(key);
        if (cell != null) {
            then.accept(new ReadOutcome.Found(cell));
            return;
        }
        Cell inMemory = memory.get(key);
        if (tables.suspects(key, leastReading(inMemory)).isEmpty()) {
            if (inMemory == null) {
                then.accept(ReadOutcome.Found.NOTHING);
            } else {
                counters.memoryTableHits.increment();
                makeHot(key, inMemory);
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
        long lossesBefore = lossesTold;
        lookUps++;
        counters.tableReads.increment();
        threads.background().execute(() -> {
            @Nullable Cell inTables = null;
            @Nullable IOException broken = null;
            try {
                inTables = tables.get(key, leastReading(inMemory));
            } catch (IOException e) {
                broken = e;
                report(e);
            } finally {
                jobs.end();
            }
            @Nullable Cell found = inTables;
            @Nullable IOException failure = broken;
            threads.toShard(index, () -> {
                lookUps--;
                if (failure != null) {
                    then.accept(new ReadOutcome.Refused(DamagedTableException.faultOf(failure), tableFault(failure)));
                    return;
                }
                // What was joined meanwhile is in memory, unless it has been flushed meanwhile too.
                Cell joined = Cell.join(Cell.join(found, inMemory), Cell.join(memory.get(key), hot(key)));
                if (lossesTold != lossesBefore) {
                    lookUp(key, memory.get(key), then);
                } else if (memory.drops() != dropsBefore) {
                    lookUp(key, joined, then);
                } else if (joined == null) {
                    then.accept(ReadOutcome.Found.NOTHING);
                } else {
                    makeHot(key, joined);
                    then.accept(new ReadOutcome.Found(joined));
                }
            });
        });
    }

    /** On a background thread. */
    private void report(IOException broken) {
        if (broken instanceof DamagedTableException damaged) {
            losses.found(damaged.number(), "a table could not be read: " + damaged.getMessage());
        }
    }

    private static String tableFault(IOException failure) {
        return "a table could not be read: " + failure.getMessage();
    }

    // ---- joins

    @Override
    public void join(Key key, Cell cell, Durability durability, Consumer<JoinOutcome> then) {
        if (ledger.isDamaged(key.slot())) {
            refuse(then, StorageFault.DAMAGED, ledger.lineOf(key.slot()));
        } else if (hasRoom(then)) {
            if (Horizons.isOlder(cell, horizon(key.slot()))) {
                late.begin(key, ticket -> find(key, held -> decide(ticket, held, cell, durability, then)));
            } else {
                log(key, cell, durability, then);
            }
        }
    }

    /** Refuses a join if too much is waiting already. */
    private boolean hasRoom(Consumer<JoinOutcome> then) {
        if (filling.weightBytes() >= settings.maxPendingBytes()) {
            refuse(then, StorageFault.OVERLOADED, waitingForLog());
            return false;
        }
        if (memory.frozen() >= MOST_FROZEN) {
            flush.beginIfDue(this::hasFlushed);
            refuse(then, StorageFault.OVERLOADED, memory.frozen() + " memory tables wait for their flush");
            return false;
        }
        if (lookUps + late.undecided() >= MOST_LOOK_UPS) {
            refuse(then, StorageFault.OVERLOADED, lookUps + " table look-ups wait");
            return false;
        }
        counters.joins.increment();
        return true;
    }

    private void log(Key key, Cell cell, Durability durability, Consumer<JoinOutcome> then) {
        filling.add(key, cell, durability, then);
        handOverSoon();
    }

    private void handOverSoon() {
        if (inFlight == null && !handOverIsDue) {
            // Not at once: what else is ready in this turn of the shard's loop goes into the same batch.
            handOverIsDue = true;
            threads.toShard(index, handOver);
        }
    }

    /**
     * A cell from before the horizon is taken only into a key that is held: it may have lost against a deletion that has been forgotten
     * (invariant 5). Decided before it is logged, and no horizon can rise between the two, so that whatever is in the log was taken, and a
     * replay need not judge.
     */
    private void decide(
            LateJoins.Ticket ticket,
            ReadOutcome outcome,
            Cell cell,
            Durability durability,
            Consumer<JoinOutcome> then) {
        switch (outcome) {
            case ReadOutcome.Refused refused -> {
                refuse(then, refused.fault(), refused.detail());
                late.decided(ticket);
                late.end(ticket);
            }
            case ReadOutcome.Found found -> {
                Key key = ticket.key();
                long horizon = horizon(key.slot());
                boolean isHeld = found.cell() != null && !Horizons.isPast(found.cell(), horizon);
                if (isHeld || !Horizons.isOlder(cell, horizon)) {
                    log(key, cell, durability, joined -> {
                        late.end(ticket);
                        then.accept(joined);
                    });
                    late.decided(ticket);
                } else {
                    then.accept(new JoinOutcome.Held(Horizons.tombstone(horizon)));
                    late.decided(ticket);
                    late.end(ticket);
                }
            }
        }
    }

    @Override
    public void settled(Runnable then) {
        late.whenDecided(() -> settledOfLog(then));
    }

    private void settledOfLog(Runnable then) {
        if (!filling.isEmpty()) {
            filling.settled.add(then);
        } else if (inFlight != null) {
            inFlight.settled.add(then);
        } else if (applying != null) {
            applying.settled.add(then);
        } else {
            then.run();
        }
    }

    @Override
    public void promise(long reading, Consumer<PromiseOutcome> then) {
        // What is undecided may yet be logged, and has to be before the promise.
        late.whenDecided(() -> {
            if (filling.weightBytes() >= settings.maxPendingBytes()) {
                then.accept(new PromiseOutcome.Refused(StorageFault.OVERLOADED, waitingForLog()));
            } else {
                filling.promise(reading, then);
                handOverSoon();
            }
        });
    }

    private String waitingForLog() {
        return filling.weightBytes() + " bytes wait for the commit log";
    }

    private void refuse(Consumer<JoinOutcome> then, StorageFault fault, String detail) {
        counters.refusedJoins.increment();
        then.accept(new JoinOutcome.Refused(fault, detail));
    }

    private void handOver() {
        handOverIsDue = false;
        if (inFlight != null || filling.isEmpty() || log == null) {
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
        if (batch.joins.size() > 1) {
            hot.expect(batch.joins.stream().map(LogBatch.Waiting::key).toList());
        }
        for (LogBatch.Waiting waiting : batch.joins) {
            if (batch.fault == null) {
                apply(waiting, batch.segment);
            } else {
                refuse(waiting.then(), batch.fault, batch.faultDetail);
            }
        }
        for (Consumer<PromiseOutcome> promise : batch.promises) {
            promise.accept(
                    batch.fault == null
                            ? new PromiseOutcome.Kept()
                            : new PromiseOutcome.Refused(batch.fault, batch.faultDetail));
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
        Cell whole = hot(key);
        if (whole != null && Cell.compare(whole, join.cell()) >= 0) {
            join.then().accept(held(key, whole));
            return;
        }
        Cell former = whole == null && observer != null ? memory.get(key) : whole;
        Cell joined = memory.join(key, join.cell(), segment);
        // A table that may know more than the joined cell may know more than the former one: so they are all among
        // these.
        List<Table> suspects =
                whole == null ? tables.suspects(key, leastReading(observer == null ? joined : former)) : List.of();
        if (!passing.isEmpty()) {
            passing.forEach(scan -> scan.hasChanged(key));
        }
        if (observer != null) {
            tell(observer, key, suspects.isEmpty(), former, joined);
        }
        if (noneReaches(suspects, leastReading(joined))) {
            makeHot(key, joined);
            join.then().accept(held(key, joined));
        } else {
            lookUp(key, joined, outcome -> answerLate(join, joined, outcome));
        }
    }

    private static boolean noneReaches(List<Table> tables, long reading) {
        for (Table table : tables) {
            if (table.reaches(reading)) {
                return false;
            }
        }
        return true;
    }

    /** What is past the horizon is not held; what stands for it is as great. */
    private JoinOutcome held(Key key, Cell whole) {
        return new JoinOutcome.Held(shown(key, whole));
    }

    private Cell shown(Key key, Cell whole) {
        return isPast(key, whole) ? Horizons.tombstone(horizon(key.slot())) : whole;
    }

    /**
     * A cell that memory held before is what was held, unless a table may know a greater one. None is asked: that would take a read of a
     * table for each join.
     *
     * @param isWhole whether none may
     */
    private void tell(CellObserver told, Key key, boolean isWhole, @Nullable Cell former, Cell now) {
        if (former != null && Cell.compare(former, now) >= 0) {
            return;
        }
        if (isWhole) {
            Cell seen = former == null || isPast(key, former) ? null : former;
            if (!isPast(key, now)) {
                told.changed(key, seen, now);
            } else if (seen != null) {
                // The horizon has been raised while a deletion was on its way.
                told.changed(key.slot(), key.slot());
            }
        } else {
            told.overwritten(key);
        }
    }

    private void answerLate(LogBatch.Waiting join, Cell joined, ReadOutcome outcome) {
        join.then()
                .accept(
                        switch (outcome) {
                            case ReadOutcome.Refused refused ->
                                new JoinOutcome.Refused(refused.fault(), refused.detail());
                            case ReadOutcome.Found found -> {
                                Cell whole = found.cell() == null ? joined : Cell.joinPresent(found.cell(), joined);
                                yield new JoinOutcome.Held(shown(join.key(), whole), Cell.compare(whole, joined) != 0);
                            }
                        });
    }

    // ---- flushes

    /** Flushes what holds on to log segments older than this. */
    void flushOlderThan(long segment) {
        if (memory.activeIsOlderThan(segment)) {
            memory.freeze();
        }
        flush.beginIfDue(this::hasFlushed);
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
        ScanOutcome.@Nullable Refused refused = refusedScan(firstSlot, lastSlot);
        if (refused != null) {
            then.accept(refused);
            return;
        }
        new Scan(firstSlot, lastSlot, after, limit, outcome -> then.accept(asSeen(firstSlot, lastSlot, outcome)))
                .step();
    }

    /** As of a read: what has been lost meanwhile may be missing from a page. */
    private ScanOutcome asSeen(int firstSlot, int lastSlot, ScanOutcome outcome) {
        ScanOutcome.@Nullable Refused refused = refusedScan(firstSlot, lastSlot);
        return refused == null ? outcome : refused;
    }

    private ScanOutcome.@Nullable Refused refusedScan(int firstSlot, int lastSlot) {
        for (int slot = firstSlot; slot <= lastSlot; slot++) {
            if (ledger.isDamaged(slot) && owns(slot)) {
                return new ScanOutcome.Refused(StorageFault.DAMAGED, ledger.lineOf(slot));
            }
        }
        return null;
    }

    /**
     * One scan until it has its page. A page without any entry would not tell its reader where to go on, so the scan goes on by itself
     * behind a stretch of hidden cells. The page shows one moment, that of its answer: so when a key has changed in what has been passed
     * over, the scan begins again.
     */
    private final class Scan {
        private final int firstSlot;
        private final int lastSlot;
        private final @Nullable Key after;
        private final int limit;
        private final Consumer<ScanOutcome> then;
        private @Nullable Key passed;
        private long restarts;

        Scan(int firstSlot, int lastSlot, @Nullable Key after, int limit, Consumer<ScanOutcome> then) {
            this.firstSlot = firstSlot;
            this.lastSlot = lastSlot;
            this.after = after;
            this.limit = limit;
            this.then = then;
            this.passed = after;
        }

        void step() {
            if (lookUps >= MOST_LOOK_UPS) {
                answer(new ScanOutcome.Refused(StorageFault.OVERLOADED, lookUps + " table look-ups wait"));
                return;
            }
            if (!jobs.begin()) {
                answer(new ScanOutcome.Refused(StorageFault.STOPPED, "the storage has been closed"));
                return;
            }
            lookUps++;
            Key from = passed;
            long dropsBefore = memory.drops();
            long lossesBefore = lossesTold;
            long restartsBefore = restarts;
            threads.background().execute(() -> {
                List<Entry> entries = List.of();
                @Nullable IOException broken = null;
                try {
                    // Tables hold the cells of all shards, and only its own shard knows what is newer than they.
                    entries = tables.scan(firstSlot, lastSlot, ShardStore.this::owns, from, limit);
                } catch (IOException e) {
                    broken = e;
                } catch (UncheckedIOException e) {
                    broken = e.getCause();
                }
                if (broken != null) {
                    report(broken);
                }
                jobs.end();
                List<Entry> inTables = entries;
                @Nullable IOException failure = broken;
                threads.toShard(index, () -> {
                    lookUps--;
                    if (failure != null) {
                        answer(new ScanOutcome.Refused(DamagedTableException.faultOf(failure), tableFault(failure)));
                    } else if (lossesTold != lossesBefore) {
                        passed = after;
                        step();
                    } else if (memory.drops() != dropsBefore || restarts != restartsBefore) {
                        step();
                    } else {
                        TreeMap<Key, Cell> found = new TreeMap<>();
                        inTables.forEach(entry -> found.merge(entry.key(), entry.cell(), Cell::joinPresent));
                        memory.joinFirst(found, firstSlot, lastSlot, from, limit);
                        stepped(found);
                    }
                });
            });
        }

        /** The first entries of all there is, of which some may be hidden. */
        private void stepped(TreeMap<Key, Cell> found) {
            List<Entry> seen = new ArrayList<>();
            int count = 0;
            for (var entry : found.entrySet()) {
                if (count == limit) {
                    break;
                }
                count++;
                passed = entry.getKey();
                if (!isPast(entry.getKey(), entry.getValue())) {
                    seen.add(new Entry(entry.getKey(), entry.getValue()));
                }
            }
            if (!seen.isEmpty() || count < limit) {
                answer(new ScanOutcome.Page(seen, count == limit));
            } else {
                if (!passing.contains(this)) {
                    passing.add(this);
                }
                step();
            }
        }

        private void answer(ScanOutcome outcome) {
            passing.remove(this);
            then.accept(outcome);
        }

        void hasChanged(Key key) {
            if (passed != null && key.compareTo(passed) <= 0 && (after == null || key.compareTo(after) > 0)) {
                passed = after;
                restarts++;
            }
        }
    }

    // ---- horizons

    Horizons horizons() {
        return horizons;
    }

    private final class ShardHorizons implements Horizons {

        @Override
        public long of(int slot) {
            return horizon(slot);
        }

        @Override
        public void raise(int firstSlot, int lastSlot, long wallMillis, Runnable then) {
            // What was joined before and waits for the log has its effect first: nobody has to ask which horizon it was
            // judged by. And it is durable first, whatever its cache's durability: were a deletion lost by a power cut
            // that
            // the horizon survives, the value before it would live again here, and nobody else could tell (invariant
            // 5).
            settled(() -> Objects.requireNonNull(log).syncSoon(() -> {
                ledger.raise(
                        firstSlot,
                        lastSlot,
                        ShardStore.this::owns,
                        wallMillis,
                        () -> threads.toShard(index, () -> {
                            count(firstSlot, lastSlot);
                            then.run();
                        }));
                ledgerWriter.writeSoon();
            }));
        }
    }

    /** Horizons that are durable count from now on. */
    private void count(int firstSlot, int lastSlot) {
        long highest = Horizons.NONE;
        for (int slot = firstSlot; slot <= lastSlot; slot++) {
            long durable = owns(slot) ? ledger.horizon(slot) : Horizons.NONE;
            if (durable > counting[slot]) {
                counting[slot] = durable;
                highest = Math.max(highest, durable);
            }
        }
        if (highest > Horizons.NONE) {
            whenRaised.run();
            if (observer != null && mayBePast(highest)) {
                observer.changed(firstSlot, lastSlot);
            }
        }
    }

    private boolean mayBePast(long horizon) {
        return memory.oldestDeath() < horizon
                || tables.tables().stream()
                        .anyMatch(table -> table.facts().deaths().oldest() < horizon);
    }

    /** Notes the horizons; calls back when every join that may have been judged by former ones is applied. */
    void prepareToPurge(Runnable then) {
        for (int slot = 0; slot < Slots.COUNT; slot++) {
            noted[slot] = horizon(slot);
        }
        settled(then);
    }

    /** What was noted counts for compactions. */
    void allowPurge() {
        for (int slot = 0; slot < Slots.COUNT; slot++) {
            if (owns(slot)) {
                purge.allow(slot, noted[slot]);
            }
        }
    }

    // ---- damage

    Rebuild rebuild() {
        return rebuild;
    }

    /** A table that held cells of these slots has been set aside; the slots are refused already. */
    void lost(int firstSlot, int lastSlot) {
        lossesTold++;
        ledger.hasLeft(firstSlot, lastSlot, this::owns);
        boolean isMine = false;
        for (int slot = firstSlot; slot <= lastSlot; slot++) {
            if (owns(slot)) {
                isMine = true;
                counting[slot] = Horizons.NONE;
                noted[slot] = Horizons.NONE;
                purge.allow(slot, Horizons.NONE);
            }
        }
        if (!isMine) {
            return;
        }
        // All of them, whatever their slots: to walk through them would hold up the loop, and most tables hold all
        // slots.
        hot = noneHot();
        if (observer != null) {
            observer.changed(firstSlot, lastSlot);
        }
        if (whenDue != null) {
            whenDue.run();
        }
        List<Runnable> inVain = List.copyOf(rebuiltInVain);
        rebuiltInVain.clear();
        inVain.forEach(Runnable::run);
    }

    private final class ShardRebuild implements Rebuild {

        @Override
        public boolean isDue(int slot) {
            return ledger.isDamaged(slot);
        }

        @Override
        public void whenDue(Runnable then) {
            whenDue = then;
            for (int slot = 0; slot < Slots.COUNT; slot++) {
                if (owns(slot) && ledger.isDamaged(slot)) {
                    then.run();
                    return;
                }
            }
        }

        @Override
        public void join(Key key, Cell cell, Consumer<JoinOutcome> then) {
            // However old: of what the other owners hold, this slot's horizon says nothing.
            if (hasRoom(then)) {
                log(key, cell, Durability.FSYNC, then);
            }
        }

        @Override
        public void scan(int firstSlot, int lastSlot, @Nullable Key after, int limit, Consumer<ScanOutcome> then) {
            new Scan(firstSlot, lastSlot, after, limit, then).step();
        }

        @Override
        public void done(int firstSlot, int lastSlot, Runnable then) {
            settled(() -> {
                boolean isMended = ledger.mend(
                        firstSlot,
                        lastSlot,
                        ShardStore.this::owns,
                        () -> threads.toShard(index, () -> mended(firstSlot, lastSlot, then)));
                if (isMended) {
                    ledgerWriter.writeSoon();
                } else {
                    rebuiltInVain.add(() -> dueAgain(then));
                }
            });
        }

        private void mended(int firstSlot, int lastSlot, Runnable then) {
            boolean isDueAgain = ledger.serve(firstSlot, lastSlot, ShardStore.this::owns);
            if (observer != null) {
                // Scans see them again.
                observer.changed(firstSlot, lastSlot);
            }
            if (isDueAgain) {
                dueAgain(then);
            } else {
                then.run();
            }
        }

        /** First the answer, so that whoever has rebuilt is free to begin once more. */
        private void dueAgain(Runnable then) {
            then.run();
            if (whenDue != null) {
                whenDue.run();
            }
        }
    }

    private boolean owns(int slot) {
        return settings.shardOfSlot().applyAsInt(slot) == index;
    }
}
