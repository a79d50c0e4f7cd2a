package io.murmur.handoff;

import io.murmur.kernel.Disk;
import io.murmur.kernel.ring.NodeId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a shard's files of hints back at start. Nothing that is in them, or no longer in them, keeps a node from starting: a torn tail is
 * cut, and of a damaged file what can be read is kept and the rest is owed to anti-entropy (invariants 1 and 8).
 */
final class HintReplay {

    private static final Logger LOG = LoggerFactory.getLogger(HintReplay.class);
    private static final String TEMPORARY = ".tmp";

    private final HintSeams seams;
    private final HintSettings settings;
    private final Sink sink;

    /** What to do with what is found. */
    interface Sink {
        /** A shard of this index made a file of this number, whether or not it counts. */
        void numbered(long number);

        /**
         * @param hints the records in the file that count, with their places
         * @param sureBytes what lies behind these may yet be lost by a power cut
         */
        void file(HintFormat.Name name, long bytes, List<HintFormat.Found> hints, long sureBytes);

        /** Acknowledged hints for this node are lost; which, is not known. */
        void damaged(NodeId target);
    }

    HintReplay(HintSeams seams, HintSettings settings, Sink sink) {
        this.seams = seams;
        this.settings = settings;
        this.sink = sink;
    }

    /**
     * @throws IOException when the disk cannot be listed, or does not keep what was read
     */
    void replay() throws IOException {
        List<HintFormat.Name> files = new ArrayList<>();
        for (String text : seams.disk().list(HintFormat.FOLDER)) {
            HintFormat.Name name = HintFormat.Name.parse(text.endsWith(TEMPORARY) ? formerName(text) : text);
            if (name == null || name.shard() % settings.shards() != settings.shard()) {
                continue;
            }
            if (name.shard() == settings.shard()) {
                sink.numbered(name.number());
            }
            if (text.endsWith(TEMPORARY)) {
                seams.disk().delete(text);
            } else {
                files.add(name);
            }
        }
        for (HintFormat.Name name : files) {
            file(name);
        }
    }

    private static String formerName(String temporary) {
        return temporary.substring(0, temporary.length() - TEMPORARY.length());
    }

    private void file(HintFormat.Name name) throws IOException {
        byte[] bytes;
        try {
            bytes = readAll(name.text());
        } catch (IOException e) {
            damaged(name, "cannot be read: " + e.getMessage());
            return;
        }
        Content content = content(bytes, name);
        long sureBytes = content.syncedLength();
        if (content.isDamaged()) {
            damaged(name, "is damaged at byte " + content.wholeLength());
            seams.disk().sync(name.text());
        } else if (content.hints().isEmpty()) {
            seams.disk().delete(name.text());
            return;
        } else if (!content.isSure() && renew(name, ByteBuffer.wrap(bytes, 0, content.wholeLength()))) {
            sureBytes = content.wholeLength();
        }
        sink.file(name, bytes.length, content.hints(), sureBytes);
    }

    private void damaged(HintFormat.Name name, String how) {
        LOG.error(
                "{}: the file of hints {} {}; what is lost of it, is left to anti-entropy",
                seams.self().abbreviated(),
                name.text(),
                how);
        sink.damaged(name.target());
    }

    /**
     * What counts of a file.
     *
     * @param wholeLength where the first part that is whole ends
     * @param syncedLength so much is known to have been synced
     */
    record Content(List<HintFormat.Found> hints, int wholeLength, long syncedLength) {

        boolean isSure() {
            return hints.isEmpty() || hints.get(hints.size() - 1).end() <= syncedLength;
        }

        boolean isDamaged() {
            return wholeLength < syncedLength;
        }
    }

    static Content content(byte[] bytes, HintFormat.Name name) {
        List<HintFormat.Found> hints = new ArrayList<>();
        long synced = 0;
        int at = 0;
        if (HintFormat.hasHeader(bytes, name)) {
            at = HintFormat.HEADER_BYTES;
            for (HintFormat.@Nullable Found found = HintFormat.recordAt(bytes, at, name.number());
                    found != null;
                    found = HintFormat.recordAt(bytes, at, name.number())) {
                at = found.end();
                synced = Math.max(synced, found.syncedLength());
                add(hints, found);
            }
        }
        List<HintFormat.Found> behind = behind(bytes, at, name.number());
        for (HintFormat.Found found : behind) {
            synced = Math.max(synced, found.syncedLength());
        }
        if (at < synced) {
            // What is whole behind the damage is as good as ever.
            behind.forEach(found -> add(hints, found));
        }
        return new Content(hints, at, synced);
    }

    private static void add(List<HintFormat.Found> hints, HintFormat.Found found) {
        if (found.kept() != null) {
            hints.add(found);
        }
    }

    private static List<HintFormat.Found> behind(byte[] bytes, int from, long number) {
        List<HintFormat.Found> behind = new ArrayList<>();
        int at = from;
        while (at < bytes.length) {
            HintFormat.Found found = HintFormat.recordAt(bytes, at, number);
            if (found == null) {
                at++;
            } else {
                behind.add(found);
                at = found.end();
            }
        }
        return behind;
    }

    /**
     * The last records may have been written without a sync before the process died. Now that they count, so that the same hint is
     * acknowledged when it is kept once more, they have to be durable, and to sync the file again may do nothing (see the commit log). So
     * the bytes are written anew. Answers false when there is no room for that.
     */
    private boolean renew(HintFormat.Name name, ByteBuffer valid) throws IOException {
        Disk disk = seams.disk();
        String temporary = name.text() + TEMPORARY;
        try (Disk.Appender copy = disk.create(temporary)) {
            if (!hasRoom(copy, name, valid)) {
                disk.delete(temporary);
                disk.sync(name.text());
                return false;
            }
            copy.sync();
        }
        disk.rename(temporary, name.text());
        disk.syncFolder(HintFormat.FOLDER);
        return true;
    }

    private boolean hasRoom(Disk.Appender copy, HintFormat.Name name, ByteBuffer valid) {
        long length = valid.remaining();
        try {
            copy.append(valid);
            copy.append(HintFormat.seal(name.number(), length));
            return true;
        } catch (IOException e) {
            LOG.warn("{}: {} is not written anew: {}", seams.self().abbreviated(), name.text(), e.toString());
            return false;
        }
    }

    private byte[] readAll(String name) throws IOException {
        try (Disk.Source source = seams.disk().open(name)) {
            ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(source.size()));
            source.read(0, bytes);
            return bytes.array();
        }
    }
}
