package io.murmur.storage;

import java.io.IOException;

/** A table's file is not what was written. */
final class DamagedTableException extends IOException {

    private static final long serialVersionUID = 1L;

    private final long number;

    DamagedTableException(long number, String message, Throwable cause) {
        super(message, cause);
        this.number = number;
    }

    long number() {
        return number;
    }
}
