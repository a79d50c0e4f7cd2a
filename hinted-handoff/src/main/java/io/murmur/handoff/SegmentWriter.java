package io.murmur.handoff;

import io.murmur.kernel.Disk;
import io.murmur.kernel.ring.NodeId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Writes one node's hints: one append and one fsync for all that wait. All calls block, and are made one at a time.
 *
 * <p>A failed fsync stops this node: nobody knows what the disk holds then, and a further fsync would say nothing of it ("Can applications
 * recover from fsync failures?", USENIX ATC 2020; invariant 8).
 */
final class SegmentWriter {

    private final HintSeams seams;
    private final HintSettings settings;
    private final NodeId target;
    private final AtomicLong lastNumber;
    private HintFormat.@Nullable Name name;
    private Disk.@Nullable Appender appender;
    private long syncedLength;
    private boolean hasStopped;

    /** What came of a group. */
    sealed interface Outcome {
        /**
         * The hints are durable.
         *
         * @param positions of their records, in the order of the hints
         * @param isOpen whether the file may take more
         */
        record Written(String name, long[] positions, boolean isOpen) implements Outcome {}

        /**
         * The disk took none.
         *
         * @param abandoned the file that takes no more because of it, or null
         */
        record NotWritten(@Nullable String abandoned, String why) implements Outcome {}

        /** The node is being stopped: nothing may be said of the hints. */
        record Stopped() implements Outcome {}
    }

    /**
     * @param lastNumber of the shard's files
     */
    SegmentWriter(HintSeams seams, HintSettings settings, NodeId target, AtomicLong lastNumber) {
        this.seams = seams;
        this.settings = settings;
        this.target = target;
        this.lastNumber = lastNumber;
    }

    Outcome write(List<byte[]> hints) {
        if (hasStopped) {
            return new Outcome.Stopped();
        }
        Disk disk = seams.disk();
        long[] positions = new long[hints.size()];
        HintFormat.Name into = name;
        Disk.Appender current = appender;
        try {
            long floor = (long) (disk.totalBytes() * settings.bounds().freeDiskFloor());
            long free = disk.freeBytes();
            if (free <= floor) {
                return new Outcome.NotWritten(
                        null,
                        "only " + (free >> 20) + " MiB of disk are free, of which hints leave " + (floor >> 20)
                                + " MiB alone");
            }
            if (into == null || current == null) {
                into = new HintFormat.Name(target, settings.shard(), lastNumber.incrementAndGet());
                current = begin(into);
            }
            append(hints, into, current, positions);
        } catch (IOException e) {
            if (hasStopped) {
                return new Outcome.Stopped();
            }
            return new Outcome.NotWritten(abandon(), String.valueOf(e.getMessage()));
        }
        if (!sync(current)) {
            return new Outcome.Stopped();
        }
        if (syncedLength >= settings.segmentBytes()) {
            close();
        }
        return new Outcome.Written(into.text(), positions, appender != null);
    }

    private Disk.Appender begin(HintFormat.Name fresh) throws IOException {
        Disk disk = seams.disk();
        Disk.Appender created = disk.create(fresh.text());
        try {
            created.append(HintFormat.header(fresh));
        } catch (IOException e) {
            close(created);
            delete(fresh.text());
            throw e;
        }
        try {
            created.sync();
            disk.syncFolder(HintFormat.FOLDER);
        } catch (IOException e) {
            stop(e);
            throw e;
        }
        name = fresh;
        appender = created;
        syncedLength = created.size();
        return created;
    }

    private void append(List<byte[]> hints, HintFormat.Name into, Disk.Appender current, long[] positions)
            throws IOException {
        int length = 0;
        for (byte[] hint : hints) {
            length += HintFormat.recordBytes(hint.length);
        }
        ByteBuffer buffer = ByteBuffer.allocate(length);
        long from = current.size();
        for (int i = 0; i < positions.length; i++) {
            positions[i] = from + buffer.position();
            HintFormat.putRecord(buffer, hints.get(i), into.number(), syncedLength);
        }
        current.append(buffer.flip());
    }

    private boolean sync(Disk.Appender current) {
        try {
            current.sync();
        } catch (IOException e) {
            stop(e);
            return false;
        }
        syncedLength = current.size();
        return true;
    }

    private void stop(IOException e) {
        hasStopped = true;
        seams.fatal()
                .stop(
                        "fsync of a file of hints failed; what was written since the last one may be lost. Check the disk,"
                                + " then start the node again: it recovers what it had acknowledged",
                        e);
    }

    /** The append failed halfway: what was written before it stays, the rest was not acknowledged. */
    private @Nullable String abandon() {
        String abandoned = name == null ? null : name.text();
        if (appender != null) {
            close(appender);
        }
        appender = null;
        name = null;
        return abandoned;
    }

    /** Ends the current file. The seal need not be durable: without it, the file is looked at more closely at the next start. */
    void close() {
        HintFormat.Name sealed = name;
        Disk.Appender current = appender;
        if (sealed != null && current != null && !hasStopped) {
            try {
                current.append(HintFormat.seal(sealed.number(), syncedLength));
            } catch (IOException ignored) {
                // The disk is full; all hints are in.
            }
            close(current);
        }
        appender = null;
        name = null;
    }

    /** Deletes a file of which no hint is needed; one that comes back after a crash is handed over once more, which changes nothing. */
    void delete(String unneeded) {
        if (name != null && name.text().equals(unneeded) && appender != null) {
            close(appender);
            appender = null;
            name = null;
        }
        try {
            seams.disk().delete(unneeded);
        } catch (IOException ignored) {
            // It is found again at the next start.
        }
    }

    private static void close(Disk.Appender appender) {
        try {
            appender.close();
        } catch (IOException ignored) {
            // What matters has been synced.
        }
    }
}
