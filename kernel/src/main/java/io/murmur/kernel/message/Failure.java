package io.murmur.kernel.message;

import java.util.List;
import java.util.Locale;

/**
 * Why a call failed. There are three outcomes, never two: done, not done, and unknown; {@link #effect()} says which of the latter two.
 */
public sealed interface Failure {

    /** What is known of a failed write. A failed read has no effect in any case. */
    enum Effect {
        /** Nothing was sent to any owner: the write will never be seen. */
        NONE,
        /** Some owners may hold it, or may come to hold it: a later read may or may not see it. */
        UNKNOWN
    }

    Effect effect();

    /** One line for people: what happened and what can be done. */
    String message();

    /** The {@linkplain #name() names} of all that there are. */
    List<String> NAMES = List.of(
            "unavailable",
            "timeout",
            "overloaded",
            "clock-drift",
            "stale-ring",
            "storage-failed",
            "bad-request",
            "forbidden");

    /** The stable name: {@code unavailable}, {@code timeout}, ... */
    default String name() {
        return switch (this) {
            case Unavailable ignored -> "unavailable";
            case Timeout ignored -> "timeout";
            case Overloaded ignored -> "overloaded";
            case ClockDrift ignored -> "clock-drift";
            case StaleRing ignored -> "stale-ring";
            case StorageFailed ignored -> "storage-failed";
            case BadRequest ignored -> "bad-request";
            case Forbidden ignored -> "forbidden";
        };
    }

    /** Too few owners are believed to be alive; nothing was sent. */
    record Unavailable(int alive, int required) implements Failure {
        @Override
        public Effect effect() {
            return Effect.NONE;
        }

        @Override
        public String message() {
            return "unavailable: the level needs " + required + " owners and only " + alive
                    + " are alive; retry later or ask for a lower level";
        }
    }

    /** Too few owners answered before the deadline. */
    record Timeout(int acknowledged, int required, Effect effect) implements Failure {
        @Override
        public String message() {
            return "timeout: " + acknowledged + " of " + required + " owners answered before the deadline"
                    + (effect == Effect.UNKNOWN ? "; a write may yet take effect" : "");
        }
    }

    /** Refused before any work, because too much is waiting already. */
    record Overloaded(String where) implements Failure {
        @Override
        public Effect effect() {
            return Effect.NONE;
        }

        @Override
        public String message() {
            return "overloaded: " + where + "; retry with backoff";
        }
    }

    /** So many owners refused the write's version as too far ahead of their clocks that the level cannot be reached. */
    record ClockDrift(long millisTooFarAhead, Effect effect) implements Failure {
        @Override
        public String message() {
            return String.format(
                    Locale.ROOT,
                    "clock drift: the version is %d ms beyond the allowed drift; synchronise the nodes' clocks (NTP)",
                    millisTooFarAhead);
        }
    }

    /** The owners asked no longer, or not yet, own the key by their ring; fetch the ring and retry. */
    record StaleRing(long epoch, Effect effect) implements Failure {
        @Override
        public String message() {
            return "stale ring: routed by an epoch other than the owners' (" + epoch + "); fetch the ring and retry";
        }
    }

    /** So many owners could not store or read (full disk, damaged file) that the level cannot be reached. */
    record StorageFailed(String detail, Effect effect) implements Failure {
        @Override
        public String message() {
            return "storage failed: " + detail;
        }
    }

    /** The request itself is wrong: an unknown cache, an oversized key or value, a level it cannot have. */
    record BadRequest(String detail) implements Failure {
        @Override
        public Effect effect() {
            return Effect.NONE;
        }

        @Override
        public String message() {
            return "bad request: " + detail;
        }
    }

    /** The user may not do this; the node's file of users says what each may do. */
    record Forbidden(String detail) implements Failure {
        @Override
        public Effect effect() {
            return Effect.NONE;
        }

        @Override
        public String message() {
            return "forbidden: " + detail;
        }
    }
}
