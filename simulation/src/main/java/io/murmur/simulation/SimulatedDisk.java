package io.murmur.simulation;

import io.murmur.kernel.Disk;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A disk that does what POSIX allows, and no more than it promises. A crash of the machine keeps a random part of each file's unsynced
 * bytes, possibly with a hole of zeros in it, and a random subset of the unsynced name changes, each as a whole. A failed sync loses what
 * it was to keep for good, even if the next sync succeeds, as Linux marks the pages clean ("Can applications recover from fsync
 * failures?", 2020).
 *
 * <p>It outlives its users: after {@link #crash()} or {@link #kill()} the next opens what is left. Handles of before are dead.
 */
public final class SimulatedDisk implements Disk {

    private static final long TOTAL_BYTES = 1L << 30;
    private static final double HOLES = 0.25;

    private final RandomGenerator random;
    private final TreeMap<String, SimulatedFile> names = new TreeMap<>();
    private final TreeMap<String, SimulatedFile> durableNames = new TreeMap<>();
    private final List<NameChange> unsyncedChanges = new ArrayList<>();
    private int lives;
    private int callsToCrash;
    private boolean full;
    private boolean failsNextSync;

    /** What one call does to the names of a folder: this name is gone, that name is this file. */
    private record NameChange(
            String folder,
            @Nullable String gone,
            @Nullable String name,
            @Nullable SimulatedFile file) {
        void applyTo(Map<String, SimulatedFile> names) {
            if (gone != null) {
                names.remove(gone);
            }
            if (name != null && file != null) {
                names.put(name, file);
            }
        }
    }

    public SimulatedDisk(RandomGenerator random) {
        this.random = random;
    }

    // ---- faults

    /** The process dies and the operating system lives: everything is as it was written, and as unsynced as it was. */
    public void kill() {
        lives++;
        callsToCrash = 0;
        failsNextSync = false;
    }

    /** Power is lost: what is not synced is kept in part. */
    public void crash() {
        kill();
        for (NameChange change : unsyncedChanges) {
            if (random.nextBoolean()) {
                change.applyTo(durableNames);
            }
        }
        unsyncedChanges.clear();
        names.clear();
        names.putAll(durableNames);
        names.values().forEach(file -> file.crash(random, HOLES));
    }

    /** Dies with a {@link SimulatedCrash} inside the so many-th changing call from now; 1 is the next. */
    public void crashInside(int call) {
        callsToCrash = call;
    }

    /** While full, nothing can be appended. */
    public void fill(boolean isFull) {
        full = isFull;
    }

    /** The next sync of a file fails. */
    public void failNextSync() {
        failsNextSync = true;
    }

    /** Flips one bit of a file, durably. */
    public void flipBit(String name, long position, int bit) throws IOException {
        existing(name).flipBit(position, bit);
    }

    /** Ends what {@link #fill}, {@link #failNextSync} and {@link #crashInside} began. */
    public void heal() {
        full = false;
        failsNextSync = false;
        callsToCrash = 0;
    }

    private boolean diesNow() {
        return callsToCrash > 0 && --callsToCrash == 0;
    }

    private void mayDie(String where) {
        if (diesNow()) {
            throw new SimulatedCrash(where);
        }
    }

    // ---- the promise

    @Override
    public Appender create(String name) throws IOException {
        if (names.containsKey(name)) {
            throw new FileAlreadyExistsException(name);
        }
        SimulatedFile file = new SimulatedFile();
        change(new NameChange(folderOf(name), null, name, file));
        mayDie("create of " + name);
        return new OpenAppender(name, file);
    }

    @Override
    public Source open(String name) throws IOException {
        return new OpenSource(existing(name));
    }

    @Override
    public List<String> list(String folder) {
        String prefix = folder.isEmpty() ? "" : folder + "/";
        return names.keySet().stream()
                .filter(name -> name.startsWith(prefix) && name.indexOf('/', prefix.length()) < 0)
                .toList();
    }

    @Override
    public void rename(String from, String to) throws IOException {
        change(new NameChange(folderOf(from), from, to, existing(from)));
        mayDie("rename of " + from);
    }

    @Override
    public void delete(String name) {
        if (names.containsKey(name)) {
            change(new NameChange(folderOf(name), name, null, null));
            mayDie("delete of " + name);
        }
    }

    private void change(NameChange change) {
        change.applyTo(names);
        unsyncedChanges.add(change);
    }

    @Override
    public void sync(String name) throws IOException {
        sync(name, existing(name));
    }

    private void sync(String name, SimulatedFile file) throws IOException {
        mayDie("sync of " + name);
        if (failsNextSync) {
            failsNextSync = false;
            file.failSync();
            throw new IOException("Input/output error: " + name);
        }
        file.sync();
    }

    @Override
    public void syncFolder(String folder) {
        mayDie("sync of folder " + folder);
        Iterator<NameChange> changes = unsyncedChanges.iterator();
        while (changes.hasNext()) {
            NameChange change = changes.next();
            if (change.folder().equals(folder)) {
                change.applyTo(durableNames);
                changes.remove();
            }
        }
    }

    @Override
    public long freeBytes() {
        return full ? 0 : Math.max(0, TOTAL_BYTES - usedBytes());
    }

    private long usedBytes() {
        long used = 0;
        for (SimulatedFile file : names.values()) {
            used += file.size();
        }
        return used;
    }

    @Override
    public long totalBytes() {
        return TOTAL_BYTES;
    }

    @Override
    public Optional<Path> path(String name) {
        return Optional.empty();
    }

    private SimulatedFile existing(String name) throws IOException {
        SimulatedFile file = names.get(name);
        if (file == null) {
            throw new FileNotFoundException(name);
        }
        return file;
    }

    private static String folderOf(String name) {
        return name.substring(0, Math.max(0, name.lastIndexOf('/')));
    }

    private void requireLife(int life) {
        if (life != lives) {
            throw new IllegalStateException("a file opened in a former life is used in the next");
        }
    }

    private final class OpenAppender implements Appender {
        private final String name;
        private final SimulatedFile file;
        private final int life = lives;
        private boolean closed;

        OpenAppender(String name, SimulatedFile file) {
            this.name = name;
            this.file = file;
        }

        @Override
        public void append(ByteBuffer bytes) throws IOException {
            requireUsable();
            boolean dies = diesNow();
            if (dies || full) {
                bytes.limit(bytes.position() + random.nextInt(bytes.remaining() + 1));
            }
            file.append(bytes);
            if (dies) {
                throw new SimulatedCrash("append to " + name);
            }
            if (full) {
                throw new IOException("No space left on device: " + name);
            }
        }

        @Override
        public void sync() throws IOException {
            requireUsable();
            SimulatedDisk.this.sync(name, file);
        }

        private void requireUsable() throws IOException {
            requireLife(life);
            if (closed) {
                throw new IOException("closed: " + name);
            }
        }

        @Override
        public long size() {
            return file.size();
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    private final class OpenSource implements Source {
        private final SimulatedFile file;
        private final int life = lives;

        OpenSource(SimulatedFile file) {
            this.file = file;
        }

        @Override
        public int read(long position, ByteBuffer into) {
            requireLife(life);
            return file.read(position, into);
        }

        @Override
        public long size() {
            return file.size();
        }

        @Override
        public void close() {
            // Nothing is held.
        }
    }
}
