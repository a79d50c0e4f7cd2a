package io.murmur.node.http;

/** What is served at a path. */
@FunctionalInterface
public interface Page {

    /**
     * Called on the HTTP loop and must not block: what is known elsewhere is asked for there, and answered from there.
     *
     * @param answer to be given once, now or later, from any thread; within {@link HttpServer.Bounds#answer}
     * @throws Refusal is answered as it says
     */
    void serve(Request request, Answer answer) throws Refusal;
}
