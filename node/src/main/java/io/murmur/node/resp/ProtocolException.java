package io.murmur.node.resp;

/** What came in is no RESP; the message is what is answered behind {@code ERR Protocol error: }, and then the connection is closed. */
final class ProtocolException extends Exception {

    private static final long serialVersionUID = 1L;

    ProtocolException(String message) {
        super(message, null, false, false);
    }

    Reply reply() {
        return new Reply.Failed("ERR Protocol error: " + getMessage());
    }
}
