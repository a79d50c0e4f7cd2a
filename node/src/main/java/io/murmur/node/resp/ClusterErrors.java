package io.murmur.node.resp;

import io.murmur.kernel.message.Failure;

/**
 * What a client of Redis is told of a call that failed. Where Redis has a code that clients act on, and it says the same, it is used:
 * CLUSTERDOWN and TRYAGAIN, of which a client knows that nothing was done and that it may try again;
 * many do so by themselves. So neither is used when the command has changed something already, or may have.
 */
public final class ClusterErrors {

    private static final String PARTLY = "; a part of it was done";
    private static final String UNKNOWN = "; the outcome is unknown";

    private ClusterErrors() {}

    /** @param hasChanged whether another part of the command was done */
    public static String of(Failure failure, boolean hasChanged) {
        String code = code(failure);
        boolean isRepeated = code.equals("CLUSTERDOWN") || code.equals("TRYAGAIN");
        return (isRepeated && (hasChanged || isUnknown(failure)) ? "PARTIAL" : code)
                + " " + failure.message()
                + (hasChanged ? PARTLY : "")
                + (isUnknown(failure) ? UNKNOWN : "");
    }

    public static boolean isUnknown(Failure failure) {
        return failure.effect() == Failure.Effect.UNKNOWN;
    }

    private static String code(Failure failure) {
        return switch (failure) {
            case Failure.Unavailable ignored -> "CLUSTERDOWN";
            case Failure.Timeout ignored -> "TIMEOUT";
            case Failure.Overloaded ignored -> "TRYAGAIN";
            case Failure.ClockDrift ignored -> "CLOCKDRIFT";
            case Failure.StaleRing stale -> isUnknown(stale) ? "STALERING" : "TRYAGAIN";
            case Failure.StorageFailed ignored -> "IOERR";
            case Failure.BadRequest ignored -> "ERR";
            case Failure.Forbidden ignored -> "NOPERM";
        };
    }
}
