package io.murmur.storage;

import io.murmur.kernel.Disk;
import io.murmur.kernel.Fatal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * A small file that is replaced as a whole by a rename: {@code magic 8 | CRC32C of all behind 4 | body}. One writer at a time; blocks.
 */
final class CheckedFile {

    private static final int CHECKED_FROM = 12;

    private final Disk disk;
    private final Fatal fatal;
    private final String name;
    private final String what;

    /**
     * @param name with its folder
     * @param what it is, for messages
     */
    CheckedFile(Disk disk, Fatal fatal, String name, String what) {
        this.disk = disk;
        this.fatal = fatal;
        this.name = name;
        this.what = what;
    }

    /** What it holds; the body is at its first byte. */
    record Content(long magic, ByteBuffer body) {}

    private String folder() {
        return name.substring(0, name.indexOf('/'));
    }

    private String temporary() {
        return name + ".tmp";
    }

    boolean exists() throws IOException {
        return disk.list(folder()).contains(name);
    }

    /**
     * Reads it. A process that died between rename and sync left one that power loss could still take back; from now on it counts.
     *
     * @param remedy ends the message
     * @throws IOException also when it is not what was written
     */
    Content read(String remedy) throws IOException {
        disk.syncFolder(folder());
        byte[] bytes = LogReplay.readAll(disk, name);
        ByteBuffer in = ByteBuffer.wrap(bytes);
        if (bytes.length >= CHECKED_FROM) {
            long magic = in.getLong();
            if (in.getInt() == checksum(bytes)) {
                return new Content(magic, in.slice());
            }
        }
        throw damaged(remedy);
    }

    IOException damaged(String remedy) {
        return new IOException(what + " is damaged" + remedy);
    }

    /** Writes the next one beside the current one. When it throws, nothing has changed. */
    void prepare(long magic, byte[] body) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(CHECKED_FROM + body.length);
        bytes.position(CHECKED_FROM).put(body).flip();
        bytes.putLong(0, magic).putInt(Long.BYTES, checksum(bytes.array()));
        disk.delete(temporary());
        try (Disk.Appender file = disk.create(temporary())) {
            file.append(bytes);
            file.sync();
        }
    }

    /** Puts the prepared one in the place of the current one, durably. When that fails, nobody knows which one counts: the node stops. */
    void commit() throws IOException {
        try {
            disk.rename(temporary(), name);
            disk.syncFolder(folder());
        } catch (IOException e) {
            fatal.stop(what + " could not be replaced; check the disk, then start the node again", e);
            throw e;
        }
    }

    private static int checksum(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, CHECKED_FROM, bytes.length - CHECKED_FROM);
        return (int) crc.getValue();
    }
}
