package io.murmur.handoff;

import io.murmur.kernel.data.Key;
import io.murmur.kernel.data.Version;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The durable hints for one node, the newest of each key, in the order in which they came. A hint waits, or is on its way; while it is, a
 * newer one for its key may come to wait.
 */
final class HintQueue {

    private final Usage usage;
    private final HintCounters counters;
    private final Consumer<Segment> lostOne;
    private final Consumer<Hint> leftOut;
    private final LinkedHashMap<Key, Hint> waiting = new LinkedHashMap<>();
    private final Map<Key, Hint> onTheWay = new HashMap<>();
    private long bytes;
    private long leastEpoch = Long.MAX_VALUE;

    /** How a cell stands to what is held for its key. */
    enum Standing {
        NEWER,
        /** It, or a greater one, is held. */
        COVERED,
        /** Another of the same version is held. */
        AMBIGUOUS
    }

    /**
     * @param lostOne is told of a segment in which one hint less is needed
     * @param leftOut is told of a hint that is not handed over in this life, though none that covers it is held
     */
    HintQueue(Usage usage, HintCounters counters, Consumer<Segment> lostOne, Consumer<Hint> leftOut) {
        this.usage = usage;
        this.counters = counters;
        this.lostOne = lostOne;
        this.leftOut = leftOut;
    }

    int size() {
        return waiting.size() + onTheWay.size();
    }

    int waiting() {
        return waiting.size();
    }

    int onTheWay() {
        return onTheWay.size();
    }

    /** Of all hints' records. */
    long bytes() {
        return bytes;
    }

    boolean isEmpty() {
        return waiting.isEmpty() && onTheWay.isEmpty();
    }

    Standing standing(Key key, Version version, int cellHash) {
        Standing amongWaiting = standing(waiting.get(key), version, cellHash);
        return amongWaiting == Standing.NEWER ? standing(onTheWay.get(key), version, cellHash) : amongWaiting;
    }

    private static Standing standing(@Nullable Hint held, Version version, int cellHash) {
        if (held == null || !held.isSure || version.isAfter(held.version)) {
            return Standing.NEWER;
        }
        return held.version.equals(version) && held.cellHash != cellHash ? Standing.AMBIGUOUS : Standing.COVERED;
    }

    /** A hint has become durable. The newer of two for a key stays. Answers how it stood to what was held. */
    Standing add(Hint hint) {
        Standing standing = standing(hint.key, hint.version, hint.cellHash);
        Hint former = waiting.get(hint.key);
        if (!hint.isSure && standing != Standing.COVERED && former != null) {
            // Its file stays, so the next start finds it again. It may have been acknowledged.
            leaveOut(hint, former);
            return Standing.COVERED;
        }
        hold(hint);
        leastEpoch = Math.min(leastEpoch, hint.epoch);
        if (standing != Standing.NEWER) {
            counters.superseded++;
            if (standing == Standing.AMBIGUOUS) {
                leftOut.accept(hint);
            }
            letGo(hint);
            return standing;
        }
        if (former != null) {
            waiting.remove(hint.key);
            supersede(former, hint);
        }
        waiting.put(hint.key, hint);
        return standing;
    }

    /** The least epoch of all hints that came since this was asked last. */
    long leastEpochSince() {
        long least = leastEpoch;
        leastEpoch = Long.MAX_VALUE;
        return least;
    }

    /** The hint that has waited longest. */
    @Nullable
    Hint first() {
        return waiting.isEmpty() ? null : waiting.firstEntry().getValue();
    }

    /** The first goes behind all others. */
    void putFirstLast() {
        Map.Entry<Key, Hint> first = waiting.pollFirstEntry();
        if (first != null) {
            waiting.put(first.getKey(), first.getValue());
        }
    }

    /** The first goes on its way. Of each key one at a time is: nobody takes more before the ones on the way have ended. */
    void sendOff(Hint first) {
        waiting.remove(first.key);
        onTheWay.put(first.key, first);
    }

    /** A hint on its way has to wait again, in front of the others or behind them. */
    void takeBack(Hint hint, boolean inFront) {
        onTheWay.remove(hint.key);
        Hint since = waiting.get(hint.key);
        if (since != null) {
            supersede(hint, since);
        } else if (inFront) {
            waiting.putFirst(hint.key, hint);
        } else {
            waiting.put(hint.key, hint);
        }
    }

    /** A hint, waiting or on its way, is not needed any more. */
    void forget(Hint hint) {
        if (!onTheWay.remove(hint.key, hint)) {
            waiting.remove(hint.key, hint);
        }
        letGo(hint);
    }

    private void supersede(Hint former, Hint by) {
        counters.superseded++;
        leaveOut(former, by);
        letGo(former);
    }

    /** What is not known to be durable gives way to what is, which may be older. */
    private void leaveOut(Hint hint, Hint held) {
        boolean isCovered = held.version.isAfter(hint.version)
                || (held.version.equals(hint.version) && held.cellHash == hint.cellHash);
        if (!isCovered) {
            leftOut.accept(hint);
        }
    }

    private void hold(Hint hint) {
        bytes += hint.length;
        usage.indexBytes += hint.indexBytes();
        hint.segment.needed++;
    }

    private void letGo(Hint hint) {
        bytes -= hint.length;
        usage.indexBytes -= hint.indexBytes();
        hint.segment.needed--;
        lostOne.accept(hint.segment);
    }
}
