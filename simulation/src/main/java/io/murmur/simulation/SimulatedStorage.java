package io.murmur.simulation;

import io.murmur.kernel.Disk;
import io.murmur.kernel.Durability;
import io.murmur.kernel.Storage;
import io.murmur.kernel.data.Cell;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.wire.CellCodec;
import io.murmur.kernel.wire.WireReader;
import io.murmur.kernel.wire.WireWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The smallest storage that keeps the promise: all cells in memory, and a log of all joins. A join is seen when its group is synced, and
 * with either durability. Each life writes files of its own, so it never appends behind a torn tail.
 *
 * <pre>
 *   record:  length  4 bytes
 *            CRC32C  4 bytes, of the rest
 *            key, cell; or the reading of a promise
 * </pre>
 */
public final class SimulatedStorage implements Storage {

    private static final String FOLDER = "replica";
    private static final String SUFFIX = ".log";
    private static final int HEADER_BYTES = 8;
    /** No key and cell are as short. */
    private static final int PROMISE_BYTES = 8;

    private final NodeSeams seams;
    private final TreeMap<Key, Cell> cells = new TreeMap<>();
    private List<Waiting> waiting = new ArrayList<>();
    private Disk.@Nullable Appender appender;
    private int nextFile;
    private long greatestReading;
    private long greatestPromise;

    /** Joins and promises called, and those done: they are done in the order in which they were called. */
    private long called;

    private long done;
    private final Deque<Settled> toSettle = new ArrayDeque<>();

    /** To be run once so many joins are done. */
    private record Settled(long joins, Runnable then) {}

    /** What is to be logged, and what follows when it is, or when it could not be. */
    private record Waiting(byte[] content, Runnable kept, Consumer<String> refused) {}

    /**
     * Recovers what the disk holds, and writes it anew. What was found need not be durable: a killed process leaves bytes that are not
     * synced, and after a failed sync even the next one may keep nothing of what is read; but from now on it is seen.
     */
    public SimulatedStorage(NodeSeams seams) throws IOException {
        this.seams = seams;
        List<String> files = seams.disk().list(FOLDER);
        for (String file : files) {
            replay(file);
            nextFile = 1 + Integer.parseInt(file, FOLDER.length() + 1, file.length() - SUFFIX.length(), 10);
        }
        List<byte[]> held = new ArrayList<>();
        cells.forEach((key, cell) -> held.add(content(key, cell)));
        if (greatestPromise > 0) {
            held.add(content(greatestPromise));
        }
        if (!held.isEmpty()) {
            append(held);
        }
        for (String file : files) {
            seams.disk().delete(file);
        }
    }

    private void replay(String file) throws IOException {
        byte[] bytes;
        try (Disk.Source source = seams.disk().open(file)) {
            ByteBuffer buffer = ByteBuffer.allocate(Math.toIntExact(source.size()));
            source.read(0, buffer);
            bytes = buffer.array();
        }
        ByteBuffer header = ByteBuffer.wrap(bytes);
        int at = 0;
        while (bytes.length - at >= HEADER_BYTES) {
            int length = header.getInt(at);
            int end = at + HEADER_BYTES + length;
            if (length <= 0 || end > bytes.length || header.getInt(at + 4) != checksum(bytes, at + HEADER_BYTES, end)) {
                return;
            }
            WireReader reader = new WireReader(bytes, at + HEADER_BYTES, end);
            if (length == PROMISE_BYTES) {
                note(reader.readLong());
            } else {
                Key key = CellCodec.readKey(reader);
                apply(key, CellCodec.readCell(reader));
            }
            at = end;
        }
    }

