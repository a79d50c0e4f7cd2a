package io.murmur.client;

import io.murmur.kernel.Level;
import io.murmur.kernel.message.ClientRequest;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What one call asks for in place of the defaults.
 *
 * @param level the consistency level; null for the cache's default
 * @param timeToLiveMillis milliseconds from now until the value expires; {@link ClientRequest#TTL_OF_CACHE} for the cache's own,
 *     {@link ClientRequest#TTL_NONE} for never. For whatever stores a value.
 * @param timeout the whole call's, retries included, 1 ms to {@link #MAX_TIMEOUT}; null for the client's default
 * @param retryUnknown whether a write whose outcome is unknown is sent again to another node: for writes that may happen twice without
 *     harm, as a put of the same value; another client's write in between may be overwritten. Not for atomic operations
 * @param sloppy whether stand-ins count in the place of owners that are away; see {@link #withSloppyQuorum}. For puts and deletes only.
 * @param traced whether the answer is to come with a trace; see {@link #withTrace}
 */
public record CallOptions(
        @Nullable Level level,
        long timeToLiveMillis,
        @Nullable Duration timeout,
        boolean retryUnknown,
        boolean sloppy,
        boolean traced) {

    /** The longest timeout there may be. */
    public static final Duration MAX_TIMEOUT = Duration.ofMinutes(30);

    public static final CallOptions DEFAULT =
            new CallOptions(null, ClientRequest.TTL_OF_CACHE, null, false, false, false);

    public CallOptions {
        if (timeToLiveMillis < ClientRequest.TTL_NONE) {
            throw new IllegalArgumentException("a time to live is not negative: " + timeToLiveMillis + " ms");
        }
        if (timeout != null) {
            checked(timeout);
        }
    }

    /** A timeout of 1 ms to {@link #MAX_TIMEOUT}, or an {@link IllegalArgumentException}. */
    static Duration checked(Duration timeout) {
        if (timeout.compareTo(Duration.ofMillis(1)) < 0 || timeout.compareTo(MAX_TIMEOUT) > 0) {
            throw new IllegalArgumentException("a timeout is 1 ms to 30 minutes, not " + timeout);
        }
        return timeout;
    }

    /** The defaults, at this level. */
    public static CallOptions at(Level level) {
        return DEFAULT.withLevel(level);
    }

    public CallOptions withLevel(Level newLevel) {
        return new CallOptions(newLevel, timeToLiveMillis, timeout, retryUnknown, sloppy, traced);
    }

    /** A positive time to live. */
    public CallOptions withTimeToLive(Duration timeToLive) {
        if (timeToLive.toMillis() < 1) {
            throw new IllegalArgumentException("a time to live is at least 1 ms: " + timeToLive);
        }
        return new CallOptions(level, timeToLive.toMillis(), timeout, retryUnknown, sloppy, traced);
    }

    /** No expiry, whatever the cache's default. */
    public CallOptions withoutExpiry() {
        return new CallOptions(level, ClientRequest.TTL_NONE, timeout, retryUnknown, sloppy, traced);
    }

    public CallOptions withTimeout(Duration newTimeout) {
        return new CallOptions(level, timeToLiveMillis, newTimeout, retryUnknown, sloppy, traced);
    }

    public CallOptions withRetryUnknown(boolean retry) {
        return new CallOptions(level, timeToLiveMillis, timeout, retry, sloppy, traced);
    }

    /**
     * Lets a write be done while too few owners are there for its level: for an owner that is away another node keeps the write durably,
     * hands it over when the owner is back, and counts in its place (Dynamo's sloppy quorum); {@link Receipt#standIns} says how many did. At
     * levels that count regions only nodes of the absent owner's region do.
     *
     * <p>The price: a read does not ask stand-ins, so until they have handed over it may miss the write, be it at QUORUM or ALL.
     */
    public CallOptions withSloppyQuorum() {
        return new CallOptions(level, timeToLiveMillis, timeout, retryUnknown, true, traced);
    }

    /**
     * Asks for a trace: who was asked what, when, and when and what each answered. It comes with the {@link Receipt}, the {@link Read} or the
     * {@link MurmurException}, and is of the attempt that was answered last. For calls of one key; a call of several keys has none.
     */
    public CallOptions withTrace(boolean trace) {
        return new CallOptions(level, timeToLiveMillis, timeout, retryUnknown, sloppy, trace);
    }
}
