package io.murmur.handoff;

import io.murmur.kernel.Timers.Timer;
import io.murmur.kernel.data.Cell;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.ring.NodeId;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One node, and the hints for it. */
final class Absentee {

    /** So many hints are dropped in one task. */
    private static final int EXPIRED_AT_ONCE = 1_000;

    private final HintParts parts;
    private final NodeId target;
    private final HintLog log;
    private final Handover handover;
    private final Allowance whileAlive;

    /** Since when it has not been seen alive; null while it is. */
    private @Nullable Long awaySinceNanos;

    /** Until more of the old hints are dropped. */
    private @Nullable Timer dropping;

    /** When the oldest of the hints that were there at start was written; null when there were none. */
    private @Nullable Long oldestFoundMillis;

    Absentee(HintParts parts, NodeId target, Handover.Redirection redirection) {
        HintSettings settings = parts.settings();
        this.parts = parts;
        this.target = target;
        this.log = new HintLog(parts, target);
        this.handover = new Handover(parts, target, log, redirection);
        this.whileAlive = new Allowance(
                settings.hintsPerSecondToTheLiving(), settings.bytesPerSecondToTheLiving(), parts.nowNanos());
    }

    NodeId target() {
        return target;
    }

    HintLog log() {
        return log;
    }

    /**
     * Keeps a cell.
     *
     * @param isRedirected whether it came from another's hints: then it is kept however the node is
     */
    void keep(Key key, Cell cell, boolean isRedirected, Consumer<Boolean> then) {
        look();
        long epoch = parts.seams().ring().current().epoch();
        HintFormat.Kept kept = new HintFormat.Kept(key, cell, epoch, isRedirected);
        Loss refusal = refusal(cell, isRedirected);
        if (refusal != null) {
            refuse(kept, refusal, then);
            return;
        }
        int cellHash = cell.hashCode();
        switch (log.queue().standing(key, cell.version(), cellHash)) {
            case COVERED -> then.accept(true);
            case AMBIGUOUS -> refuse(kept, Loss.AMBIGUOUS, then);
            case NEWER -> append(kept, cellHash, then);
        }
    }

    private @Nullable Loss refusal(Cell cell, boolean isRedirected) {
        if (!parts.window().admits(cell.version(), parts.wallMillis(), 0)) {
            return Loss.EXPIRED;
        }
        Long away = awaySinceNanos;
        if (isRedirected) {
            return null;
        }
        return away != null && parts.window().isShorterThan(parts.nowNanos() - away) ? Loss.AWAY_TOO_LONG : null;
    }

    private void append(HintFormat.Kept kept, int cellHash, Consumer<Boolean> then) {
        byte[] hint = kept.toBytes();
        int bytes = HintFormat.recordBytes(hint.length);
        Loss refusal = parts.usage().refusal(parts.settings().bounds(), log.bytes(), bytes, kept.isRedirected());
        if (refusal == null
                && awaySinceNanos == null
                && !kept.isRedirected()
                && !whileAlive.take(bytes, parts.nowNanos())) {
            refusal = Loss.TARGET_IS_ALIVE;
        }
        if (refusal != null) {
            refuse(kept, refusal, then);
        } else {
            log.append(kept, cellHash, hint, then);
        }
    }

    private void refuse(HintFormat.Kept kept, Loss why, Consumer<Boolean> then) {
        parts.lost(parts.seams().ring().current().partitionOf(kept.key().slot()), why);
        then.accept(false);
    }

    /** Whether it is there, and since when not. */
    private void look() {
        if (parts.seams().isAlive(target)) {
            awaySinceNanos = null;
        } else if (awaySinceNanos == null) {
            awaySinceNanos = parts.nowNanos();
        }
    }

    /** A file that was there at start; told before this {@link #begin}s, on whatever thread reads it. */
    void found(String name, long size, List<HintFormat.Found> hints, long sureBytes) {
        log.found(name, size, hints, sureBytes);
        for (HintFormat.Found found : hints) {
            HintFormat.Kept kept = found.kept();
            if (kept != null) {
                long writtenMillis = kept.cell().version().wallMillis();
                oldestFoundMillis =
                        oldestFoundMillis == null ? writtenMillis : Math.min(oldestFoundMillis, writtenMillis);
            }
        }
    }

    /** From now on hints are kept. A node for which there are hints of so long ago has been away for that long, if it is away. */
    void begin() {
        Long oldest = oldestFoundMillis;
        if (oldest != null && !parts.seams().isAlive(target)) {
            long agoMillis = Math.max(0, parts.wallMillis() - oldest);
            awaySinceNanos =
                    parts.nowNanos() - Math.min(agoMillis, parts.window().millis()) * 1_000_000;
        }
        log.begin();
    }

    /** Each second. */
    void tick() {
        look();
        dropTheOld();
        log.tidyUp();
        handover.look();
    }

    /** The oldest are in front, but for those that were put behind; they are judged before they are sent in any case. */
    private void dropTheOld() {
        if (dropping != null) {
            dropping.cancel();
        }
        HintQueue queue = log.queue();
        for (int dropped = 0; dropped < EXPIRED_AT_ONCE; dropped++) {
            Hint first = queue.first();
            if (first == null || parts.window().admits(first.version, parts.wallMillis(), 0)) {
                return;
            }
            queue.forget(first);
            parts.lost(parts.seams().ring().current().partitionOf(first.key.slot()), Loss.EXPIRED);
        }
        // There may be more; what else the shard has to do comes first.
        dropping = parts.seams().timers().after(Duration.ZERO, this::dropTheOld);
    }

    void ringChanged() {
        handover.ringChanged();
    }

    /** Whether nothing is lost when this is forgotten. */
    boolean isNeedless() {
        boolean mayReturn =
                awaySinceNanos != null && parts.seams().ring().current().member(target) != null;
        return !mayReturn && log.isIdle() && log.queue().isEmpty() && handover.isIdle();
    }

    void end(Runnable then) {
        if (dropping != null) {
            dropping.cancel();
        }
        handover.end();
        log.end(then);
    }

    HintedNode report() {
        HintQueue queue = log.queue();
        Hint first = queue.first();
        return new HintedNode(
                target,
                awaySinceNanos == null,
                queue.size(),
                queue.bytes(),
                queue.onTheWay(),
                first == null ? null : first.version.wallMillis(),
                !handover.isIdle(),
                handover.bytesPerSecond());
    }
}
