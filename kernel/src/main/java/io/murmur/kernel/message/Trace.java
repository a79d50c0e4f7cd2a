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

    /** A constant that travels as a number; what has been given to one is never given to another. */
    public interface Coded {
        /** 0 to 15. */
        int code();
    }

    /** The constant that has a code, or null when none has. */
    public static <E extends Coded> @Nullable E ofCode(E[] all, int code) {
        for (E one : all) {
            if (one.code() == code) {
                return one;
            }
        }
        return null;
    }

    /** What a client asks for. */
    public enum Kind implements Coded {
        GET(0),
        PUT(1),
        DELETE(2),
        /** An atomic operation. */
        CHANGE(3);

        private final int code;

        Kind(int code) {
            this.code = code;
        }

        @Override
        public int code() {
            return code;
        }
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
    public enum Ask implements Coded {
        /** The cell it holds. */
        CELL(0),
        /** The digest of the cell it holds. */
        DIGEST(1),
        /** To make the written cell durable. */
        JOIN(2),
        /** To make durable what a read has found, since it holds less or may. */
        REPAIR(3),
        /** To keep the written cell for an owner until that can be brought it. */
        HINT(4),
        /** To promise a ballot. */
        PREPARE(5),
        /** To make durable what an atomic operation has made. */
        ACCEPT(6);

        private final int code;

        Ask(int code) {
            this.code = code;
        }

        @Override
        public int code() {
            return code;
        }
    }

    /** Why a node is asked. */
    public enum Reason implements Coded {
        /** The level needs it. */
        LEVEL(0),
        /** Another owner is slow. */
        HEDGE(1),
        /** Another owner has refused. */
        REPLACEMENT(2),
        /** Owners hold different cells, or it is not clear whether they do. */
        DISAGREEMENT(3),
        /** An owner held a greater version than the write's, which has been stamped anew above it. */
        RESTAMP(4),
        /** The ring has changed, and the call has been routed again. */
        RING_CHANGE(5),
        /** An owner is away, has refused or is silent. */
        ABSENCE(6),
        /** All owners are compared after a read of one, as some such reads are. */
        SAMPLE(7),
        /** Another atomic operation on the key came first, or may have. */
        CONFLICT(8);

        private final int code;

        Reason(int code) {
            this.code = code;
        }

        @Override
        public int code() {
            return code;
        }
    }

    /** What came back. */
    public sealed interface Answer extends Coded {

        /** An answer of which there is no more to say. */
        enum Plain implements Answer {
            /** Nothing so far, or for as long as anybody waited for it. */
            NONE(0),
            /** Nothing until the call's deadline, though it was waited for. */
            TIMEOUT(1),
            /** It was not asked, since it was believed to be away. */
            AWAY(2),
            /** The cell, be it a value or a tombstone. */
            CELL(3),
            /** The digest of a cell. */
            DIGEST(4),
            /** That it holds no cell of the key. */
            NOTHING(5),
            /** That it holds the cell, or a hint of it, durably. */
            HELD(6),
            /** That it holds a greater cell. */
            GREATER(7),
            /** That it keeps no hint: it has no room for it, or the owner has been away for too long. */
            NOT_KEPT(8),
            /** That it promises the ballot. */
            PROMISED(9),
            /** That it has promised a greater ballot, or holds a greater cell. */
            OUTBID(10);

            private final int code;

            Plain(int code) {
                this.code = code;
            }

            @Override
            public int code() {
                return code;
            }
        }

        /** That it was not done. */
        record Refused(Failure failure) implements Answer {

            /** Of every refusal. */
            public static final int CODE = 15;

            @Override
            public int code() {
                return CODE;
            }
        }
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
