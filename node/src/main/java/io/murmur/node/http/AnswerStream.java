package io.murmur.node.http;

/** The body of an answer that goes on until either side ends it. From any thread. */
public interface AnswerStream {

    /**
     * Sends text in UTF-8, in the order of the calls of one thread. Never blocks: whoever does not read what waits for it is dropped. Without
     * effect once it is closed.
     */
    void send(String text);

    /** Runs when it is closed by whichever side: on the HTTP loop, or at once here when it is closed already. */
    void onClose(Runnable then);

    boolean isOpen();

    /** Ends the body when what was sent has left. */
    void close();
}
