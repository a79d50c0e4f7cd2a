package io.murmur.storage;

import io.murmur.kernel.Disk;
import io.murmur.kernel.Fatal;
import io.murmur.kernel.Horizons;
import io.murmur.kernel.ring.Slots;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.IntPredicate;
import java.util.zip.CRC32C;

/**
 * What has to be known of each slot over restarts: its purge horizon (invariant 5), and whether a damaged file has taken cells of it that
 * are not yet rebuilt (invariant 8). One small file, replaced as a whole by a rename:
 *
 * <pre>
 *   magic 8 | CRC32C of all behind 4 | runs of slots that are alike, up to the last: slots 4, horizon 8, whether damaged 1
 *           | losses 4 | each loss: first slot 4, last slot 4, what was found (modified UTF-8)
 * </pre>
 *
 * <p>A change is asked for, then written; several that were asked for meanwhile are written together. Only damage counts at once, since to
 * refuse too early does no harm. Safe from any thread; {@link #write} blocks.
 */
final class SlotLedger {

    private static final String FOLDER = "slots";
    static final String NAME = FOLDER + "/ledger";
    private static final String TEMPORARY = NAME + ".tmp";
    private static final long MAGIC = 0x4D75_726D_536C_6F31L;
    private static final int CHECKED_FROM = 12;
    private static final String REMEDY =
            ", so it is not known which deletions have been forgotten and what is still to be rebuilt;" + " restore "
                    + NAME + " from a copy, or start this node with an empty data folder";

    private final Disk disk;
    private final Fatal fatal;
    /** Held by who writes the file; taken before {@code this}. */
    private final Object file = new Object();

    /** As asked for, and as the file has it. */
    private final long[] horizons = new long[Slots.COUNT];

    private final long[] durableHorizons = new long[Slots.COUNT];
    private final BitSet damaged = new BitSet();
    /** Damaged since somebody may have begun to rebuild them, if only their neighbours: that rebuilding is not the last. */
    private final BitSet damagedAgain = new BitSet();

    /** Of how many damaged tables that still count these slots are, or of whose leaving their shard has not been told. */
    private final int[] leaving = new int[Slots.COUNT];

    private final AtomicIntegerArray refused = new AtomicIntegerArray(Slots.COUNT);
    private List<Loss> losses = List.of();
    private List<Runnable> whenWritten = new ArrayList<>();
    private long changes;
    private long writtenChanges;

    /** What has damaged some slots. */
    private record Loss(int firstSlot, int lastSlot, String what) {}

    private SlotLedger(Disk disk, Fatal fatal) {
        this.disk = disk;
        this.fatal = fatal;
    }

    /**
     * Reads it, or begins an empty one.
     *
     * @param mustExist whether there was one before: then a missing one is not taken for an empty one
     * @throws IOException also when it is damaged, or missing though there was one
     */
    static SlotLedger open(Disk disk, Fatal fatal, boolean mustExist) throws IOException {
        SlotLedger ledger = new SlotLedger(disk, fatal);
        if (disk.list(FOLDER).contains(NAME)) {
            // What a process did not live to sync counts from now on.
            disk.syncFolder(FOLDER);
            ledger.read();
        } else if (mustExist) {
            throw new IOException("the ledger of the slots is missing" + REMEDY);
        } else {
            ledger.changes++;
            ledger.write();
        }
        return ledger;
    }

