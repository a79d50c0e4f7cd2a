package io.murmur.storage;

import io.murmur.kernel.Clock;
import io.murmur.kernel.Disk;
import io.murmur.kernel.Fatal;
import io.murmur.kernel.Storage.StorageFault;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What makes joins durable: append-only segments, and one write and one fsync for all batches of all shards that wait (group commit).
 *
 * <p>A batch is given back when it is on disk, or when it could not be kept: on a full disk with a fault, after which the log goes on in
 * a new segment as soon as there is room. A failed fsync stops the node: the kernel may have dropped the pages and would call the next
 * fsync a success ("Can applications recover from fsync failures?", USENIX ATC 2020), so it is never retried (invariant 8).
 *
 * <p>{@link #append} is called by shards; everything else runs on the log's thread.
 */
final class CommitLog {

    static final String FOLDER = "log";

    private static final int FIRST_BUFFER_BYTES = 256 << 10;
    private static final int KEPT_BUFFER_BYTES = 4 << 20;

    private final Disk disk;
    private final StoreSettings settings;
    private final Clock clock;
    private final Executor thread;
    private final Fatal fatal;
    private final StoreCounters counters;
    private final long floorBytes;
    private final Consumer<LogBatch> giveBack;
    private final LongSupplier oldestNeeded;
    private final Runnable begun;
    private final LongConsumer deleted;

    private final Queue<LogBatch> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean scheduled = new AtomicBoolean();
    private final Runnable work = this::work;

    private final List<Long> segments;
    private Disk.@Nullable Appender appender;
    private volatile long segment;
    private long lengthOfFormer;
    private long syncedLength;
    /** Where the last whole record of the current segment ends. */
    private long wholeLength;
    /** The greatest reading promised so far. */
    private long promised;

    private boolean stopped;
    private ByteBuffer buffer = ByteBuffer.allocateDirect(FIRST_BUFFER_BYTES);

    /**
     * @param replayed the segments that are there, and how much of the last is valid
     */
    CommitLog(
            Disk disk,
            StoreSettings settings,
            Clock clock,
            Executor thread,
            Fatal fatal,
            StoreCounters counters,
            LogReplay.Replayed replayed,
            Callbacks callbacks)
            throws IOException {
        this.disk = disk;
        this.settings = settings;
        this.clock = clock;
        this.thread = thread;
        this.fatal = fatal;
        this.counters = counters;
        this.giveBack = callbacks.giveBack();
        this.oldestNeeded = callbacks.oldestNeeded();
        this.begun = callbacks.begun();
        this.deleted = callbacks.deleted();
        this.segments = new ArrayList<>(replayed.segments());
        this.segment = replayed.lastSegment();
        this.lengthOfFormer = replayed.validLengthOfLast();
        this.promised = replayed.promised();
        this.floorBytes = (long) (disk.totalBytes() * settings.freeDiskFloor());
    }

    /**
     * What the log tells the store, and asks it; all on the log's thread.
     *
     * @param giveBack takes each batch that is done
     * @param oldestNeeded the oldest segment that holds joins that are in no table yet; older ones are deleted
     * @param begun a new segment has been begun
     * @param deleted takes the oldest segment left after others may have been deleted; greater than any when there is none
     */
    record Callbacks(Consumer<LogBatch> giveBack, LongSupplier oldestNeeded, Runnable begun, LongConsumer deleted) {}

    /** Hands a batch over. From a shard's thread; does not block. */
    void append(LogBatch batch) {
        waiting.add(batch);
        if (scheduled.compareAndSet(false, true)) {
            thread.execute(work);
        }
    }

    /** The segment being written, or the last one before the first append. Any batch appended later lands in it or a later one. */
    long segment() {
        return segment;
    }

    private void work() {
        scheduled.set(false);
        List<LogBatch> group = new ArrayList<>();
        for (LogBatch batch = waiting.poll(); batch != null; batch = waiting.poll()) {
            group.add(batch);
        }
        if (group.isEmpty()) {
            return;
        }
        if (keep(group)) {
            for (LogBatch batch : group) {
                batch.segment = segment;
            }
        }
        group.forEach(giveBack);
        if (appender != null && appender.size() >= settings.logSegmentBytes()) {
            roll();
        }
    }

    private boolean keep(List<LogBatch> group) {
        if (stopped) {
            return refuse(group, StorageFault.STOPPED, "the commit log has stopped");
        }
        try {
            long free = disk.freeBytes();
            if (free < floorBytes) {
                return refuse(
                        group,
                        StorageFault.DISK_FULL,
                        "only " + (free >> 20) + " MiB of disk are free where " + (floorBytes >> 20)
                                + " MiB must stay free (storage.free-disk-floor); make room");
            }
            Disk.Appender current = appender == null ? begin() : appender;
            write(group, current);
        } catch (IOException e) {
            abandon();
            return refuse(
                    group,
                    stopped ? StorageFault.STOPPED : StorageFault.DISK_FULL,
                    "the commit log could not be written: " + e.getMessage());
        }
        return !anyNeedsSync(group) || sync(group);
    }

    private static boolean refuse(List<LogBatch> group, StorageFault fault, String detail) {
        for (LogBatch batch : group) {
            batch.fail(fault, detail);
        }
        return false;
    }

    private void write(List<LogBatch> group, Disk.Appender current) throws IOException {
        buffer.clear();
        for (LogBatch batch : group) {
            int length = batch.bytes.size();
            int from = buffer.position();
            ensure(LogFormat.RECORD_HEADER_BYTES + length);
            buffer.position(from + LogFormat.RECORD_HEADER_BYTES);
            buffer.put(batch.bytes.array(), 0, length);
            LogFormat.writeRecordHeader(buffer, from, length, segment, syncedLength, batch.promised);
            promised = Table.greater(promised, batch.promised);
        }
        buffer.flip();
        counters.logGroups.increment();
        counters.logBytes.add(buffer.remaining());
        current.append(buffer);
        wholeLength = current.size();
        if (buffer.capacity() > KEPT_BUFFER_BYTES) {
            buffer = ByteBuffer.allocateDirect(FIRST_BUFFER_BYTES);
        }
    }

    private void ensure(int more) {
        if (buffer.capacity() - buffer.position() < more) {
            int wanted = Math.max(buffer.position() + more, buffer.capacity() * 2);
            ByteBuffer larger = ByteBuffer.allocateDirect(wanted);
            buffer.flip();
            larger.put(buffer);
            buffer = larger;
        }
    }

    private static boolean anyNeedsSync(List<LogBatch> group) {
        for (LogBatch batch : group) {
            if (batch.needsSync) {
                return true;
            }
        }
        return false;
    }

    private boolean sync(List<LogBatch> group) {
        Disk.Appender current = appender;
        if (current == null) {
            throw new IllegalStateException("nothing to sync");
        }
        long start = clock.monotonicNanos();
        try {
            current.sync();
        } catch (IOException e) {
            stop(e);
            return refuse(group, StorageFault.STOPPED, "fsync of the commit log failed: " + e.getMessage());
        }
        syncedLength = current.size();
        counters.logSyncs.note(clock.monotonicNanos() - start);
        return true;
    }

    /**
     * Syncs what was written without, if anything; for caches that are synced at intervals.
     *
     * @param then called on the log's thread once all that was appended before is durable, unless the log has stopped
     */
    void syncSoon(Runnable then) {
        thread.execute(() -> {
            boolean isUnsynced = appender != null && appender.size() > syncedLength;
            if (!stopped && (!isUnsynced || sync(List.of()))) {
                then.run();
            }
        });
    }

    private void stop(IOException e) {
        stopped = true;
        fatal.stop(
                "fsync of the commit log failed; what was written since the last one may be lost. Check the disk, then start"
                        + " the node again: it recovers what it had acknowledged",
                e);
    }

    private Disk.Appender begin() throws IOException {
        long next = segment + 1;
        String name = nameOf(next);
        // One may be left of an earlier attempt that found the disk full.
        disk.delete(name);
        Disk.Appender fresh = disk.create(name);
        try {
            fresh.append(LogFormat.header(next, lengthOfFormer, promised));
        } catch (IOException e) {
            close(fresh);
            throw e;
        }
        try {
            fresh.sync();
            disk.syncFolder(FOLDER);
        } catch (IOException e) {
            stop(e);
            throw e;
        }
        appender = fresh;
        segment = next;
        segments.add(next);
        syncedLength = fresh.size();
        wholeLength = syncedLength;
        counters.logSegments.set(segments.size());
        begun.run();
        return fresh;
    }

    /** Ends the current segment; the next append begins a new one, whose header tells how long this one is. */
    private void roll() {
        Disk.Appender full = appender;
        if (full == null || stopped || !sync(List.of())) {
            return;
        }
        lengthOfFormer = full.size();
        close(full);
        appender = null;
        deleteUnneeded();
    }

    /**
     * Begins a new segment.
     *
     * @param then takes the last one before, or nothing when the disk had no room; called on the log's thread, unless the log has stopped
     */
    void rollSoon(Consumer<OptionalLong> then) {
        thread.execute(() -> {
            long last = segment;
            roll();
            if (appender == null && !stopped) {
                try {
                    begin();
                } catch (IOException ignored) {
                    // Whoever asked may ask again, and the next append tries again.
                }
            }
            if (!stopped) {
                then.accept(appender == null ? OptionalLong.empty() : OptionalLong.of(last));
            }
        });
    }

    /** The append failed halfway: what was written before it stays, the rest was not acknowledged. */
    private void abandon() {
        Disk.Appender broken = appender;
        if (broken != null && !stopped && sync(List.of())) {
            lengthOfFormer = wholeLength;
            close(broken);
            appender = null;
        }
    }

    /** Deletes segments whose joins are all in tables. */
    void deleteUnneededSoon() {
        thread.execute(this::deleteUnneeded);
    }

    private void deleteUnneeded() {
        if (stopped) {
            return;
        }
        long oldest = Math.min(oldestNeeded.getAsLong(), segment);
        try {
            while (!segments.isEmpty() && segments.get(0) < oldest) {
                disk.delete(nameOf(segments.get(0)));
                // One by one, so that after a crash a gap between segments can only be damage.
                disk.syncFolder(FOLDER);
                segments.remove(0);
            }
        } catch (IOException ignored) {
            // A segment that stays is replayed once more, which changes nothing; the next round deletes it.
        }
        counters.logSegments.set(segments.size());
        deleted.accept(segments.isEmpty() ? Long.MAX_VALUE : segments.get(0));
    }

    /** Syncs and closes; to be run on the log's thread after the last append. */
    void close() {
        Disk.Appender current = appender;
        if (current != null && !stopped && sync(List.of())) {
            close(current);
            appender = null;
        }
        stopped = true;
    }

    private static void close(Disk.Appender appender) {
        try {
            appender.close();
        } catch (IOException ignored) {
            // What matters has been synced.
        }
    }

    static String nameOf(long segment) {
        return String.format(Locale.ROOT, "%s/%012d.log", FOLDER, segment);
    }
}
