package io.murmur.client;

import io.murmur.kernel.message.Failure;
import io.murmur.kernel.message.Failure.Effect;
import io.murmur.kernel.message.Trace;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How calls fail. A write has three outcomes: done, not done ({@link Effect#NONE}), and unknown ({@link Effect#UNKNOWN}). */
public abstract sealed class MurmurException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final Effect effect;

    private transient @Nullable Trace trace;

    private MurmurException(String message, Effect effect) {
        super(message);
        this.effect = effect;
    }

    /** What is known of a failed write. A failed read has no effect in any case. */
    public final Effect effect() {
        return effect;
    }

    /**
     * How it came to this, when that {@linkplain CallOptions#withTrace was asked for}; empty when a coordinator did not answer at all, or
     * refused the call before it turned to any owner.
     */
    public final Optional<Trace> trace() {
        return Optional.ofNullable(trace);
    }

    /** The same failure. */
    final MurmurException with(@Nullable Trace itsTrace) {
        trace = itsTrace;
        return this;
    }

    /**
     * @param soFar what is known of earlier attempts: when one of them may have had an effect, the last one's failure cannot take it back
     */
    static MurmurException of(Failure failure, Effect soFar) {
        Effect effect = soFar == Effect.UNKNOWN ? soFar : failure.effect();
        String message = failure.message()
                + (effect == failure.effect() ? "" : "; an earlier attempt of this call may have taken effect");
        return switch (failure) {
            case Failure.Unavailable ignored -> new Unavailable(message, effect);
            case Failure.Timeout f -> new Timeout(message, f.acknowledged(), f.required(), effect);
            case Failure.Overloaded ignored -> new Overloaded(message, effect);
            case Failure.ClockDrift ignored -> new ClockDrift(message, effect);
            case Failure.StaleRing ignored -> new StaleRing(message, effect);
            case Failure.StorageFailed ignored -> new StorageFailed(message, effect);
            case Failure.BadRequest ignored -> new BadRequest(message, effect);
            case Failure.Forbidden ignored -> new Forbidden(message, effect);
        };
    }

    /** Too few owners are alive for the level; nothing was sent. */
    public static final class Unavailable extends MurmurException {
        private static final long serialVersionUID = 1L;

        Unavailable(String message, Effect effect) {
            super(message, effect);
        }
    }

    /** Too few owners, or no coordinator at all, answered in time. */
    public static final class Timeout extends MurmurException {
        private static final long serialVersionUID = 1L;

        private final int acknowledged;
        private final int required;

        Timeout(String message, int acknowledged, int required, Effect effect) {
            super(message, effect);
            this.acknowledged = acknowledged;
            this.required = required;
        }

        /** Owners that had answered, as far as is known. */
        public int acknowledged() {
            return acknowledged;
        }

        /** Owners that the level asked for; 0 when the coordinator itself did not answer. */
        public int required() {
            return required;
        }
    }

    /** Refused before any work, by a node or by this client, because too much is waiting. */
    public static final class Overloaded extends MurmurException {
        private static final long serialVersionUID = 1L;

        Overloaded(String message, Effect effect) {
            super(message, effect);
        }
    }

    /** The nodes' clocks are too far apart. */
    public static final class ClockDrift extends MurmurException {
        private static final long serialVersionUID = 1L;

        ClockDrift(String message, Effect effect) {
            super(message, effect);
        }
    }

    /** The owners moved while the call was on its way. */
    public static final class StaleRing extends MurmurException {
        private static final long serialVersionUID = 1L;

        StaleRing(String message, Effect effect) {
            super(message, effect);
        }
    }

    /** Owners could not store or read. */
    public static final class StorageFailed extends MurmurException {
        private static final long serialVersionUID = 1L;

        StorageFailed(String message, Effect effect) {
            super(message, effect);
        }
    }

    /** The call itself is wrong. */
    public static final class BadRequest extends MurmurException {
        private static final long serialVersionUID = 1L;

        BadRequest(String message, Effect effect) {
            super(message, effect);
        }
    }

    /** This client's user may not do this to this cache. */
    public static final class Forbidden extends MurmurException {
        private static final long serialVersionUID = 1L;

        Forbidden(String message, Effect effect) {
            super(message, effect);
        }
    }

    /** The nodes do not let this client in: it shows no user and password and no token, or wrong ones. */
    public static final class NotAuthenticated extends MurmurException {
        private static final long serialVersionUID = 1L;

        NotAuthenticated(String message, Effect effect) {
            super(message, effect);
        }
    }

    /** No node could be reached, or the connection broke before the answer. */
    public static final class ConnectionLost extends MurmurException {
        private static final long serialVersionUID = 1L;

        ConnectionLost(String message, Effect effect) {
            super(message, effect);
        }
    }
}
