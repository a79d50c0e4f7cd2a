package io.murmur.kernel;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The files below a storage. Names are relative, with {@code /} between folder and file ({@code log/0000000001.log}); folders come into
 * being with their first file.
 *
 * <p>The promise is the POSIX one and no more: appended bytes survive a crash only after {@link Appender#sync()}; a created, renamed or
 * deleted name survives only after {@link #syncFolder}. Before that, any part of the unsynced change may be found after a crash, torn at
 * any byte. All calls block and belong on the log thread or the background pool, never on an event loop; no thread that calls may be
 * interrupted.
 */
public interface Disk {

    /** Creates an empty file to append to; fails when the name exists. */
    Appender create(String name) throws IOException;

    /** Opens an existing file to read. */
    Source open(String name) throws IOException;

    /** The names of the files in a folder, with the folder's name in front, sorted; empty when there is no such folder. */
    List<String> list(String folder) throws IOException;

    /** Renames a file, replacing what had that name; into another folder, too, and then both folders are to be synced. */
    void rename(String from, String to) throws IOException;

    /** Deletes a file; without effect when there is none. */
    void delete(String name) throws IOException;

    /** Makes the content of an existing file durable, whoever wrote it. */
    void sync(String name) throws IOException;

    /** Makes creations, renames and deletions in a folder durable. */
    void syncFolder(String folder) throws IOException;

    /** Bytes that can still be written. */
    long freeBytes() throws IOException;

    /** The size of the whole disk in bytes. */
    long totalBytes() throws IOException;

    /** Where the file is in the real file system, when it is there: its content may then be mapped into memory. */
    Optional<Path> path(String name);

    /** A file being appended to. */
    interface Appender extends Closeable {
        /** Appends all remaining bytes, or throws; after a throw, any part of them may be in the file. */
        void append(ByteBuffer bytes) throws IOException;

        /** Makes all appended bytes durable (fdatasync). After a throw nothing is known and the file must not be used again. */
        void sync() throws IOException;

        /** Bytes in the file. */
        long size();
    }

    /** A file being read; may be read by several threads. */
    interface Source extends Closeable {
        /** Fills the buffer from this position as far as the file goes and returns the number of bytes read, 0 at the end. */
        int read(long position, ByteBuffer into) throws IOException;

        long size() throws IOException;
    }
}
