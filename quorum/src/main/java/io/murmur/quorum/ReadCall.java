package io.murmur.quorum;

import io.murmur.kernel.Timers.Timer;
import io.murmur.kernel.data.Cell;
import io.murmur.kernel.message.ClientReply.Failed;
import io.murmur.kernel.message.ClientReply.Value;
import io.murmur.kernel.message.Failure;
import io.murmur.kernel.message.Failure.Effect;
import io.murmur.kernel.message.Trace.Reason;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What the stages of one get share: what is read, where, by when, and who is told. Does not change. */
final class ReadCall {

    final Coordinator coordinator;
    final Track track;
    final Placement placement;
    final Requirement requirement;

    /** Places in the order of preference. */
    final int[] nearest;

    /** Whether all owners are compared once it has been answered. */
    final boolean isSampled;

    ReadCall(Coordinator coordinator, Track track, Placement placement, boolean isSampled) {
        this.coordinator = coordinator;
        this.track = track;
        this.placement = placement;
        this.requirement = placement.requirement(track.level);
        this.nearest = coordinator.nearest(placement);
        this.isSampled = isSampled;
    }

    /** The same call by the ring that is current now. */
    ReadCall routedAgain() {
        Placement now = coordinator.placement(track.key, placement.replicas);
        coordinator.counters.reroutes++;
        track.beginAgain(Reason.RING_CHANGE, now);
        return new ReadCall(coordinator, track, now, isSampled);
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
        long leftNanos = track.deadlineNanos - coordinator.seams.clock().monotonicNanos();
        return coordinator.seams.timers().after(Duration.ofNanos(Math.max(0, leftNanos)), task);
    }

    /** Joins a cell into the stale owners' copies. */
    void repair(int stale, long id, Cell cell, Reason why) {
        coordinator.repair(track, placement, stale, id, cell, why);
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
        track.end(new Value(visible, cell == null ? null : cell.version(), Integer.bitCount(holders)));
    }

    /** A failed read has no effect, whatever became of a repair. */
    void fail(Failure failure) {
        coordinator.counters.readsFailed++;
        track.end(new Failed(
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
