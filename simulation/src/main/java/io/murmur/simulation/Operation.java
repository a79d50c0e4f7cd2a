package io.murmur.simulation;

import io.murmur.kernel.Level;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.data.Version;
import io.murmur.kernel.message.Failure;
import io.murmur.kernel.ring.NodeId;
import org.jspecify.annotations.Nullable;

/**
 * What a client did to one key, and what it knows came of it. A call of several keys is as many operations.
 *
 * @param client who, for people
 * @param coordinator whom it asked
 * @param sloppy whether it asked for a sloppy quorum
 * @param invokedNanos true time at which the request was sent
 * @param completedNanos true time at which the client knew the result, or gave up
 */
public record Operation(
        String client,
        NodeId coordinator,
        Key key,
        Level level,
        boolean sloppy,
        Action action,
        long invokedNanos,
        long completedNanos,
        Result result) {

    /** What was asked. */
    public sealed interface Action {}

    public record Get() implements Action {}

    /**
     * @param value unique in the history
     * @param timeToLiveMillis or {@link io.murmur.kernel.message.ClientRequest#TTL_NONE}
     */
    public record Put(String value, long timeToLiveMillis) implements Action {}

    public record Delete() implements Action {}

    /** What came of it. */
    public sealed interface Result {}

    /**
     * A read is done.
     *
     * @param value null when there is none
     * @param seen the version the answer rests on, null when no owner asked held any cell
     */
    public record Read(@Nullable String value, @Nullable Version seen) implements Result {}

    /**
     * A write is acknowledged.
     *
     * @param standIns how many of those that acknowledged it hold it for owners that are away
     */
    public record Written(Version version, int standIns) implements Result {}

    /**
     * Not done, or unknown.
     *
     * @param why the failure's name, or {@code no answer}
     */
    public record Failed(String why, Failure.Effect effect) implements Result {}

    /** Whether this was over before that began. */
    boolean precedes(Operation that) {
        return completedNanos < that.invokedNanos;
    }

    /** The version an acknowledged write has or a read rests on; null when the operation failed or found nothing. */
    @Nullable
    Version version() {
        return switch (result) {
            case Read read -> read.seen();
            case Written written -> written.version();
            case Failed ignored -> null;
        };
    }

    boolean isAcknowledgedWrite() {
        return result instanceof Written;
    }

    /** How many stand-ins were counted in the place of owners. */
    int standIns() {
        return result instanceof Written written ? written.standIns() : 0;
    }

    boolean isDone() {
        return !(result instanceof Failed);
    }

    /** The value a put was to write; null for what is no put. */
    @Nullable
    String valueToPut() {
        return action instanceof Put put ? put.value() : null;
    }
}