    private static int checksum(byte[] bytes, int from, int to) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, from, to - from);
        return (int) crc.getValue();
    }

    private static byte[] content(Key key, Cell cell) {
        WireWriter out = new WireWriter();
        CellCodec.writeKey(out, key);
        CellCodec.writeCell(out, cell);
        return Arrays.copyOf(out.array(), out.size());
    }

    private static byte[] content(long promise) {
        return ByteBuffer.allocate(PROMISE_BYTES).putLong(promise).array();
    }

    private void note(long promise) {
        greatestPromise = Math.max(greatestPromise, promise);
        greatestReading = Math.max(greatestReading, promise);
    }

    private Cell apply(Key key, Cell cell) {
        greatestReading = Math.max(greatestReading, cell.version().reading());
        return cells.merge(key, cell, Cell::joinPresent);
    }

    /** The greatest reading of a ballot promised; 0 when there is none. */
    public long greatestPromise() {
        return greatestPromise;
    }

    /** The greatest version reading held or promised; 0 when there is none. Stamps of a new life begin above it. */
    public long greatestReading() {
        return greatestReading;
    }

    @Override
    public void read(Key key, Consumer<ReadOutcome> then) {
        then.accept(new ReadOutcome.Found(cells.get(key)));
    }

    @Override
    public void join(Key key, Cell cell, Durability durability, Consumer<JoinOutcome> then) {
        log(
                content(key, cell),
                () -> then.accept(new JoinOutcome.Held(apply(key, cell))),
                why -> then.accept(new JoinOutcome.Refused(StorageFault.DISK_FULL, why)));
    }

    @Override
    public void promise(long reading, Consumer<PromiseOutcome> then) {
        log(
                content(reading),
                () -> {
                    note(reading);
                    then.accept(new PromiseOutcome.Kept());
                },
                why -> then.accept(new PromiseOutcome.Refused(StorageFault.DISK_FULL, why)));
    }

    private void log(byte[] content, Runnable kept, Consumer<String> refused) {
        if (waiting.isEmpty()) {
            seams.log().execute(this::commit);
        }
        called++;
        waiting.add(new Waiting(content, kept, refused));
    }

    @Override
    public void settled(Runnable then) {
        toSettle.add(new Settled(called, then));
        settle();
    }

    private void settle() {
        while (!toSettle.isEmpty() && toSettle.getFirst().joins() <= done) {
            toSettle.removeFirst().then().run();
        }
    }

    private void done(List<Waiting> group) {
        done += group.size();
        settle();
    }

    /** On the log's thread: one append and one sync for all that waits. */
    private void commit() {
        List<Waiting> group = waiting;
        waiting = new ArrayList<>();
        try {
            append(group.stream().map(Waiting::content).toList());
        } catch (IOException e) {
            // What has been written of the group may or may not be found again; the next group begins a new file.
            appender = null;
            String why = String.valueOf(e.getMessage());
            seams.shard().execute(() -> {
                group.forEach(one -> one.refused().accept(why));
                done(group);
            });
            return;
        }
        seams.shard().execute(() -> {
            group.forEach(one -> one.kept().run());
            done(group);
        });
    }

    private void append(List<byte[]> group) throws IOException {
        List<ByteBuffer> records = new ArrayList<>();
        for (byte[] content : group) {
            records.add(ByteBuffer.allocate(HEADER_BYTES + content.length)
                    .putInt(content.length)
                    .putInt(checksum(content, 0, content.length))
                    .put(content)
                    .flip());
        }
        Disk.Appender file = appender == null ? begin() : appender;
        appender = file;
        for (ByteBuffer bytes : records) {
            file.append(bytes);
        }
        sync(file);
    }

    private Disk.Appender begin() throws IOException {
        String name = String.format(Locale.ROOT, "%s/%08d%s", FOLDER, nextFile++, SUFFIX);
        Disk.Appender file = seams.disk().create(name);
        try {
            seams.disk().syncFolder(FOLDER);
        } catch (IOException e) {
            seams.fatal().stop("sync of folder " + FOLDER + " failed", e);
            throw e;
        }
        return file;
    }

    private void sync(Disk.Appender file) throws IOException {
        try {
            file.sync();
        } catch (IOException e) {
            // Never retried: the next sync would call a success what this one has dropped (invariant 8).
            seams.fatal().stop("sync of " + FOLDER + " failed", e);
            throw e;
        }
    }

    @Override
    public void scan(int firstSlot, int lastSlot, @Nullable Key after, int limit, Consumer<ScanOutcome> then) {
        List<Entry> page = new ArrayList<>();
        for (var entry : (after == null ? cells : cells.tailMap(after, false)).entrySet()) {
            int slot = entry.getKey().slot();
            if (slot > lastSlot) {
                break;
            }
            if (slot >= firstSlot) {
                if (page.size() == limit) {
                    then.accept(new ScanOutcome.Page(page, true));
                    return;
                }
                page.add(new Entry(entry.getKey(), entry.getValue()));
            }
        }
        then.accept(new ScanOutcome.Page(page, false));
    }
}
