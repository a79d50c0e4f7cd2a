package io.murmur.node.security;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Something made of files, and made anew when they have changed and are no longer being changed: when two looks in a row see the same. What
 * cannot be made leaves the former in place, since an operator's mistake shall cost nobody the connection, and is tried again at every
 * look: what mends it, as the right to read a file, need not show in the file.
 */
final class Watched<T> {

    private static final Logger LOG = LoggerFactory.getLogger(Watched.class);

    /** How it is made. */
    interface Loading<T> {
        T load() throws IOException;
    }

    /** What tells a file from what it was. */
    private record Look(FileTime modified, long bytes) {}

    private final String what;
    private final List<Path> files;
    private final Loading<T> loading;
    private volatile T current;
    /** At the last look. */
    private List<Look> seen;

    /** When it was last made, or tried to be. */
    private List<Look> tried;

    /** Why it could not be made the last time; null when it could. */
    private @Nullable String failure;

    private int reloads;

    /**
     * @param what for log lines, in the plural
     * @throws IOException when it cannot be made of the files as they are
     */
    Watched(String what, List<Path> files, Loading<T> loading) throws IOException {
        this.what = what;
        this.files = files;
        this.loading = loading;
        this.seen = look();
        this.tried = seen;
        this.current = loading.load();
    }

    T current() {
        return current;
    }

    /** Makes it anew if the files have changed; true when it is another from now on. On one thread at a time; reads files. */
    boolean refresh() {
        List<Look> now = look();
        boolean isSettled = now.equals(seen);
        seen = now;
        if (!isSettled || (now.equals(tried) && failure == null)) {
            return false;
        }
        // As looked at before: what changes while it is being read is seen next time.
        tried = now;
        try {
            current = loading.load();
        } catch (IOException e) {
            String why = String.valueOf(e.getMessage());
            if (!why.equals(failure)) {
                LOG.error("the {} have changed and cannot be used; going on with the former ones: {}", what, why);
            }
            failure = why;
            return false;
        }
        failure = null;
        reloads++;
        LOG.info("the {} have changed and count from now on (reload {})", what, reloads);
        return true;
    }

    private List<Look> look() {
        return files.stream().map(Watched::look).toList();
    }

    private static Look look(Path file) {
        try {
            return new Look(Files.getLastModifiedTime(file), Files.size(file));
        } catch (IOException e) {
            // Gone, or not to be read; loading says so.
            return new Look(FileTime.fromMillis(0), -1);
        }
    }
}
