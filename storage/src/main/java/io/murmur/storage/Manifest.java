package io.murmur.storage;

import io.murmur.kernel.Disk;
import io.murmur.kernel.Fatal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * The file that says which tables count: {@code magic 8 | CRC32C of all behind 4 | how many 4 | their numbers 8 each}. Replaced as a whole
 * by a rename. It is there from the first start on, so that a lost one is not taken for an empty store. Its magic tells whether there has
 * ever been a ledger of the slots ({@link SlotLedger}), so that a lost one of these is not taken for an empty one either.
 */
final class Manifest {

    private static final String FOLDER = "manifest";
    private static final String NAME = FOLDER + "/manifest";
    private static final String TEMPORARY = NAME + ".tmp";
    private static final long MAGIC_WITHOUT_LEDGER = 0x4D75_726D_4D61_6E31L;
    private static final long MAGIC = 0x4D75_726D_4D61_6E32L;
    private static final int CHECKED_FROM = 12;

    private final Disk disk;
    private final Fatal fatal;

    Manifest(Disk disk, Fatal fatal) {
        this.disk = disk;
        this.fatal = fatal;
    }

    /** Whether there must be a ledger; none was before the first start, nor when it was written by earlier code. */
    boolean tellsOfLedger() throws IOException {
        if (!disk.list(FOLDER).contains(NAME)) {
            return false;
        }
        byte[] bytes = LogReplay.readAll(disk, NAME);
        return bytes.length >= CHECKED_FROM && ByteBuffer.wrap(bytes).getLong() == MAGIC;
    }

    /** The tables that count; none, and a manifest that says so, at the first start. The ledger must be there by now. */
    List<Long> readOrBegin() throws IOException {
        if (disk.list(FOLDER).contains(NAME)) {
            // A process that died between rename and sync left a manifest that power loss could still take back; but
            // the
            // files that it no longer names are about to be deleted.
            disk.syncFolder(FOLDER);
            boolean isEarlier = !tellsOfLedger();
            List<Long> numbers = read();
            if (isEarlier) {
                prepare(numbers);
                commit();
            }
            return numbers;
        }
        if (!disk.list(Table.FOLDER).isEmpty() || !disk.list(CommitLog.FOLDER).isEmpty()) {
            throw new IOException("the manifest is missing" + REMEDY);
        }
        prepare(List.of());
        commit();
        return List.of();
    }

    private static final String REMEDY = ", so it is not known which tables count; restore " + NAME
            + " from a copy, or start this node with an empty data folder";

    private List<Long> read() throws IOException {
        byte[] bytes = LogReplay.readAll(disk, NAME);
        ByteBuffer in = ByteBuffer.wrap(bytes);
        long magic = bytes.length >= CHECKED_FROM + 4 ? in.getLong() : 0;
        boolean whole = (magic == MAGIC || magic == MAGIC_WITHOUT_LEDGER)
                && in.getInt() == checksum(bytes)
                && bytes.length == CHECKED_FROM + 4 + 8L * in.getInt();
        if (!whole) {
            throw new IOException("the manifest is damaged" + REMEDY);
        }
        List<Long> numbers = new ArrayList<>();
        while (in.hasRemaining()) {
            numbers.add(in.getLong());
        }
        return numbers;
    }

    /** Writes the next manifest beside the current one. When it throws, nothing has changed. */
    void prepare(List<Long> numbers) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(CHECKED_FROM + 4 + 8 * numbers.size());
        bytes.position(CHECKED_FROM).putInt(numbers.size());
        numbers.forEach(bytes::putLong);
        bytes.putLong(0, MAGIC).putInt(8, checksum(bytes.array()));
        disk.delete(TEMPORARY);
        try (Disk.Appender file = disk.create(TEMPORARY)) {
            file.append(bytes.flip());
            file.sync();
        }
    }

    /** Puts the prepared one in the place of the current one, durably. When that fails, nobody knows which one counts: the node stops. */
    void commit() throws IOException {
        try {
            disk.rename(TEMPORARY, NAME);
            disk.syncFolder(FOLDER);
        } catch (IOException e) {
            fatal.stop("the manifest could not be replaced; check the disk, then start the node again", e);
            throw e;
        }
    }

    private static int checksum(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, CHECKED_FROM, bytes.length - CHECKED_FROM);
        return (int) crc.getValue();
    }
}
