package io.murmur.storage;

import io.murmur.kernel.Disk;
import io.murmur.simulation.ForwardingDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A disk that runs full at a chosen place while it says that there is room, as quotas and races do. */
final class CrampedDisk extends ForwardingDisk {

    private @Nullable String fullFolder;
    private @Nullable String keptFolder;
    private @Nullable String failing;
    private @Nullable String dying;

    CrampedDisk(Disk disk) {
        super(disk);
    }

    /** From now on nothing fits into this folder; null ends it. */
    void fill(@Nullable String folder) {
        fullFolder = folder;
    }

    /** From now on no file can be deleted in this folder; null ends it. */
    void keep(@Nullable String folder) {
        keptFolder = folder;
    }

    /** The next append in this folder writes the half of what it was given. */
    void failNextAppend(String folder) {
        failing = folder;
    }

    /** The process dies in the next sync of this folder. */
    void dieInSyncOf(String folder) {
        dying = folder;
    }

    /** So dies a process: no code takes it for a fault of the disk. */
    static final class Died extends Error {
        private static final long serialVersionUID = 1L;
    }

    @Override
    public Appender create(String name) throws IOException {
        return new ForwardingAppender(super.create(name)) {
            @Override
            public void append(ByteBuffer bytes) throws IOException {
                boolean fails = failing != null && name.startsWith(failing);
                if (fails || (fullFolder != null && name.startsWith(fullFolder))) {
                    failing = fails ? null : failing;
                    bytes.limit(bytes.position() + bytes.remaining() / 2);
                    super.append(bytes);
                    throw new IOException("No space left on device: " + name);
                }
                super.append(bytes);
            }
        };
    }

    @Override
    public void delete(String name) throws IOException {
        if (keptFolder != null && list(keptFolder).contains(name)) {
            throw new IOException("Input/output error: " + name);
        }
        super.delete(name);
    }

    @Override
    public void syncFolder(String folder) throws IOException {
        if (folder.equals(dying)) {
            dying = null;
            throw new Died();
        }
        super.syncFolder(folder);
    }
}
