package io.murmur.node.http;

import com.fasterxml.jackson.databind.JsonNode;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.concurrent.CompletableFuture;

/** Takes the answer to one request: once, from any thread. What comes second, or when the asker has gone, is ignored. */
public interface Answer {

    void with(Response response);

    /**
     * Answers with the head now and the body bit by bit, as server-sent events do ({@code text/event-stream}). Whoever does not read it is
     * dropped; so is whoever comes when there are as many streams as there may be, and has been told so.
     */
    AnswerStream stream(String contentType);

    default void json(JsonNode body) {
        with(Response.json(body));
    }

    default void error(HttpResponseStatus status, String why) {
        with(Response.error(status, why));
    }

    /** With what is to come; a failure of it is answered as an error of this node. */
    void when(CompletableFuture<Response> response);
}
