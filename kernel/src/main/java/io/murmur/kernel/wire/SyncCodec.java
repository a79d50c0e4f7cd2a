package io.murmur.kernel.wire;

import io.murmur.kernel.Storage.Entry;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.message.ClientRequest;
import io.murmur.kernel.message.SyncReply;
import io.murmur.kernel.message.SyncReply.KeyDigest;
import io.murmur.kernel.message.SyncReply.SlotDigest;
import io.murmur.kernel.message.SyncRequest;
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
    private static final int ENTRIES = 80;
    private static final int SLOT_DIGESTS_ARE = 81;
    private static final int SLOT_VERSIONS_ARE = 82;
    private static final int REFUSED = 83;

    /** Entries in one reply; the bytes of its frame bound them much earlier. */
    private static final int MAX_ENTRIES = 1 << 20;

    private SyncCodec() {}

    static boolean isRequest(int type) {
        return type >= PAGE && type <= CELLS;
    }

    static boolean isReply(int type) {
        return type >= ENTRIES && type <= REFUSED;
    }

    static int typeOf(SyncRequest request) {
        return switch (request) {
            case SyncRequest.Page ignored -> PAGE;
            case SyncRequest.SlotDigests ignored -> SLOT_DIGESTS;
            case SyncRequest.SlotVersions ignored -> SLOT_VERSIONS;
            case SyncRequest.Cells ignored -> CELLS;
        };
    }

    static int typeOf(SyncReply reply) {
        return switch (reply) {
            case SyncReply.Entries ignored -> ENTRIES;
            case SyncReply.SlotDigestsAre ignored -> SLOT_DIGESTS_ARE;
            case SyncReply.SlotVersionsAre ignored -> SLOT_VERSIONS_ARE;
            case SyncReply.Refused ignored -> REFUSED;
        };
    }

    static void write(WireWriter out, SyncRequest request) {
        out.writeCount(request.partition(), Slots.COUNT - 1);
        switch (request) {
            case SyncRequest.Page m -> {
                out.writeCount(m.firstSlot(), Slots.COUNT - 1);
                out.writeCount(m.lastSlot(), Slots.COUNT - 1);
                writeOptionalKey(out, m.after());
                out.writeCount(m.maxBytes(), MessageCodec.MAX_BODY_BYTES);
            }
            case SyncRequest.SlotDigests ignored -> {}
            case SyncRequest.SlotVersions m -> {
                out.writeCount(m.slot(), Slots.COUNT - 1);
                writeOptionalKey(out, m.after());
            }
            case SyncRequest.Cells m -> {
                out.writeCount(m.keys().size(), ClientRequest.MAX_BATCH);
                m.keys().forEach(key -> CellCodec.writeKey(out, key));
            }
        }
    }

    static SyncRequest readRequest(int type, long id, long epoch, long deadlineNanos, WireReader in) {
        int partition = in.readCount(Slots.COUNT - 1);
        return switch (type) {
            case PAGE ->
                new SyncRequest.Page(
                        id,
                        epoch,
                        deadlineNanos,
                        partition,
                        in.readCount(Slots.COUNT - 1),
                        in.readCount(Slots.COUNT - 1),
                        readOptionalKey(in),
                        in.readCount(MessageCodec.MAX_BODY_BYTES));
            case SLOT_DIGESTS -> new SyncRequest.SlotDigests(id, epoch, deadlineNanos, partition);
            case SLOT_VERSIONS ->
                new SyncRequest.SlotVersions(
                        id, epoch, deadlineNanos, partition, in.readCount(Slots.COUNT - 1), readOptionalKey(in));
            case CELLS -> {
                int count = in.readCount(ClientRequest.MAX_BATCH);
                List<Key> keys = new ArrayList<>();
                for (int i = 0; i < count; i++) {
                    keys.add(CellCodec.readKey(in));
                }
                yield new SyncRequest.Cells(id, epoch, deadlineNanos, partition, List.copyOf(keys));
            }
            default -> throw new MalformedException("not a request of a sync: " + type);
        };
    }

    static void write(WireWriter out, SyncReply reply) {
        switch (reply) {
            case SyncReply.Entries m -> {
                out.writeCount(m.entries().size(), MAX_ENTRIES);
                for (Entry entry : m.entries()) {
                    CellCodec.writeKey(out, entry.key());
                    CellCodec.writeCell(out, entry.cell());
                }
                out.writeByte(m.more() ? 1 : 0);
            }
            case SyncReply.SlotDigestsAre m -> {
                out.writeCount(m.digests().size(), Slots.COUNT);
                for (SlotDigest digest : m.digests()) {
                    out.writeLong(digest.sum());
                    out.writeLong(digest.entries());
                    out.writeLong(digest.bytes());
                }
            }
            case SyncReply.SlotVersionsAre m -> {
                out.writeCount(m.keys().size(), MAX_ENTRIES);
                for (KeyDigest entry : m.keys()) {
                    CellCodec.writeKey(out, entry.key());
                    CellCodec.writeDigest(out, entry.digest());
                }
                out.writeByte(m.more() ? 1 : 0);
            }
            case SyncReply.Refused m -> MessageCodec.writeFailure(out, m.failure());
        }
    }

    static SyncReply readReply(int type, long id, long epoch, WireReader in) {
        return switch (type) {
            case ENTRIES -> {
                int count = in.readCount(Math.min(MAX_ENTRIES, in.remaining()));
                List<Entry> entries = new ArrayList<>();
                for (int i = 0; i < count; i++) {
                    entries.add(new Entry(CellCodec.readKey(in), CellCodec.readCell(in)));
                }
                yield new SyncReply.Entries(id, epoch, List.copyOf(entries), in.readBoolean());
            }
            case SLOT_DIGESTS_ARE -> {
                int count = in.readCount(Math.min(Slots.COUNT, in.remaining()));
                List<SlotDigest> digests = new ArrayList<>();
                for (int i = 0; i < count; i++) {
                    digests.add(new SlotDigest(in.readLong(), in.readLong(), in.readLong()));
                }
                yield new SyncReply.SlotDigestsAre(id, epoch, List.copyOf(digests));
            }
            case SLOT_VERSIONS_ARE -> {
                int count = in.readCount(Math.min(MAX_ENTRIES, in.remaining()));
                List<KeyDigest> keys = new ArrayList<>();
                for (int i = 0; i < count; i++) {
                    keys.add(new KeyDigest(CellCodec.readKey(in), CellCodec.readDigest(in)));
                }
                yield new SyncReply.SlotVersionsAre(id, epoch, List.copyOf(keys), in.readBoolean());
            }
            case REFUSED -> new SyncReply.Refused(id, epoch, MessageCodec.readFailure(in));
            default -> throw new MalformedException("not a reply of a sync: " + type);
        };
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
