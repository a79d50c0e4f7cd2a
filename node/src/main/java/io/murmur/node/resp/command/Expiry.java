package io.murmur.node.resp.command;

import io.murmur.kernel.data.Cell;
import io.murmur.node.resp.Refusal;
import io.murmur.node.resp.Request;

/**
 * A number of a request that says when something expires.
 *
 * @param name of the option in front of it
 * @param seconds whether it counts seconds, else milliseconds
 * @param absolute whether it counts since the Unix epoch, else from now
 */
record Expiry(String name, boolean seconds, boolean absolute) {

    static final Expiry EX = new Expiry("EX", true, false);
    static final Expiry PX = new Expiry("PX", false, false);
    static final Expiry EXAT = new Expiry("EXAT", true, true);
    static final Expiry PXAT = new Expiry("PXAT", false, true);

    /**
     * Of what is written with it: a time to come, or one that could be.
     *
     * @throws Refusal when the number is none, or not above 0, or so great that there is no such time
     */
    Lifetime toWrite(Request request, int place, long nowMillis) {
        long number = request.integer(place);
        if (number <= 0) {
            throw invalid(request);
        }
        return lifetime(request, number, nowMillis);
    }

    /**
     * Of what is there: a time that is over removes it.
     *
     * @throws Refusal when the number is none, or so great that there is no such time
     */
    Lifetime toExpire(Request request, int place, long nowMillis) {
        return lifetime(request, request.integer(place), nowMillis);
    }

    private Lifetime lifetime(Request request, long number, long nowMillis) {
        if (seconds && (number > Long.MAX_VALUE / 1000 || number < Long.MIN_VALUE / 1000)) {
            throw invalid(request);
        }
        long millis = seconds ? number * 1000 : number;
        if (absolute) {
            return new Lifetime.At(Math.min(millis, Cell.NEVER - 1));
        }
        if (millis > Long.MAX_VALUE - nowMillis) {
            throw invalid(request);
        }
        return new Lifetime.In(millis);
    }

    private static Refusal invalid(Request request) {
        return new Refusal("ERR invalid expire time in '" + request.name() + "' command");
    }
}
