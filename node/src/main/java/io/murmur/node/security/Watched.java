package io.murmur.node.security;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Something made of files, and made anew when they have changed. What cannot be made leaves the former in place: an operator's mistake
 * is logged and costs nobody the connection.
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
    private List<Look> looks;
    private int reloads;

    /**
     * @param what for log lines, in the plural
     * @throws IOException when it cannot be made of the files as they are
     */
    Watched(String what, List<Path> files, Loading<T> loading) throws IOException {
        this.what = what;
        this.files = files;
        this.loading = loading;
        this.looks = look();
        this.current = loading.load();
    }

    T current() {
        return current;
    }

    /** Makes it anew if the files have changed; true when it is another from now on. On one thread at a time; reads files. */
    boolean refresh() {
        List<Look> now = look();
        if (now.equals(looks)) {
            return false;
        }
        // Looked at first: what changes while it is being read is seen next time.
        looks = now;
        try {
            current = loading.load();
        } catch (IOException e) {
            LOG.error(
                    "the {} have changed and cannot be used; going on with the former ones: {}", what, e.getMessage());
            return false;
        }
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
