package io.murmur.kernel.wire;

import io.murmur.kernel.Storage.Entry;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.message.ClientRequest;
import io.murmur.kernel.message.SyncReply;
import io.murmur.kernel.message.SyncReply.Head;
import io.murmur.kernel.message.SyncReply.KeyDigest;
import io.murmur.kernel.message.SyncReply.SlotDigest;
import io.murmur.kernel.message.SyncRequest;
import io.murmur.kernel.ring.Ring;
import io.murmur.kernel.ring.Slots;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@link SyncRequest}s and {@link SyncReply}s in bytes, behind what every request and reply begins with. */
final class SyncCodec {

    private static final int PAGE = 70;
    private static final int SLOT_DIGESTS = 71;
    private static final int SLOT_VERSIONS = 72;
    private static final int CELLS = 73;
    private static final int PUSH = 74;
    private static final int PURGE = 75;
    private static final int ROOTS = 76;
    private static final int LEAF_DIGESTS = 77;
    private static final int HEADS = 78;
    private static final int ENTRIES = 80;
    private static final int SLOT_DIGESTS_ARE = 81;
    private static final int SLOT_VERSIONS_ARE = 82;
    private static final int REFUSED = 83;
    private static final int TAKEN = 84;
    private static final int PURGED = 85;
    private static final int ROOTS_ARE = 86;
    private static final int LEAF_DIGESTS_ARE = 87;
    private static final int HEADS_ARE = 88;

    /** Entries in one reply; the bytes of its frame bound them much earlier. */
    private static final int MAX_ENTRIES = 1 << 20;

    private SyncCodec() {}

    static boolean isRequest(int type) {
        return type >= PAGE && type <= HEADS;
    }

    static boolean isReply(int type) {
        return type >= ENTRIES && type <= HEADS_ARE;
    }

    static int typeOf(SyncRequest request) {
        return switch (request) {
            case SyncRequest.Page ignored -> PAGE;
            case SyncRequest.SlotDigests ignored -> SLOT_DIGESTS;
            case SyncRequest.SlotVersions ignored -> SLOT_VERSIONS;
            case SyncRequest.Cells ignored -> CELLS;
            case SyncRequest.Push ignored -> PUSH;
            case SyncRequest.Purge ignored -> PURGE;
            case SyncRequest.Roots ignored -> ROOTS;
            case SyncRequest.LeafDigests ignored -> LEAF_DIGESTS;
            case SyncRequest.Heads ignored -> HEADS;
        };
    }

    static int typeOf(SyncReply reply) {
        return switch (reply) {
            case SyncReply.Entries ignored -> ENTRIES;
            case SyncReply.SlotDigestsAre ignored -> SLOT_DIGESTS_ARE;
            case SyncReply.SlotVersionsAre ignored -> SLOT_VERSIONS_ARE;
            case SyncReply.Refused ignored -> REFUSED;
            case SyncReply.Taken ignored -> TAKEN;
            case SyncReply.Purged ignored -> PURGED;
            case SyncReply.RootsAre ignored -> ROOTS_ARE;
            case SyncReply.LeafDigestsAre ignored -> LEAF_DIGESTS_ARE;
            case SyncReply.HeadsAre ignored -> HEADS_ARE;
        };
    }

