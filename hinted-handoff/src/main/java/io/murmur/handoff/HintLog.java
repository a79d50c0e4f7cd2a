package io.murmur.handoff;

import io.murmur.handoff.HintQueue.Standing;
import io.murmur.kernel.Disk;
import io.murmur.kernel.data.Cell;
import io.murmur.kernel.ring.NodeId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files of one node's hints, as the shard's thread sees them: what is to be kept is written in groups, one at a time, and told once it
 * is durable (invariant 1); a file of which no hint is needed any more is deleted.
 */
final class HintLog {

    private static final Logger LOG = LoggerFactory.getLogger(HintLog.class);

    private final HintParts parts;
    private final HintQueue queue;
    private final SegmentWriter writer;
    private final Map<String, Segment> segments = new LinkedHashMap<>();
    private List<Append> waiting = new ArrayList<>();
    private List<String> toDelete = new ArrayList<>();
    private boolean hasBegun;
    private boolean isAtWork;
    private @Nullable Runnable ending;
    private long bytes;

    /** A hint to be kept. */
    private record Append(HintFormat.Kept kept, int cellHash, byte[] hint, Consumer<Boolean> then) {

        int bytes() {
            return HintFormat.recordBytes(hint.length);
        }
    }

    HintLog(HintParts parts, NodeId target) {
        this.parts = parts;
        this.queue = new HintQueue(parts.usage(), parts.counters(), this::tidy, this::leftOut);
        this.writer = new SegmentWriter(parts.seams(), parts.settings(), target, parts.lastNumber());
    }

    HintQueue queue() {
        return queue;
    }

    /** Of all files, with what is about to be written to them. */
    long bytes() {
        return bytes;
    }

    boolean isIdle() {
        return segments.isEmpty() && !isAtWork && waiting.isEmpty() && toDelete.isEmpty();
    }

    /** A file that was there at start; told before this {@link #begin}s, on whatever thread reads it. */
    void found(String name, long size, List<HintFormat.Found> hints, long sureBytes) {
        Segment segment = new Segment(name);
        segments.put(name, segment);
        grow(segment, size);
        for (HintFormat.Found found : hints) {
            HintFormat.Kept kept = found.kept();
            if (kept != null) {
                boolean isSure = found.end() <= sureBytes;
                segment.isPinned |= !isSure;
                queue.add(new Hint(
                        kept,
                        segment,
                        found.from(),
                        found.end() - found.from(),
                        isSure,
                        kept.cell().hashCode()));
            }
        }
    }

    /** From now on files are written and deleted. */
    void begin() {
        hasBegun = true;
        List.copyOf(segments.values()).forEach(this::tidy);
    }

    private void grow(Segment segment, long more) {
        segment.bytes += more;
        bytes += more;
        parts.usage().diskBytes += more;
    }

    // ---- writing

    /**
     * @param cellHash which takes the whole value to compute, and is known
     * @param then called with true once the hint is durable, with false when it is not kept, and its partition is owed then
     */
    void append(HintFormat.Kept kept, int cellHash, byte[] hint, Consumer<Boolean> then) {
        Append append = new Append(kept, cellHash, hint, then);
        waiting.add(append);
        bytes += append.bytes();
        parts.usage().diskBytes += append.bytes();
        parts.usage().pendingBytes += append.bytes();
        work();
    }

    private void work() {
        if (isAtWork) {
            return;
        }
        List<Append> group = waiting;
        List<String> unneeded = toDelete;
        if (group.isEmpty() && unneeded.isEmpty()) {
            end();
            return;
        }
        isAtWork = true;
        waiting = new ArrayList<>();
        toDelete = new ArrayList<>();
        List<byte[]> hints = group.stream().map(Append::hint).toList();
        parts.seams().blocking().execute(() -> {
            unneeded.forEach(writer::delete);
            SegmentWriter.@Nullable Outcome outcome = hints.isEmpty() ? null : writer.write(hints);
            parts.seams().shard().execute(() -> done(group, outcome));
        });
    }

    private void done(List<Append> group, SegmentWriter.@Nullable Outcome outcome) {
        isAtWork = false;
        switch (outcome) {
            case null -> {}
            case SegmentWriter.Outcome.Written written -> written(group, written);
            case SegmentWriter.Outcome.NotWritten not -> notWritten(group, not);
            // Nothing may be said of them: this node ends.
            case SegmentWriter.Outcome.Stopped ignored -> {}
        }
        work();
    }

