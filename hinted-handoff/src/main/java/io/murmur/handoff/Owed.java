package io.murmur.handoff;

import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.IntConsumer;

/**
 * The partitions of which some owner may have missed a cell that no hint will bring it, until anti-entropy has mended them. In memory only:
 * after a restart the regular rounds of anti-entropy come to every partition.
 */
final class Owed {

    private final IntConsumer owes;
    private final TreeMap<Integer, Long> lastOwed = new TreeMap<>();
    private long mark;
    private boolean hasBegun;

    /**
     * @param owes is told of each partition once, until it has been settled; from {@link #begin} on
     */
    Owed(IntConsumer owes) {
        this.owes = owes;
    }

    void add(int partition) {
        if (lastOwed.put(partition, ++mark) == null && hasBegun) {
            owes.accept(partition);
        }
    }

    /** Somebody listens now, and is told of what is owed already. */
    void begin() {
        hasBegun = true;
        new TreeSet<>(lastOwed.keySet()).forEach(owes::accept);
    }

    /** What is owed from now on has a greater mark. */
    long mark() {
        return mark;
    }

    /** The partition has been mended as it was at that mark. */
    void settled(int partition, long asOf) {
        Long last = lastOwed.get(partition);
        if (last != null && last <= asOf) {
            lastOwed.remove(partition);
        } else if (last != null) {
            owes.accept(partition);
        }
    }

    Set<Integer> partitions() {
        return new TreeSet<>(lastOwed.keySet());
    }
}