    private void read() throws IOException {
        byte[] bytes = LogReplay.readAll(disk, NAME);
        ByteBuffer head = ByteBuffer.wrap(bytes);
        if (bytes.length < CHECKED_FROM || head.getLong() != MAGIC || head.getInt() != checksum(bytes)) {
            throw new IOException("the ledger of the slots is damaged" + REMEDY);
        }
        DataInputStream in =
                new DataInputStream(new ByteArrayInputStream(bytes, CHECKED_FROM, bytes.length - CHECKED_FROM));
        for (int slot = 0; slot < Slots.COUNT; ) {
            int end = slot + in.readInt();
            long horizon = in.readLong();
            boolean isDamaged = in.readBoolean();
            for (; slot < end; slot++) {
                horizons[slot] = horizon;
                durableHorizons[slot] = horizon;
                if (isDamaged) {
                    damaged.set(slot);
                    refused.set(slot, 1);
                }
            }
        }
        List<Loss> read = new ArrayList<>();
        for (int left = in.readInt(); left > 0; left--) {
            read.add(new Loss(in.readInt(), in.readInt(), in.readUTF()));
        }
        losses = List.copyOf(read);
    }

    private synchronized byte[] bytes() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeLong(MAGIC);
        out.writeInt(0);
        // In runs of slots that are alike, since partitions are.
        int end;
        for (int slot = 0; slot < Slots.COUNT; slot = end) {
            end = slot + 1;
            while (end < Slots.COUNT && horizons[end] == horizons[slot] && damaged.get(end) == damaged.get(slot)) {
                end++;
            }
            out.writeInt(end - slot);
            out.writeLong(horizons[slot]);
            out.writeBoolean(damaged.get(slot));
        }
        out.writeInt(losses.size());
        for (Loss loss : losses) {
            out.writeInt(loss.firstSlot);
            out.writeInt(loss.lastSlot);
            out.writeUTF(loss.what);
        }
        byte[] written = bytes.toByteArray();
        ByteBuffer.wrap(written).putInt(8, checksum(written));
        return written;
    }

    private static int checksum(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, CHECKED_FROM, bytes.length - CHECKED_FROM);
        return (int) crc.getValue();
    }

    // ---- writing

    /**
     * Makes durable what was asked for before, and tells who asked. When it throws, nothing has changed, and the next call tries again.
     */
    void write() throws IOException {
        synchronized (file) {
            byte[] bytes;
            long[] written;
            long upTo;
            List<Runnable> asked;
            synchronized (this) {
                bytes = bytes();
                written = horizons.clone();
                upTo = changes;
                asked = whenWritten;
                whenWritten = new ArrayList<>();
                if (upTo == writtenChanges) {
                    bytes = null;
                }
            }
            if (bytes != null) {
                try {
                    prepare(bytes);
                } catch (IOException e) {
                    synchronized (this) {
                        whenWritten.addAll(0, asked);
                    }
                    throw e;
                }
                commit();
            }
            synchronized (this) {
                System.arraycopy(written, 0, durableHorizons, 0, written.length);
                writtenChanges = upTo;
            }
            asked.forEach(Runnable::run);
        }
    }

    private void prepare(byte[] bytes) throws IOException {
        disk.delete(TEMPORARY);
        try (Disk.Appender out = disk.create(TEMPORARY)) {
            out.append(ByteBuffer.wrap(bytes));
            out.sync();
        }
    }

    /** When that fails, nobody knows which one counts: the node stops. */
    private void commit() throws IOException {
        try {
            disk.rename(TEMPORARY, NAME);
            disk.syncFolder(FOLDER);
        } catch (IOException e) {
            fatal.stop("the ledger of the slots could not be replaced; check the disk, then start the node again", e);
            throw e;
        }
    }

    // ---- horizons

    /** A slot's horizon that is durable, and has not been taken back by damage. */
    synchronized long horizon(int slot) {
        return Math.min(horizons[slot], durableHorizons[slot]);
    }

    /** Asks for higher horizons; a damaged slot has none. */
    synchronized void raise(int firstSlot, int lastSlot, IntPredicate wanted, long wallMillis, Runnable durable) {
        for (int slot = firstSlot; slot <= lastSlot; slot++) {
            if (wanted.test(slot) && horizons[slot] < wallMillis && !damaged.get(slot)) {
                horizons[slot] = wallMillis;
                changes++;
            }
        }
        whenWritten.add(durable);
    }

    // ---- damage

    /** Whether the slot is to be refused. */
    boolean isDamaged(int slot) {
        return refused.get(slot) != 0;
    }

    /** Counts these slots as damaged at once, and asks for it to be made durable. */
    synchronized void lose(int firstSlot, int lastSlot, String what) {
        for (int slot = firstSlot; slot <= lastSlot; slot++) {
            damagedAgain.set(slot);
            damaged.set(slot);
            refused.set(slot, 1);
            // Rebuilding brings what the other owners hold, however old.
            horizons[slot] = Horizons.NONE;
        }
        List<Loss> more = new ArrayList<>(losses);
        more.add(new Loss(firstSlot, lastSlot, what));
        losses = List.copyOf(more);
        changes++;
    }

    /**
     * The same for a table that still counts: until it has left, what can be read of it may be taken for held, and no rebuilding of these
     * slots can be the last.
     */
    synchronized void loseLeaving(int firstSlot, int lastSlot, String what) {
        for (int slot = firstSlot; slot <= lastSlot; slot++) {
            leaving[slot]++;
        }
        lose(firstSlot, lastSlot, what);
    }

    /** That table counts no more, and who rebuilds these slots is about to be told. */
    synchronized void hasLeft(int firstSlot, int lastSlot, IntPredicate wanted) {
        for (int slot = firstSlot; slot <= lastSlot; slot++) {
            if (wanted.test(slot)) {
                leaving[slot]--;
            }
        }
    }

    /** Nobody has begun to rebuild anything yet, so one rebuilding is enough for all that was lost before. */
    synchronized void beginAnew() {
        damagedAgain.clear();
    }

    /**
     * Asks for these slots to be whole again, but for those that have been damaged since somebody may have begun to rebuild them.
     *
     * @return false while a damaged table of theirs still counts: then nothing is asked for
     */
    synchronized boolean mend(int firstSlot, int lastSlot, IntPredicate wanted, Runnable durable) {
        for (int slot = firstSlot; slot <= lastSlot; slot++) {
            if (wanted.test(slot) && leaving[slot] > 0) {
                return false;
            }
        }
        for (int slot = firstSlot; slot <= lastSlot; slot++) {
            if (wanted.test(slot) && damaged.get(slot)) {
                if (damagedAgain.get(slot)) {
                    damagedAgain.clear(slot);
                } else {
                    damaged.clear(slot);
                    changes++;
                }
            }
        }
        losses = losses.stream().filter(loss -> isLeft(loss)).toList();
        whenWritten.add(durable);
        return true;
    }

    private boolean isLeft(Loss loss) {
        int next = damaged.nextSetBit(loss.firstSlot);
        return next >= 0 && next <= loss.lastSlot;
    }

    /**
     * Refuses those of these slots no longer that are whole, which is durable.
     *
     * @return whether there are others
     */
    synchronized boolean serve(int firstSlot, int lastSlot, IntPredicate wanted) {
        boolean others = false;
        for (int slot = firstSlot; slot <= lastSlot; slot++) {
            if (wanted.test(slot) && !damaged.get(slot)) {
                refused.set(slot, 0);
            } else if (wanted.test(slot)) {
                others = true;
            }
        }
        return others;
    }

    /** What was found and is not yet rebuilt, one line each. */
    synchronized List<String> lines() {
        return losses.stream().map(SlotLedger::line).toList();
    }

    /** What has damaged a slot. */
    synchronized String lineOf(int slot) {
        return losses.stream()
                .filter(loss -> loss.firstSlot <= slot && slot <= loss.lastSlot)
                .map(SlotLedger::line)
                .findFirst()
                .orElse("slot " + slot + " is damaged");
    }

    private static String line(Loss loss) {
        String slots = loss.firstSlot == 0 && loss.lastSlot == Slots.COUNT - 1
                ? "all slots are"
                : "slots " + loss.firstSlot + " to " + loss.lastSlot + " are";
        return loss.what + "; " + slots + " being rebuilt from the other owners";
    }
}