    private void written(List<Append> group, SegmentWriter.Outcome.Written written) {
        Segment segment = segments.computeIfAbsent(written.name(), Segment::new);
        segment.isOpen = true;
        diskIsFull(false, "");
        List<Standing> standings = new ArrayList<>(group.size());
        for (int i = 0; i < group.size(); i++) {
            Append append = group.get(i);
            settle(append);
            grow(segment, append.bytes());
            standings.add(queue.add(
                    new Hint(append.kept(), segment, written.positions()[i], append.bytes(), true, append.cellHash())));
        }
        segment.isOpen = written.isOpen();
        tidy(segment);
        for (int i = 0; i < group.size(); i++) {
            Append append = group.get(i);
            if (standings.get(i) == Standing.AMBIGUOUS) {
                lost(append, Loss.AMBIGUOUS);
            } else {
                parts.counters().kept++;
                append.then().accept(true);
            }
        }
    }

    private void notWritten(List<Append> group, SegmentWriter.Outcome.NotWritten not) {
        diskIsFull(true, not.why());
        if (not.abandoned() != null) {
            abandoned(not.abandoned());
        }
        group.forEach(this::settle);
        for (Append append : group) {
            lost(append, Loss.DISK_IS_FULL);
        }
    }

    private void abandoned(String name) {
        Segment segment = segments.get(name);
        if (segment == null) {
            // It was begun for this group: no hint is in it, and nothing counts it.
            toDelete.add(name);
        } else {
            segment.isOpen = false;
            tidy(segment);
        }
    }

    private void settle(Append append) {
        bytes -= append.bytes();
        parts.usage().diskBytes -= append.bytes();
        parts.usage().pendingBytes -= append.bytes();
    }

    private void lost(Append append, Loss why) {
        parts.lost(
                parts.seams().ring().current().partitionOf(append.kept().key().slot()), why);
        append.then().accept(false);
    }

    private void leftOut(Hint hint) {
        parts.owed().add(parts.seams().ring().current().partitionOf(hint.key.slot()));
    }

    private void diskIsFull(boolean isFull, String why) {
        if (parts.counters().diskIsFull != isFull) {
            parts.counters().diskIsFull = isFull;
            String self = parts.seams().self().abbreviated();
            if (isFull) {
                LOG.warn("{}: keeps no hints while the disk takes none: {}", self, why);
            } else {
                LOG.info("{}: keeps hints again", self);
            }
        }
    }

    // ---- deleting

    /** Deletes a file when none of its hints is needed and none may come. */
    private void tidy(Segment segment) {
        if (hasBegun && segment.needed == 0 && !segment.isOpen && !segment.isPinned && !segment.isGone) {
            segment.isGone = true;
            grow(segment, -segment.bytes);
            segments.remove(segment.name);
            toDelete.add(segment.name);
            // Not at once: whoever lets go of a hint has more to do with it.
            parts.seams().shard().execute(this::work);
        }
    }

    /** Deletes the file that is being written, too, when none of its hints is needed. */
    void tidyUp() {
        if (queue.isEmpty() && !isAtWork && waiting.isEmpty()) {
            for (Segment segment : List.copyOf(segments.values())) {
                segment.isOpen = false;
                tidy(segment);
            }
        }
    }

    /** Closes once all has been written that waits. */
    void end(Runnable then) {
        ending = then;
        work();
    }

    private void end() {
        Runnable then = ending;
        if (then != null) {
            ending = null;
            parts.seams().blocking().execute(() -> {
                writer.close();
                parts.seams().shard().execute(then);
            });
        }
    }

    // ---- reading

    /**
     * Reads hints' cells back.
     *
     * @param then called with a cell for each hint, null when there is none to be read
     */
    void read(List<Hint> hints, Consumer<List<@Nullable Cell>> then) {
        Disk disk = parts.seams().disk();
        parts.seams().blocking().execute(() -> {
            List<@Nullable Cell> cells = new ArrayList<>(hints.size());
            int from = 0;
            while (from < hints.size()) {
                int to = from + 1;
                while (to < hints.size() && hints.get(to).segment == hints.get(from).segment) {
                    to++;
                }
                read(disk, hints.subList(from, to), cells);
                from = to;
            }
            parts.seams().shard().execute(() -> then.accept(cells));
        });
    }

    private static void read(Disk disk, List<Hint> ofOneFile, List<@Nullable Cell> cells) {
        HintFormat.Name name = HintFormat.Name.parse(ofOneFile.get(0).segment.name);
        int before = cells.size();
        if (name != null) {
            try (Disk.Source source = disk.open(name.text())) {
                for (Hint hint : ofOneFile) {
                    cells.add(read(source, hint, name.number()));
                }
            } catch (IOException e) {
                LOG.error("{} cannot be read: {}", name.text(), e.toString());
            }
        }
        while (cells.size() < before + ofOneFile.size()) {
            cells.add(null);
        }
    }

    private static @Nullable Cell read(Disk.Source source, Hint hint, long number) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(hint.length);
        source.read(hint.position, bytes);
        HintFormat.Found found = HintFormat.recordAt(bytes.array(), 0, number);
        HintFormat.Kept kept = found == null ? null : found.kept();
        return kept != null && kept.key().equals(hint.key) ? kept.cell() : null;
    }
}
