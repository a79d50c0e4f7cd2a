package io.murmur.storage;

import io.murmur.kernel.Disk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.mapdb.DB;
import org.mapdb.DBException;
import org.mapdb.DBMaker;
import org.mapdb.volume.ByteArrayVol;
import org.mapdb.volume.Volume;

/**
 * A MapDB store being filled: a file where the disk has real files, otherwise an image in memory that is written through the {@link Disk}
 * seam, so that the simulator tears and loses tables like any file.
 *
 * <p>The file is written through a channel and mapped only to be read: a full disk then fails a write, which can be handled, where it
 * would be a fault of memory under a mapping; and filling is no slower (docs/decisions/0003).
 */
final class TableImage {

    /** A small table's file grows by this much at a time, a large one's by sixteen times as much. */
    private static final long SMALL_INCREMENT_BYTES = 1 << 20;

    private static final long LARGE_TABLE_BYTES = 16 << 20;

    private final Disk disk;
    private final String name;
    private final @Nullable Volume volume;
    private final DB db;

    private TableImage(Disk disk, String name, @Nullable Volume volume, DB db) {
        this.disk = disk;
        this.name = name;
        this.volume = volume;
        this.db = db;
    }

    /** An empty store that will be a file of this name. */
    static TableImage begin(Disk disk, String name, long expectedBytes) throws IOException {
        disk.delete(name);
        Optional<Path> path = disk.path(name);
        if (path.isEmpty()) {
            Volume volume = ByteArrayVol.FACTORY.makeVolume(null, false);
            return new TableImage(
                    disk,
                    name,
                    volume,
                    DBMaker.volumeDB(volume, false).concurrencyDisable().make());
        }
        // MapDB makes the file, but not the folder that the disk makes with the first file in it.
        disk.create(name).close();
        disk.delete(name);
        long increment = expectedBytes >= LARGE_TABLE_BYTES ? LARGE_TABLE_BYTES : SMALL_INCREMENT_BYTES;
        try {
            DB db = DBMaker.fileDB(path.get().toFile())
                    .fileChannelEnable()
                    .fileLockDisable()
                    .allocateStartSize(increment)
                    .allocateIncrement(increment)
                    .concurrencyDisable()
                    .make();
            return new TableImage(disk, name, null, db);
        } catch (DBException e) {
            throw new IOException(name + ": " + e.getMessage(), e);
        }
    }

    DB db() {
        return db;
    }

    /** Makes the content durable; the name is not yet. */
    void finish() throws IOException {
        // Closing does not sync; a commit does, but not a file's length.
        db.commit();
        if (volume == null) {
            db.close();
            disk.sync(name);
        } else {
            writeThrough(volume);
            db.close();
        }
    }

    /** Lets go of it, whatever state it is in. */
    void abandon() throws IOException {
        db.close();
        disk.delete(name);
    }

    private void writeThrough(Volume image) throws IOException {
        try (Disk.Appender file = disk.create(name)) {
            byte[] chunk = new byte[1 << 16];
            long length = image.length();
            for (long at = 0; at < length; at += chunk.length) {
                int size = (int) Math.min(chunk.length, length - at);
                image.getData(at, chunk, 0, size);
                file.append(ByteBuffer.wrap(chunk, 0, size));
            }
            file.sync();
        }
    }

    /** Opens a finished file to read. */
    static DB open(Disk disk, String name) throws IOException {
        Optional<Path> path = disk.path(name);
        if (path.isPresent()) {
            return DBMaker.fileDB(path.get().toFile())
                    .fileMmapEnable()
                    .fileLockDisable()
                    .readOnly()
                    .make();
        }
        byte[] bytes = LogReplay.readAll(disk, name);
        Volume volume = ByteArrayVol.FACTORY.makeVolume(null, false);
        volume.ensureAvailable(bytes.length);
        for (int at = 0; at < bytes.length; at += 1 << 16) {
            volume.putData(at, bytes, at, Math.min(1 << 16, bytes.length - at));
        }
        return DBMaker.volumeDB(volume, true).readOnly().make();
    }
}
