package io.murmur.storage;

import io.murmur.kernel.Disk;
import io.murmur.kernel.Fatal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * The {@link CheckedFile file} that says which tables count: {@code how many 4 | their numbers 8 each}. It is there from the first start
 * on, so that a lost one is not taken for an empty store. Its magic tells whether there has ever been a ledger of the slots
 * ({@link SlotLedger}), so that a lost one of these is not taken for an empty one either.
 */
final class Manifest {

    private static final String NAME = "manifest/manifest";
    private static final long MAGIC_WITHOUT_LEDGER = 0x4D75_726D_4D61_6E31L;
    private static final long MAGIC = 0x4D75_726D_4D61_6E32L;
    private static final String REMEDY = ", so it is not known which tables count; restore " + NAME
            + " from a copy, or start this node with an empty data folder";

    private final Disk disk;
    private final CheckedFile file;

    Manifest(Disk disk, Fatal fatal) {
        this.disk = disk;
        this.file = new CheckedFile(disk, fatal, NAME, "the manifest");
    }

    /** Whether there must be a ledger; none was before the first start, nor when it was written by earlier code. */
    boolean tellsOfLedger() throws IOException {
        return file.exists() && file.read(REMEDY).magic() == MAGIC;
    }

    /** The tables that count; none, and a manifest that says so, at the first start. The ledger must be there by now. */
    List<Long> readOrBegin() throws IOException {
        if (file.exists()) {
            CheckedFile.Content content = file.read(REMEDY);
            List<Long> numbers = numbers(content);
            if (content.magic() == MAGIC_WITHOUT_LEDGER) {
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

    private List<Long> numbers(CheckedFile.Content content) throws IOException {
        ByteBuffer in = content.body();
        boolean isKnown = content.magic() == MAGIC || content.magic() == MAGIC_WITHOUT_LEDGER;
        if (!isKnown || in.remaining() < 4 || in.remaining() != 4 + 8L * in.getInt()) {
            throw file.damaged(REMEDY);
        }
        List<Long> numbers = new ArrayList<>();
        while (in.hasRemaining()) {
            numbers.add(in.getLong());
        }
        return numbers;
    }

    /** Writes the next manifest beside the current one. When it throws, nothing has changed. */
    void prepare(List<Long> numbers) throws IOException {
        ByteBuffer body = ByteBuffer.allocate(4 + 8 * numbers.size()).putInt(numbers.size());
        numbers.forEach(body::putLong);
        file.prepare(MAGIC, body.array());
    }

    /** Puts the prepared one in the place of the current one, durably. When that fails, nobody knows which one counts: the node stops. */
    void commit() throws IOException {
        file.commit();
    }
}
