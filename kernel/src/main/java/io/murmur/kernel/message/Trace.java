package io.murmur.kernel.message;

import io.murmur.kernel.Level;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.ring.NodeId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one call did at its coordinator: who was asked, when and why, and when and what each answered. For people who wonder what an answer
 * rests on or why it took so long; no value is in it. Times are microseconds since the call's start, by the coordinator's clock.
 *
 * @param kind what was asked for
 * @param key the key; of a call of several keys, each has a trace of its own
 * @param partition the key's, as of the last attempt's ring
 * @param coordinator the node that the trace was taken on
 * @param level the level that counted: the one asked for or the cache's
 * @param startedAtMillis when the call began, wall clock of the coordinator, milliseconds since 1970
 * @param micros how long the call took, or has taken so far
 * @param outcome what came of it
 * @param steps in the order in which nodes were asked; at most {@link #MOST_STEPS}
 * @param omitted further steps, of which nothing is known
 */
public record Trace(
        Kind kind,
        Key key,
        int partition,
        NodeId coordinator,
        Level level,
        long startedAtMillis,
        int micros,
        Outcome outcome,
        List<Step> steps,
        int omitted) {

    /** Steps of a call that is routed again and again are many; no more of them are noted. */
    public static final int MOST_STEPS = 256;

    /** How many joins into owners that held less were asked for by a read. */
    public int repairs() {
        return (int) steps.stream().filter(step -> step.ask() == Ask.REPAIR).count();
    }

    /** How often the call was begun: anew when a write was stamped anew, and when the ring had changed. At least 1. */
    public int attempts() {
        return steps.stream().mapToInt(Step::attempt).max().orElse(1);
    }

    // The constants below travel by their place: append, never reorder.

    /** What a client asks for. */
    public enum Kind {
        GET,
        PUT,
        DELETE
    }

    /** What came of the call. */
    public sealed interface Outcome {
        /** It has yet to be answered. */
        record Underway() implements Outcome {}

        /**
         * The level was reached.
         *
         * @param owners how many of the owners, and of those that stand in for owners, are behind the answer
         */
        record Done(int owners) implements Outcome {}

        /** It was not done, or not in time. */
        record Failed(Failure failure) implements Outcome {}
    }

    /** What a node is asked. */
    public enum Ask {
        /** The cell it holds. */
        CELL,
        /** The digest of the cell it holds. */
        DIGEST,
        /** To make the written cell durable. */
        JOIN,
        /** To make durable what a read has found, since it holds less or may. */
        REPAIR,
        /** To keep the written cell for an owner until that can be brought it. */
        HINT
    }

    /** Why a node is asked. */
    public enum Reason {
        /** The level needs it. */
        LEVEL,
        /** Another owner is slow. */
        HEDGE,
        /** Another owner has refused. */
        REPLACEMENT,
        /** Owners hold different cells, or it is not clear whether they do. */
        DISAGREEMENT,
        /** An owner held a greater version than the write's, which has been stamped anew above it. */
        RESTAMP,
        /** The ring has changed, and the call has been routed again. */
        RING_CHANGE,
        /** An owner is away, has refused or is silent. */
        ABSENCE,
        /** All owners are compared after a read of one, as some such reads are. */
        SAMPLE
    }

    /** What came back. */
    public sealed interface Answer {

        /** An answer of which there is no more to say. */
        enum Plain implements Answer {
            /** Nothing so far, or until the call was answered: nobody waited for it. */
            NONE,
            /** Nothing until the call's deadline. */
            TIMEOUT,
            /** It was not asked, since it was believed to be away. */
            AWAY,
            /** The cell, be it a value or a tombstone. */
            CELL,
            /** The digest of a cell. */
            DIGEST,
            /** That it holds no cell of the key. */
            NOTHING,
            /** That it holds the cell, or a hint of it, durably. */
            HELD,
            /** That it holds a greater cell. */
            GREATER,
            /** That it keeps no hint: it has no room for it, or the owner has been away for too long. */
            NOT_KEPT
        }

        /** That it was not done. */
        record Refused(Failure failure) implements Answer {}
    }

    /**
     * A node was asked something, or would have been.
     *
     * @param node who
     * @param ask what
     * @param target of a hint, the owner that it is for; null otherwise
     * @param reason why
     * @param attempt the first, or which further one
     * @param askedMicros when; of the first requests of an attempt, which leave together, when that began
     * @param answeredMicros when it answered, {@link #NEVER} when it has not. An answer after the call's own time was late: nobody waited
     *     for it.
     * @param answer what it answered
     */
    public record Step(
            NodeId node,
            Ask ask,
            @Nullable NodeId target,
            Reason reason,
            int attempt,
            int askedMicros,
            int answeredMicros,
            Answer answer) {

        /** {@link #answeredMicros}: not yet, or not at all. */
        public static final int NEVER = -1;
    }
}
