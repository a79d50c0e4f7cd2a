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
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * What has to be known of each slot over restarts: its purge horizon (invariant 5), and whether a damaged file has taken cells of it that
 * are not yet rebuilt (invariant 8). One {@link CheckedFile}:
 *
 * <pre>
 *   runs of slots that are alike, up to the last: slots 4, horizon 8, whether damaged 1
 *           | losses 4 | each loss: first slot 4, last slot 4, what was found (modified UTF-8)
 * </pre>
 *
 * <p>A change is asked for, then written; several that were asked for meanwhile are written together. Only damage counts at once, since to
 * refuse too early does no harm. Safe from any thread; {@link #write} blocks.
 */
final class SlotLedger {

    static final String NAME = "slots/ledger";
    private static final long MAGIC = 0x4D75_726D_536C_6F31L;
    private static final String REMEDY =
            ", so it is not known which deletions have been forgotten and what is still to be rebuilt;" + " restore "
                    + NAME + " from a copy, or start this node with an empty data folder";

    /** Its lock is held by who writes it; taken before that of {@code this}. */
    private final CheckedFile file;

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
        this.file = new CheckedFile(disk, fatal, NAME, "the ledger of the slots");
    }

    /**
     * Reads it, or begins an empty one.
     *
     * @param mustExist whether there was one before: then a missing one is not taken for an empty one
     * @throws IOException also when it is damaged, or missing though there was one
     */
    static SlotLedger open(Disk disk, Fatal fatal, boolean mustExist) throws IOException {
        SlotLedger ledger = new SlotLedger(disk, fatal);
        if (ledger.file.exists()) {
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
        CheckedFile.Content content = file.read(REMEDY);
        if (content.magic() != MAGIC) {
            throw file.damaged(REMEDY);
        }
        byte[] body = new byte[content.body().remaining()];
        content.body().get(body);
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(body));
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

    private synchronized byte[] body() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
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
        return bytes.toByteArray();
    }

    // ---- writing

    /**
     * Makes durable what was asked for before, and tells who asked. When it throws, nothing has changed, and the next call tries again.
     */
    void write() throws IOException {
        synchronized (file) {
            byte @Nullable [] body;
            long[] written;
            long upTo;
            List<Runnable> asked;
            synchronized (this) {
                body = changes == writtenChanges ? null : body();
                written = horizons.clone();
                upTo = changes;
                asked = whenWritten;
                whenWritten = new ArrayList<>();
            }
            if (body != null) {
                try {
                    file.prepare(MAGIC, body);
                } catch (IOException e) {
                    synchronized (this) {
                        whenWritten.addAll(0, asked);
                    }
                    throw e;
                }
                file.commit();
            }
            synchronized (this) {
                System.arraycopy(written, 0, durableHorizons, 0, written.length);
                writtenChanges = upTo;
            }
            asked.forEach(Runnable::run);
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
