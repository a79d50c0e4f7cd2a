package io.murmur.quorum;

import io.murmur.kernel.Level;
import io.murmur.kernel.Timers.Timer;
import io.murmur.kernel.data.Cell;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.message.ClientReply.Failed;
import io.murmur.kernel.message.ClientReply.Result;
import io.murmur.kernel.message.ClientReply.Value;
import io.murmur.kernel.message.Failure;
import io.murmur.kernel.message.Failure.Effect;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What the stages of one get share: what is read, where, by when, and who is told. Does not change. */
final class ReadCall {

    final Coordinator coordinator;
    final Key key;
    final Placement placement;
    final Requirement requirement;
    final long deadlineNanos;

    /** Places in the order of preference. */
    final int[] nearest;

    private final Level level;
    /** Whether all owners are compared once it has been answered. */
    final boolean isSampled;

    private final Consumer<Result> then;

    ReadCall(
            Coordinator coordinator,
            Key key,
            Placement placement,
            Level level,
            boolean isSampled,
            long deadlineNanos,
            Consumer<Result> then) {
        this.coordinator = coordinator;
        this.key = key;
        this.placement = placement;
        this.requirement = placement.requirement(level);
        this.deadlineNanos = deadlineNanos;
        this.nearest = coordinator.nearest(placement);
        this.level = level;
        this.isSampled = isSampled;
        this.then = then;
    }

    /** The same call by the ring that is current now. */
    ReadCall routedAgain() {
        Placement now = coordinator.placement(key, placement.replicas);
        coordinator.counters.reroutes++;
        return new ReadCall(coordinator, key, now, level, isSampled, deadlineNanos, then);
    }

    /**
     * The nearest owners that would bring these closer to the level, none when none is left: not any owner will do where the level counts
     * regions. One, or two while the partition moves.
     *
     * @param tried the owners that have been turned to already
     * @param counted the owners that can be counted on
     */
    int replacements(int tried, int counted) {
        return requirement.closer(counted, placement.all() & ~tried, nearest, placement);
    }

    Timer atDeadline(Runnable task) {
        long leftNanos = deadlineNanos - coordinator.seams.clock().monotonicNanos();
        return coordinator.seams.timers().after(Duration.ofNanos(Math.max(0, leftNanos)), task);
    }

    /** Joins a cell into the stale owners' copies. */
    void repair(int stale, long id, Cell cell) {
        coordinator.repair(placement, stale, id, deadlineNanos, key, cell);
    }

    /** @param owners those that have answered */
    Failure timeout(int owners) {
        return new Failure.Timeout(
                requirement.counted(owners, placement), requirement.required(owners, placement), Effect.NONE);
    }

    /** @param holders owners that hold the cell */
    void answer(@Nullable Cell cell, int holders) {
        coordinator.counters.reads++;
        Cell.Live visible = Cell.visible(cell, coordinator.seams.clock().wallMillis());
        then.accept(new Value(visible, cell == null ? null : cell.version(), Integer.bitCount(holders)));
    }

    /** A failed read has no effect, whatever became of a repair. */
    void fail(Failure failure) {
        coordinator.counters.readsFailed++;
        then.accept(new Failed(
                switch (failure) {
                    case Failure.StorageFailed f -> new Failure.StorageFailed(f.detail(), Effect.NONE);
                    case Failure.ClockDrift f -> new Failure.ClockDrift(f.millisTooFarAhead(), Effect.NONE);
                    case Failure.StaleRing f -> new Failure.StaleRing(f.epoch(), Effect.NONE);
                    case Failure.Timeout f -> new Failure.Timeout(f.acknowledged(), f.required(), Effect.NONE);
                    case Failure.Overloaded f -> f;
                    case Failure.BadRequest f -> f;
                    case Failure.Forbidden f -> f;
                    case Failure.Unavailable f -> f;
                }));
    }
}