    static void write(WireWriter out, SyncRequest request) {
        switch (request) {
            case SyncRequest.Page m -> {
                writePart(out, m.partition(), m.leastReplicas());
                out.writeCount(m.firstSlot(), Slots.COUNT - 1);
                out.writeCount(m.lastSlot(), Slots.COUNT - 1);
                writeOptionalKey(out, m.after());
                out.writeCount(m.maxBytes(), MessageCodec.MAX_BODY_BYTES);
            }
            case SyncRequest.Roots m -> {
                out.writeCount(m.leastReplicas(), Ring.MAX_REPLICAS);
                out.writeCount(m.roots().size(), SyncRequest.MOST_PARTITIONS);
                for (SyncRequest.Root root : m.roots()) {
                    out.writeCount(root.partition(), Slots.COUNT - 1);
                    out.writeLong(root.sum());
                    out.writeVarint(root.entries());
                }
            }
            case SyncRequest.SlotDigests m -> writePart(out, m.partition(), m.leastReplicas());
            case SyncRequest.LeafDigests m -> {
                writePart(out, m.partition(), m.leastReplicas());
                out.writeCount(m.slot(), Slots.COUNT - 1);
                out.writeCount(m.leafBits(), SyncRequest.MOST_LEAF_BITS);
            }
            case SyncRequest.SlotVersions m -> {
                writePart(out, m.partition(), m.leastReplicas());
                out.writeCount(m.slot(), Slots.COUNT - 1);
                out.writeCount(m.leafBits(), SyncRequest.MOST_LEAF_BITS);
                writeNumbers(out, m.leaves(), 1 << SyncRequest.MOST_LEAF_BITS);
                writeOptionalKey(out, m.after());
            }
            case SyncRequest.Cells m -> {
                out.writeCount(m.partition(), Slots.COUNT - 1);
                out.writeCount(m.keys().size(), ClientRequest.MAX_BATCH);
                m.keys().forEach(key -> CellCodec.writeKey(out, key));
            }
            case SyncRequest.Push m -> {
                out.writeCount(m.partition(), Slots.COUNT - 1);
                writeEntries(out, m.entries(), SyncRequest.MOST_PUSHED);
            }
            case SyncRequest.Purge m -> {
                out.writeLong(m.horizonMillis());
                writeNumbers(out, m.partitions(), SyncRequest.MOST_PARTITIONS);
            }
            case SyncRequest.Heads m -> {
                out.writeCount(m.partition(), Slots.COUNT - 1);
                CellCodec.writeCache(out, m.cache());
                out.writeCount(m.firstSlot(), Slots.COUNT - 1);
                out.writeCount(m.lastSlot(), Slots.COUNT - 1);
                writeOptionalKey(out, m.after());
                out.writeCount(m.most(), SyncRequest.MOST_HEADS);
            }
        }
    }

    static SyncRequest readRequest(int type, long id, long epoch, long deadlineNanos, WireReader in) {
        return switch (type) {
            case PAGE ->
                new SyncRequest.Page(
                        id,
                        epoch,
                        deadlineNanos,
                        in.readCount(Slots.COUNT - 1),
                        in.readCount(Ring.MAX_REPLICAS),
                        in.readCount(Slots.COUNT - 1),
                        in.readCount(Slots.COUNT - 1),
                        readOptionalKey(in),
                        in.readCount(MessageCodec.MAX_BODY_BYTES));
            case ROOTS -> {
                int leastReplicas = in.readCount(Ring.MAX_REPLICAS);
                int count = atLeastOne(in.readCount(SyncRequest.MOST_PARTITIONS));
                List<SyncRequest.Root> roots = new ArrayList<>();
                for (int i = 0; i < count; i++) {
                    roots.add(new SyncRequest.Root(in.readCount(Slots.COUNT - 1), in.readLong(), in.readVarint()));
                }
                yield new SyncRequest.Roots(id, epoch, deadlineNanos, leastReplicas, List.copyOf(roots));
            }
            case SLOT_DIGESTS ->
                new SyncRequest.SlotDigests(
                        id, epoch, deadlineNanos, in.readCount(Slots.COUNT - 1), in.readCount(Ring.MAX_REPLICAS));
            case LEAF_DIGESTS ->
                new SyncRequest.LeafDigests(
                        id,
                        epoch,
                        deadlineNanos,
                        in.readCount(Slots.COUNT - 1),
                        in.readCount(Ring.MAX_REPLICAS),
                        in.readCount(Slots.COUNT - 1),
                        in.readCount(SyncRequest.MOST_LEAF_BITS));
            case SLOT_VERSIONS ->
                new SyncRequest.SlotVersions(
                        id,
                        epoch,
                        deadlineNanos,
                        in.readCount(Slots.COUNT - 1),
                        in.readCount(Ring.MAX_REPLICAS),
                        in.readCount(Slots.COUNT - 1),
                        in.readCount(SyncRequest.MOST_LEAF_BITS),
                        readNumbers(in, 1 << SyncRequest.MOST_LEAF_BITS, (1 << SyncRequest.MOST_LEAF_BITS) - 1),
                        readOptionalKey(in));
            case CELLS -> {
                int partition = in.readCount(Slots.COUNT - 1);
                int count = in.readCount(ClientRequest.MAX_BATCH);
                List<Key> keys = new ArrayList<>();
                for (int i = 0; i < count; i++) {
                    keys.add(CellCodec.readKey(in));
                }
                yield new SyncRequest.Cells(id, epoch, deadlineNanos, partition, List.copyOf(keys));
            }
            case PUSH -> {
                int partition = in.readCount(Slots.COUNT - 1);
                List<Entry> entries = readEntries(in, SyncRequest.MOST_PUSHED);
                atLeastOne(entries.size());
                yield new SyncRequest.Push(id, epoch, deadlineNanos, partition, entries);
            }
            case PURGE -> {
                long horizonMillis = in.readLong();
                List<Integer> partitions = readNumbers(in, SyncRequest.MOST_PARTITIONS, Slots.COUNT - 1);
                atLeastOne(partitions.size());
                yield new SyncRequest.Purge(id, epoch, deadlineNanos, horizonMillis, partitions);
            }
            case HEADS ->
                new SyncRequest.Heads(
                        id,
                        epoch,
                        deadlineNanos,
                        in.readCount(Slots.COUNT - 1),
                        CellCodec.readCache(in),
                        in.readCount(Slots.COUNT - 1),
                        in.readCount(Slots.COUNT - 1),
                        readOptionalKey(in),
                        atLeastOne(in.readCount(SyncRequest.MOST_HEADS)));
            default -> throw new MalformedException("not a request of a sync: " + type);
        };
    }

