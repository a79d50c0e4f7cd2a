package io.murmur.kernel.wire;

/** Bytes that are not what they should be: cut short, out of range, of an unknown type, or with a wrong checksum. */
public final class MalformedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public MalformedException(String message) {
        super(message);
    }
}
