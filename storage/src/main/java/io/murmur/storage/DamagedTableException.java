package io.murmur.storage;

import io.murmur.kernel.Storage.StorageFault;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import org.jspecify.annotations.Nullable;

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

    /** What a call is refused with that needed a table which could not be read. */
    static StorageFault faultOf(IOException failure) {
        return failure instanceof DamagedTableException ? StorageFault.DAMAGED : StorageFault.OVERLOADED;
    }

    /**
     * Whether the machine has refused to open or map a file, for want of handles, memory or permission. The file is as good as it was: to
     * give it up would lose what it holds, and perhaps at all owners at once, since they are set up alike.
     */
    static boolean isOfTheMachine(Throwable failure) {
        for (@Nullable Throwable cause = failure; cause != null; cause = cause.getCause()) {
            boolean isRefusal = switch (cause) {
                case OutOfMemoryError ignored -> true;
                case NoSuchFileException ignored -> false;
                case FileSystemException ignored -> true;
                case FileNotFoundException e ->
                    String.valueOf(e.getMessage()).contains("Too many open files")
                            || String.valueOf(e.getMessage()).contains("Permission denied");
                default -> false;
            };
            if (isRefusal) {
                return true;
            }
        }
        return false;
    }
}
