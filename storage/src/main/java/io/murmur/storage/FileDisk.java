package io.murmur.storage;

import io.murmur.kernel.Disk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The file system below one folder, which this process alone may use while the disk is open. */
public final class FileDisk implements Disk, AutoCloseable {

    private final Path root;
    private final FileStore store;
    private final FileChannel lockFile;
    private final FileLock lock;

    private FileDisk(Path root, FileChannel lockFile, FileLock lock) throws IOException {
        this.root = root;
        this.store = Files.getFileStore(root);
        this.lockFile = lockFile;
        this.lock = lock;
    }

    /**
     * Takes possession of a folder, making it if need be.
     *
     * @throws IOException with one line for the operator: the folder cannot be written, or another process has it
     */
    public static FileDisk open(Path root) throws IOException {
        FileChannel lockFile;
        try {
            makeFolder(root);
            lockFile = FileChannel.open(root.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw new IOException(
                    "the data folder " + root + " cannot be written: "
                            + e.getClass().getSimpleName() + " " + e.getMessage()
                            + "; give it to this user or choose another with --data",
                    e);
        }
        FileLock lock = tryLock(lockFile);
        if (lock == null) {
            lockFile.close();
            throw new IOException("the data folder " + root
                    + " is in use by another process; stop that one or choose another folder with --data");
        }
        return new FileDisk(root, lockFile, lock);
    }

    private static @Nullable FileLock tryLock(FileChannel file) throws IOException {
        try {
            return file.tryLock();
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }

    @Override
    public Appender create(String name) throws IOException {
        Path path = root.resolve(name);
        Path folder = path.getParent();
        if (folder != null) {
            makeFolder(folder);
        }
        return new FileAppender(FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
    }

    @Override
    public Source open(String name) throws IOException {
        return new FileSource(FileChannel.open(root.resolve(name), StandardOpenOption.READ));
    }

    @Override
    public List<String> list(String folder) throws IOException {
        List<String> names = new ArrayList<>();
        try (Stream<Path> files = Files.list(root.resolve(folder))) {
            files.forEach(file -> names.add(folder + "/" + file.getFileName()));
        } catch (NoSuchFileException e) {
            return List.of();
        }
        names.sort(null);
        return names;
    }

    @Override
    public void rename(String from, String to) throws IOException {
        Path folder = root.resolve(to).getParent();
        if (folder != null) {
            makeFolder(folder);
        }
        Files.move(
                root.resolve(from),
                root.resolve(to),
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
    }

    @Override
    public void delete(String name) throws IOException {
        Files.deleteIfExists(root.resolve(name));
    }

    @Override
    public void sync(String name) throws IOException {
        try (FileChannel channel = FileChannel.open(root.resolve(name), StandardOpenOption.WRITE)) {
            channel.force(false);
        }
    }

    @Override
    public void syncFolder(String folder) throws IOException {
        syncFolder(root.resolve(folder));
    }

    private static void syncFolder(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /** A new folder is a new name in its parent: unless that is synced too, the folder goes at power loss with all that is in it. */
    private static void makeFolder(Path folder) throws IOException {
        if (Files.isDirectory(folder)) {
            return;
        }
        Path parent = folder.toAbsolutePath().getParent();
        if (parent != null) {
            makeFolder(parent);
        }
        Files.createDirectories(folder);
        if (parent != null) {
            syncFolder(parent);
        }
    }

    @Override
    public long freeBytes() throws IOException {
        return store.getUsableSpace();
    }

    @Override
    public long totalBytes() throws IOException {
        return store.getTotalSpace();
    }

    @Override
    public Optional<Path> path(String name) {
        return Optional.of(root.resolve(name));
    }

    /** Gives the folder back. */
    @Override
    public void close() throws IOException {
        lock.release();
        lockFile.close();
    }

    private static final class FileAppender implements Appender {
        private final FileChannel channel;
        private long size;

        FileAppender(FileChannel channel) {
            this.channel = channel;
        }

        @Override
        public void append(ByteBuffer bytes) throws IOException {
            while (bytes.hasRemaining()) {
                size += channel.write(bytes);
            }
        }

        @Override
        public void sync() throws IOException {
            channel.force(false);
        }

        @Override
        public long size() {
            return size;
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    private static final class FileSource implements Source {
        private final FileChannel channel;

        FileSource(FileChannel channel) {
            this.channel = channel;
        }

        @Override
        public int read(long position, ByteBuffer into) throws IOException {
            int total = 0;
            while (into.hasRemaining()) {
                int read = channel.read(into, position + total);
                if (read < 0) {
                    break;
                }
                total += read;
            }
            return total;
        }

        @Override
        public long size() throws IOException {
            return channel.size();
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