    static void write(WireWriter out, SyncReply reply) {
        switch (reply) {
            case SyncReply.Entries m -> {
                writeEntries(out, m.entries(), MAX_ENTRIES);
                out.writeByte(m.more() ? 1 : 0);
            }
            case SyncReply.SlotDigestsAre m -> {
                out.writeLong(m.horizonMillis());
                out.writeLong(m.reading());
                writeDigests(out, m.digests());
            }
            case SyncReply.LeafDigestsAre m -> writeDigests(out, m.digests());
            case SyncReply.SlotVersionsAre m -> {
                out.writeCount(m.keys().size(), MAX_ENTRIES);
                for (KeyDigest entry : m.keys()) {
                    CellCodec.writeKey(out, entry.key());
                    CellCodec.writeDigest(out, entry.digest());
                }
                out.writeByte(m.more() ? 1 : 0);
            }
            case SyncReply.RootsAre m -> {
                writeNumbers(out, m.equal(), SyncRequest.MOST_PARTITIONS);
                writeNumbers(out, m.different(), SyncRequest.MOST_PARTITIONS);
            }
            case SyncReply.Taken ignored -> {}
            case SyncReply.Purged m -> writeNumbers(out, m.partitions(), SyncRequest.MOST_PARTITIONS);
            case SyncReply.HeadsAre m -> {
                out.writeCount(m.heads().size(), SyncRequest.MOST_HEADS);
                for (Head head : m.heads()) {
                    CellCodec.writeKey(out, head.key());
                    CellCodec.writeVersion(out, head.version());
                    out.writeLong(head.liveUntilMillis());
                }
                out.writeByte(m.more() ? 1 : 0);
            }
            case SyncReply.Refused m -> MessageCodec.writeFailure(out, m.failure());
        }
    }

