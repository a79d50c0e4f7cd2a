package io.murmur.quorum;

import io.murmur.kernel.Level;
import io.murmur.kernel.data.Key;
import java.util.HashMap;
import java.util.Map;

/**
 * The blocking repairs under way. Reads of one key at one level share them: those that have found a greater cell than the one being
 * repaired wait for the next repair together. So what it costs to repair a key that is written all the time does not grow with its reads.
 */
final class Repairs {

    /** For how long others may join a repair, as a share of the longest read: one that is stuck must not keep them all. */
    private static final int PATIENCE_SHARE = 16;

    /** At another level other owners may have to hold it. */
    private record Subject(Key key, Level level) {}

    private final Map<Subject, BlockingRepair> underway = new HashMap<>();

    /** How long owners are to try: until no read can be waiting that began before the repair. */
    final long longestNanos;

    final long patienceNanos;

    Repairs(long longestNanos) {
        this.longestNanos = longestNanos;
        this.patienceNanos = longestNanos / PATIENCE_SHARE;
    }

    /** Has as many owners as the level needs hold what was found, and answers the read. */
    void repair(Disagreement found) {
        Subject subject = subject(found.call());
        BlockingRepair former = underway.get(subject);
        if (former != null && former.mayBeJoinedBy(found)) {
            former.join(found);
        } else {
            BlockingRepair first = new BlockingRepair(this, found);
            underway.put(subject, first);
            first.start(found);
        }
    }

    /** Whoever comes now does not join it any more. */
    void close(BlockingRepair repair, ReadCall call) {
        underway.remove(subject(call), repair);
    }

    private static Subject subject(ReadCall call) {
        return new Subject(call.track.key, call.track.level);
    }
}
