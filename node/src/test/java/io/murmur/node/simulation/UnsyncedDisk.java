package io.murmur.node.simulation;

import io.murmur.kernel.Disk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A disk whose new files of one folder are never synced, though their writers ask for it. */
final class UnsyncedDisk implements Disk {

    private final Disk disk;
    private final String folder;

    UnsyncedDisk(Disk disk, String folder) {
        this.disk = disk;
        this.folder = folder;
    }

    @Override
    public Appender create(String name) throws IOException {
        Appender file = disk.create(name);
        return name.startsWith(folder) ? new Unsynced(file) : file;
    }

    @Override
    public Source open(String name) throws IOException {
        return disk.open(name);
    }

    @Override
    public List<String> list(String of) throws IOException {
        return disk.list(of);
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
    public void syncFolder(String of) throws IOException {
        disk.syncFolder(of);
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

    private record Unsynced(Appender file) implements Appender {
        @Override
        public void append(ByteBuffer bytes) throws IOException {
            file.append(bytes);
        }

        @Override
        public void sync() {}

        @Override
        public long size() {
            return file.size();
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
