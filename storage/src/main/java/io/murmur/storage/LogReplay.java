package io.murmur.storage;

import io.murmur.kernel.Disk;
import io.murmur.kernel.Storage.Entry;
import io.murmur.kernel.wire.MalformedException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the commit log back at start. */
final class LogReplay {

    private static final Pattern NAME = Pattern.compile(CommitLog.FOLDER + "/(\\d{12})\\.log");

    /** What to do with each join found. */
    @FunctionalInterface
    interface Sink {
        void replay(long segment, Entry join) throws IOException;
    }

    /**
     * What was found.
     *
     * @param segments the segments that are there, oldest first
     * @param lastSegment the number of the last one, 0 when there is none
     * @param validLengthOfLast how much of the last one counts, -1 when there is none
     * @param damage what acknowledged data was lost, one line each
     * @param damaged the segments that are broken
     * @param promised the greatest reading that was promised, as far as can be read
     */
    record Replayed(
            List<Long> segments,
            long lastSegment,
            long validLengthOfLast,
            List<String> damage,
            Set<Long> damaged,
            long promised) {}

    private final Sink sink;
    private final List<String> damage = new ArrayList<>();
    private long promised;

    private LogReplay(Sink sink) {
        this.sink = sink;
    }

    /** Hands every join that is there to the sink, and reports acknowledged data that is lost. */
    static Replayed replay(Disk disk, Sink sink) throws IOException {
        return new LogReplay(sink).replay(disk);
    }

    private Replayed replay(Disk disk) throws IOException {
        Set<Long> damaged = new HashSet<>();
        List<Long> segments = segments(disk);
        if (!segments.isEmpty()) {
            // A deletion that a process did not live to sync must not be undone once later ones are durable.
            disk.syncFolder(CommitLog.FOLDER);
        }
        byte[] next = segments.isEmpty() ? new byte[0] : readAll(disk, CommitLog.nameOf(segments.get(0)));
        long validLengthOfLast = -1;
        for (int i = 0; i < segments.size(); i++) {
            long segment = segments.get(i);
            byte[] bytes = next;
            @Nullable Long toldByNext = null;
            if (i + 1 < segments.size()) {
                long following = segments.get(i + 1);
                next = readAll(disk, CommitLog.nameOf(following));
                if (following == segment + 1) {
                    LogFormat.Header header = LogFormat.headerOf(next, following);
                    toldByNext = header == null ? null : header.lengthOfFormer();
                } else {
                    // Segments go oldest first, each one's deletion synced before the next.
                    damage.add("log segments " + (segment + 1) + " to " + (following - 1) + " are missing");
                }
            }
            int damagesBefore = damage.size();
            validLengthOfLast = replaySegment(segment, bytes, toldByNext);
            boolean whole = damage.size() == damagesBefore;
            if (!whole) {
                damaged.add(segment);
            }
            if (i + 1 < segments.size() || !whole) {
                disk.sync(CommitLog.nameOf(segment));
            } else {
                renew(disk, segment, ByteBuffer.wrap(bytes, 0, (int) validLengthOfLast));
            }
        }
        return new Replayed(
                segments,
                segments.isEmpty() ? 0 : segments.get(segments.size() - 1),
                validLengthOfLast,
                damage,
                damaged,
                promised);
    }

    /**
     * What the process wrote without a sync before it died is replayed, hence visible, hence has to be durable now. To sync the file again
     * is not enough: when the process died of a failed sync, the kernel may have taken what it could not write for written, and then the
     * next sync has nothing to do (P. Rebello et al., "Can Applications Recover from fsync Failures?", USENIX ATC 2020). So the bytes are
     * written once more, into a file of their own.
     */
    private static void renew(Disk disk, long segment, ByteBuffer valid) throws IOException {
        String name = CommitLog.nameOf(segment);
        String temporary = name + ".tmp";
        disk.delete(temporary);
        try (Disk.Appender copy = disk.create(temporary)) {
            copy.append(valid);
            copy.sync();
        }
        disk.rename(temporary, name);
        disk.syncFolder(CommitLog.FOLDER);
    }

    /**
     * Lets go of all segments, once all that could be read of them is in tables and what could not is known durably to be lost. The broken
     * ones are kept for the operator. The oldest first, each durably, so that after a crash on the way no gap is taken for damage.
     */
    static Replayed setAside(Disk disk, Replayed replayed) throws IOException {
        for (long segment : replayed.segments) {
            if (replayed.damaged.contains(segment)) {
                SetAside.move(disk, CommitLog.FOLDER, CommitLog.nameOf(segment));
            }
            disk.delete(CommitLog.nameOf(segment));
            disk.syncFolder(CommitLog.FOLDER);
        }
        return new Replayed(
                List.of(),
                replayed.lastSegment,
                replayed.validLengthOfLast,
                replayed.damage,
                replayed.damaged,
                replayed.promised);
    }

    /** Replays the whole records from the start and returns where they end. */
    private int replaySegment(long segment, byte[] bytes, @Nullable Long toldByNext) throws IOException {
        int at = LogFormat.HEADER_BYTES;
        LogFormat.Header header = LogFormat.headerOf(bytes, segment);
        if (header == null) {
            at = 0;
        } else {
            promised = Table.greater(promised, header.promised());
            for (LogFormat.Found found = next(bytes, at, segment); found != null; found = next(bytes, at, segment)) {
                replayRecord(segment, found);
                at = found.end();
            }
        }
        long mustBeWhole = toldByNext == null ? 0 : toldByNext;
        mustBeWhole = Math.max(mustBeWhole, LogFormat.syncedLengthToldBehind(bytes, at, segment));
        if (at < mustBeWhole) {
            damage.add("log segment " + segment + " is damaged at byte " + at + ", of " + mustBeWhole
                    + " bytes that had been made durable");
            replayBehind(segment, bytes, at);
        }
        return at;
    }

    /** What is whole behind the damage is as good as ever. */
    private void replayBehind(long segment, byte[] bytes, int from) throws IOException {
        int at = from;
        while (at < bytes.length) {
            LogFormat.Found found = next(bytes, at, segment);
            if (found == null) {
                at++;
            } else {
                replayRecord(segment, found);
                at = found.end();
            }
        }
    }

    private void replayRecord(long segment, LogFormat.Found record) throws IOException {
        promised = Table.greater(promised, record.promised());
        for (Entry join : record.joins()) {
            sink.replay(segment, join);
        }
    }

    private static LogFormat.@Nullable Found next(byte[] bytes, int at, long segment) {
        try {
            return LogFormat.recordAt(bytes, at, segment);
        } catch (MalformedException e) {
            // The checksum is right and the content is not: written by another version of this code. As good as
            // damaged.
            return null;
        }
    }

    private static List<Long> segments(Disk disk) throws IOException {
        List<Long> segments = new ArrayList<>();
        for (String name : disk.list(CommitLog.FOLDER)) {
            Matcher matcher = NAME.matcher(name);
            if (matcher.matches()) {
                segments.add(Long.parseLong(matcher.group(1)));
            }
        }
        return segments;
    }

    static byte[] readAll(Disk disk, String name) throws IOException {
        try (Disk.Source source = disk.open(name)) {
            ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(source.size()));
            source.read(0, bytes);
            return bytes.array();
        }
    }
}