    static SyncReply readReply(int type, long id, long epoch, WireReader in) {
        return switch (type) {
            case ENTRIES -> new SyncReply.Entries(id, epoch, readEntries(in, MAX_ENTRIES), in.readBoolean());
            case SLOT_DIGESTS_ARE ->
                new SyncReply.SlotDigestsAre(id, epoch, in.readLong(), in.readLong(), readDigests(in));
            case LEAF_DIGESTS_ARE -> new SyncReply.LeafDigestsAre(id, epoch, readDigests(in));
            case SLOT_VERSIONS_ARE -> {
                int count = in.readCount(Math.min(MAX_ENTRIES, in.remaining()));
                List<KeyDigest> keys = new ArrayList<>();
                for (int i = 0; i < count; i++) {
                    keys.add(new KeyDigest(CellCodec.readKey(in), CellCodec.readDigest(in)));
                }
                yield new SyncReply.SlotVersionsAre(id, epoch, List.copyOf(keys), in.readBoolean());
            }
            case ROOTS_ARE ->
                new SyncReply.RootsAre(
                        id,
                        epoch,
                        readNumbers(in, SyncRequest.MOST_PARTITIONS, Slots.COUNT - 1),
                        readNumbers(in, SyncRequest.MOST_PARTITIONS, Slots.COUNT - 1));
            case TAKEN -> new SyncReply.Taken(id, epoch);
            case PURGED ->
                new SyncReply.Purged(id, epoch, readNumbers(in, SyncRequest.MOST_PARTITIONS, Slots.COUNT - 1));
            case HEADS_ARE -> {
                int count = in.readCount(Math.min(SyncRequest.MOST_HEADS, in.remaining()));
                List<Head> heads = new ArrayList<>();
                for (int i = 0; i < count; i++) {
                    heads.add(new Head(CellCodec.readKey(in), CellCodec.readVersion(in), in.readLong()));
                }
                yield new SyncReply.HeadsAre(id, epoch, List.copyOf(heads), in.readBoolean());
            }
            case REFUSED -> new SyncReply.Refused(id, epoch, MessageCodec.readFailure(in));
            default -> throw new MalformedException("not a reply of a sync: " + type);
        };
    }

    private static void writePart(WireWriter out, int partition, int leastReplicas) {
        out.writeCount(partition, Slots.COUNT - 1);
        out.writeCount(leastReplicas, Ring.MAX_REPLICAS);
    }

    private static int atLeastOne(int count) {
        if (count < 1) {
            throw new MalformedException("a request for nothing");
        }
        return count;
    }

    private static void writeNumbers(WireWriter out, List<Integer> numbers, int most) {
        out.writeCount(numbers.size(), most);
        numbers.forEach(number -> out.writeCount(number, Slots.COUNT - 1));
    }

    private static List<Integer> readNumbers(WireReader in, int most, int greatest) {
        int count = in.readCount(Math.min(most, in.remaining()));
        List<Integer> numbers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            numbers.add(in.readCount(greatest));
        }
        return List.copyOf(numbers);
    }

    private static void writeEntries(WireWriter out, List<Entry> entries, int most) {
        out.writeCount(entries.size(), most);
        for (Entry entry : entries) {
            CellCodec.writeKey(out, entry.key());
            CellCodec.writeCell(out, entry.cell());
        }
    }

    private static List<Entry> readEntries(WireReader in, int most) {
        int count = in.readCount(Math.min(most, in.remaining()));
        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            entries.add(new Entry(CellCodec.readKey(in), CellCodec.readCell(in)));
        }
        return List.copyOf(entries);
    }

    private static void writeDigests(WireWriter out, List<SlotDigest> digests) {
        out.writeCount(digests.size(), Slots.COUNT);
        for (SlotDigest digest : digests) {
            out.writeLong(digest.sum());
            out.writeLong(digest.entries());
            out.writeLong(digest.bytes());
        }
    }

    private static List<SlotDigest> readDigests(WireReader in) {
        int count = in.readCount(Math.min(Slots.COUNT, in.remaining()));
        List<SlotDigest> digests = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            digests.add(new SlotDigest(in.readLong(), in.readLong(), in.readLong()));
        }
        return List.copyOf(digests);
    }

    private static void writeOptionalKey(WireWriter out, @Nullable Key key) {
        out.writeByte(key == null ? 0 : 1);
        if (key != null) {
            CellCodec.writeKey(out, key);
        }
    }

    private static @Nullable Key readOptionalKey(WireReader in) {
        return in.readBoolean() ? CellCodec.readKey(in) : null;
    }
}
