package io.murmur.node.http;

import io.netty.handler.codec.http.HttpResponseStatus;

/** A page does not do what it is asked for; the message says why, and what would be right. */
public final class Refusal extends Exception {

    private static final long serialVersionUID = 1L;

    private final transient HttpResponseStatus status;

    public Refusal(HttpResponseStatus status, String why) {
        super(why);
        this.status = status;
    }

    /** A parameter, a variable or the body makes no sense. */
    public static Refusal wrong(String why) {
        return new Refusal(HttpResponseStatus.BAD_REQUEST, why);
    }

    /** There is no such thing. */
    public static Refusal unknown(String why) {
        return new Refusal(HttpResponseStatus.NOT_FOUND, why);
    }

    /** Not now. */
    public static Refusal notYet(String why) {
        return new Refusal(HttpResponseStatus.SERVICE_UNAVAILABLE, why);
    }

    public Response response() {
        return Response.error(status, String.valueOf(getMessage()));
    }
}
