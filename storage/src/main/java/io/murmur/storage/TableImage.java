package io.murmur.storage;

import io.murmur.kernel.Disk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;
import org.mapdb.DB;
import org.mapdb.DBMaker;
import org.mapdb.volume.ByteArrayVol;
import org.mapdb.volume.Volume;

/**
 * Where MapDB keeps a table: a mapped file where the disk has real files, otherwise an image in memory that is written through the
 * {@link Disk} seam, so that the simulator tears and loses tables like any file.
 */
final class TableImage {

    /** A small table's file grows by this much at a time, a large one's by sixteen times as much. */
    private static final long SMALL_INCREMENT_BYTES = 1 << 20;

    private static final long LARGE_TABLE_BYTES = 16 << 20;

    private TableImage() {}

    /** Fills a fresh MapDB store. */
    @FunctionalInterface
    interface Filler {
        void fill(DB db) throws IOException;
    }

    /** Makes the file, durable but for its name. */
    static void make(Disk disk, String name, long expectedBytes, Filler filler) throws IOException {
        disk.delete(name);
        Optional<Path> path = disk.path(name);
        if (path.isPresent()) {
            // MapDB makes the file, but not the folder that the disk makes with the first file in it.
            disk.create(name).close();
            disk.delete(name);
            long increment = expectedBytes >= LARGE_TABLE_BYTES ? LARGE_TABLE_BYTES : SMALL_INCREMENT_BYTES;
            DB db = DBMaker.fileDB(path.get().toFile())
                    .fileMmapEnable()
                    .fileLockDisable()
                    .allocateStartSize(increment)
                    .allocateIncrement(increment)
                    .concurrencyDisable()
                    .make();
            fillAndClose(db, filler);
            disk.sync(name);
        } else {
            Volume volume = ByteArrayVol.FACTORY.makeVolume(null, false);
            DB db = DBMaker.volumeDB(volume, false).concurrencyDisable().make();
            filler.fill(db);
            db.commit();
            writeThrough(disk, name, volume);
            db.close();
        }
    }

    private static void fillAndClose(DB db, Filler filler) throws IOException {
        try {
            filler.fill(db);
            // Closing a mapped file does not sync it; a commit does.
            db.commit();
        } finally {
            db.close();
        }
    }

    private static void writeThrough(Disk disk, String name, Volume volume) throws IOException {
        try (Disk.Appender file = disk.create(name)) {
            byte[] chunk = new byte[1 << 16];
            long length = volume.length();
            for (long at = 0; at < length; at += chunk.length) {
                int size = (int) Math.min(chunk.length, length - at);
                volume.getData(at, chunk, 0, size);
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
