package io.murmur.membership;

import io.murmur.kernel.Disk;
import io.murmur.kernel.Fatal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A {@link RingStore} of one file for each name, in the folder {@code ring}: a CRC32C of the content, and the content. A file is written
 * under a temporary name, synced and renamed, so that a crash leaves the former one or the new one, whole.
 */
public final class DiskRingStore implements RingStore {

    private static final String FOLDER = "ring";
    private static final int CHECKSUM_BYTES = 4;

    private final Disk disk;
    private final Executor blocking;
    private final Executor control;
    private final Fatal fatal;
    private final Deque<Keeping> waiting = new ArrayDeque<>();
    private boolean isBusy;

    private record Keeping(String name, byte[] content, Runnable kept) {}

    /**
     * @param blocking where the disk may be waited for; tasks may overtake one another
     * @param control the control loop
     */
    public DiskRingStore(Disk disk, Executor blocking, Executor control, Fatal fatal) {
        this.disk = disk;
        this.blocking = blocking;
        this.control = control;
        this.fatal = fatal;
    }

    @Override
    public void keep(String name, byte[] content, Runnable kept) {
        waiting.add(new Keeping(name, content, kept));
        if (!isBusy) {
            next();
        }
    }

    private void next() {
        Keeping keeping = waiting.poll();
        isBusy = keeping != null;
        if (keeping != null) {
            blocking.execute(() -> write(keeping));
        }
    }

    private void write(Keeping keeping) {
        try {
            replace(FOLDER + "/" + keeping.name(), keeping.content());
        } catch (IOException | RuntimeException e) {
            fatal.stop(
                    "the file " + FOLDER + "/" + keeping.name()
                            + " could not be written; see to the disk, then start the node again",
                    e);
            return;
        }
        control.execute(() -> {
            keeping.kept().run();
            next();
        });
    }

    private void replace(String name, byte[] content) throws IOException {
        String temporary = name + ".tmp";
        disk.delete(temporary);
        try (Disk.Appender file = disk.create(temporary)) {
            ByteBuffer bytes = ByteBuffer.allocate(CHECKSUM_BYTES + content.length);
            bytes.putInt(checksum(content)).put(content).flip();
            file.append(bytes);
            file.sync();
        }
        disk.rename(temporary, name);
        disk.syncFolder(FOLDER);
    }

    @Override
    public byte @Nullable [] load(String name) throws IOException {
        String file = FOLDER + "/" + name;
        if (!disk.list(FOLDER).contains(file)) {
            return null;
        }
        ByteBuffer bytes;
        try (Disk.Source source = disk.open(file)) {
            bytes = ByteBuffer.allocate(Math.toIntExact(source.size()));
            source.read(0, bytes);
        }
        bytes.flip();
        if (bytes.remaining() < CHECKSUM_BYTES) {
            throw RingFiles.damaged(name, "too short");
        }
        int expected = bytes.getInt();
        byte[] content = new byte[bytes.remaining()];
        bytes.get(content);
        if (checksum(content) != expected) {
            throw RingFiles.damaged(name, "wrong checksum");
        }
        return content;
    }

    private static int checksum(byte[] content) {
        CRC32C crc = new CRC32C();
        crc.update(content);
        return (int) crc.getValue();
    }
}
