package io.murmur.storage;

import io.murmur.kernel.Disk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A disk that runs full at a chosen place while it says that there is room, as quotas and races do. */
final class CrampedDisk implements Disk {

    private final Disk disk;
    private @Nullable String fullFolder;
    private @Nullable String failing;

    CrampedDisk(Disk disk) {
        this.disk = disk;
    }

    /** From now on nothing fits into this folder; null ends it. */
    void fill(@Nullable String folder) {
        fullFolder = folder;
    }

    /** The next append in this folder writes the half of what it was given. */
    void failNextAppend(String folder) {
        failing = folder;
    }

    @Override
    public Appender create(String name) throws IOException {
        Appender appender = disk.create(name);
        return new Appender() {
            @Override
            public void append(ByteBuffer bytes) throws IOException {
                boolean fails = failing != null && name.startsWith(failing);
                if (fails || (fullFolder != null && name.startsWith(fullFolder))) {
                    failing = fails ? null : failing;
                    bytes.limit(bytes.position() + bytes.remaining() / 2);
                    appender.append(bytes);
                    throw new IOException("No space left on device: " + name);
                }
                appender.append(bytes);
            }

            @Override
            public void sync() throws IOException {
                appender.sync();
            }

            @Override
            public long size() {
                return appender.size();
            }

            @Override
            public void close() throws IOException {
                appender.close();
            }
        };
    }

    @Override
    public Source open(String name) throws IOException {
        return disk.open(name);
    }

    @Override
    public List<String> list(String folder) throws IOException {
        return disk.list(folder);
    }

    @Override
    public void rename(String from, String to) throws IOException {
        disk.rename(from, to);
    }

    @Override
    public void delete(String name) throws IOException {
        disk.delete(name);
    }

    @Override
    public void sync(String name) throws IOException {
        disk.sync(name);
    }

    @Override
    public void syncFolder(String folder) throws IOException {
        disk.syncFolder(folder);
    }

    @Override
    public long freeBytes() throws IOException {
        return disk.freeBytes();
    }

    @Override
    public long totalBytes() throws IOException {
        return disk.totalBytes();
    }

    @Override
    public Optional<Path> path(String name) {
        return disk.path(name);
    }
}
