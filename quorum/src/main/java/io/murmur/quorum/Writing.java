package io.murmur.quorum;

import io.murmur.kernel.data.Cell;
import io.murmur.kernel.data.Version;
import io.murmur.kernel.message.ClientReply.Failed;
import io.murmur.kernel.message.ClientReply.Written;
import io.murmur.kernel.message.Failure;
import org.jspecify.annotations.Nullable;

/**
 * A put or a delete at the level SERIAL: an atomic operation that does not look at what the key holds.
 *
 * @param stamped its version if nothing had to be written, since there was nothing to delete
 */
record Writing(Coordinator coordinator, Track track, Version stamped) implements ChangeCall.Told<Boolean> {

    /** Puts what the cell has, or removes; of another version. */
    static Change<Boolean> of(Cell cell) {
        return switch (cell) {
            case Cell.Live live -> (current, now) -> new Change.Step.Put<>(live.value(), live.expiresAtMillis(), true);
            case Cell.Tombstone ignored -> (current, now) -> new Change.Step.Remove<>(true);
        };
    }

    @Override
    public void done(Boolean answer, @Nullable Version version, int holders, int required) {
        coordinator.counters.writes++;
        track.end(new Written(version == null ? stamped : version, holders, required, 0));
    }

    @Override
    public void failed(Failure failure) {
        coordinator.counters.writesFailed++;
        track.end(new Failed(failure));
    }
}
