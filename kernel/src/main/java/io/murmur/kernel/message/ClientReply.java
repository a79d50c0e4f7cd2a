package io.murmur.kernel.message;

import io.murmur.kernel.data.Cell;
import io.murmur.kernel.data.Version;
import io.murmur.kernel.ring.Ring;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a coordinator answers. */
public sealed interface ClientReply extends Message.Reply {

    /** What became of one key of a call. */
    sealed interface Result permits Value, Written, Changed, Failed {}

    /**
     * One key's result.
     *
     * @param trace how it came about, when that was asked for and any owner was turned to; null otherwise
     */
    record One(long id, long epoch, Result result, @Nullable Trace trace) implements ClientReply {

        /** One without a trace. */
        public One(long id, long epoch, Result result) {
            this(id, epoch, result, null);
        }
    }

    /** The results of a GetAll or PutAll, in the order of its keys. */
    record Many(long id, long epoch, List<Result> results) implements ClientReply {}

    /** The coordinator's ring. */
    record RingIs(long id, long epoch, Ring ring) implements ClientReply {}

    /**
     * A read is done.
     *
     * @param cell the value at the asked level, or null when there is none (never written, deleted, or expired)
     * @param seen the version the absence or the value rests on: that of the value or the tombstone; null when no owner asked held any
     *     cell. Successive reads at QUORUM never see it go back (invariant 3).
     * @param answered how many owners answered with it or were brought to it
     */
    record Value(Cell.@Nullable Live cell, @Nullable Version seen, int answered) implements Result {}

    /**
     * A write is done: durable at this many nodes.
     *
     * @param version what the write was stamped with
     * @param acknowledged owners that had acknowledged when the level was reached, and stand-ins that were counted in the place of others
     * @param required owners the level asked for
     * @param standIns of those acknowledged, the stand-ins: they hold the write for owners that are away, and reads do not see it there.
     *     None, unless the call was sloppy or at {@link io.murmur.kernel.Level#ANY}.
     */
    record Written(Version version, int acknowledged, int required, int standIns) implements Result {}

    /**
     * An atomic operation is done, whether it changed anything or not.
     *
     * @param applied whether its condition held; always, for one that has none
     * @param value what the operation tells of the key's value ({@link AtomicOperation}), or null when there is nothing to tell
     * @param version of the cell that it has left, or found; null when there was none and nothing was changed
     */
    record Changed(
            boolean applied,
            byte @Nullable [] value,
            @Nullable Version version) implements Result {}

    /** A call failed, in a named way. */
    record Failed(Failure failure) implements Result {}
}
