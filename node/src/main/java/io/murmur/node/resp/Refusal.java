package io.murmur.node.resp;

/** A command is not carried out as it was said; the message is the error that is answered, code and all. */
public final class Refusal extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public static final String SYNTAX = "ERR syntax error";
    public static final String NO_INTEGER = "ERR value is not an integer or out of range";
    public static final String NO_FLOAT = "ERR value is not a valid float";

    /**
     * @param error begins with a code, as {@code ERR}
     */
    public Refusal(String error) {
        super(error, null, false, false);
    }

    public static Refusal syntax() {
        return new Refusal(SYNTAX);
    }

    public Reply reply() {
        return new Reply.Failed(String.valueOf(getMessage()));
    }
}
