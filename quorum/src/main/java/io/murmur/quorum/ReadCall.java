package io.murmur.quorum;

import io.murmur.kernel.Level;
import io.murmur.kernel.Timers.Timer;
import io.murmur.kernel.data.Cell;
import io.murmur.kernel.data.Version;
import io.murmur.kernel.message.ClientReply.Failed;
import io.murmur.kernel.message.ClientReply.Value;
import io.murmur.kernel.message.Failure;
import io.murmur.kernel.message.Failure.Effect;
import io.murmur.kernel.message.Trace.Reason;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the stages of one get share: what is read, where, by when, and who is told. Does not change. */
final class ReadCall {

    private static final Change<Optional<Cell.Live>> READING =
            (current, now) -> new Change.Step.Keep<>(Optional.ofNullable(current));

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
        Cell.Live visible = Cell.visible(cell, coordinator.seams.clock().wallMillis());
        end(new Value(visible, cell == null ? null : cell.version(), Integer.bitCount(holders)));
    }

    private void end(Value value) {
        coordinator.counters.reads++;
        track.end(value);
    }

    /**
     * Whether what it answers must not be missed by an atomic operation that comes after it: a majority of all owners is behind it. Not at ALL and
     * EACH_QUORUM, which promise more than an operation's majority sees: what was written at a lower level.
     */
    boolean isOrdered() {
        return track.level instanceof Level.Named named
                && switch (named) {
                    case QUORUM, SERIAL -> true;
                    case ANY, ONE, TWO, THREE, ALL, LOCAL_ONE, LOCAL_QUORUM, EACH_QUORUM -> false;
                };
    }

    /** Reads as an atomic operation that changes nothing: an atomic operation under way may miss what has been found. */
    void inOrder() {
        track.beginAgain(Reason.CONFLICT, placement);
        coordinator.change(track, placement, READING, new ChangeCall.Told<>() {
            @Override
            public void done(Optional<Cell.Live> found, @Nullable Version version, int holders, int required) {
                end(new Value(found.orElse(null), version, holders));
            }

            @Override
            public void failed(Failure failure) {
                fail(failure);
            }
        });
    }

    /** A failed read has no effect, whatever became of a repair. */
    void fail(Failure failure) {
        coordinator.counters.readsFailed++;
        track.end(new Failed(Pending.withoutEffect(failure)));
    }
}
