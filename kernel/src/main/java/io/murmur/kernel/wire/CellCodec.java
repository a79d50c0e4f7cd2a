package io.murmur.kernel.wire;

import io.murmur.kernel.CacheSettings;
import io.murmur.kernel.Limits;
import io.murmur.kernel.data.Cell;
import io.murmur.kernel.data.Digest;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.data.Version;
import io.murmur.kernel.ring.NodeId;
import org.jspecify.annotations.Nullable;

/** Versions, digests, keys and cells in bytes; on the wire, in the commit log and in the tables alike. */
public final class CellCodec {

    private static final int TOMBSTONE = 0;
    private static final int LIVE = 1;
    private static final int LIVE_WITH_EXPIRY = 2;
    private static final int ABSENT = 3;

    private static final int MAX_CACHE_BYTES = 64;
    private static final @Nullable String[] RECENT_NAMES = new String[256];
    private static final @Nullable NodeId[] RECENT_NODES = new NodeId[256];

    private CellCodec() {}

    public static void writeNode(WireWriter out, NodeId node) {
        out.writeLong(node.high());
        out.writeLong(node.low());
    }

    /** As of caches' names, one object for equal ids: each of millions of cells has one in its version. */
    public static NodeId readNode(WireReader in) {
        long high = in.readLong();
        long low = in.readLong();
        int place = Long.hashCode(high ^ low) & (RECENT_NODES.length - 1);
        NodeId recent = RECENT_NODES[place];
        if (recent != null && recent.high() == high && recent.low() == low) {
            return recent;
        }
        NodeId read = new NodeId(high, low);
        RECENT_NODES[place] = read;
        return read;
    }

    public static void writeVersion(WireWriter out, Version version) {
        out.writeLong(version.reading());
        writeNode(out, version.node());
    }

    public static Version readVersion(WireReader in) {
        return new Version(in.readLong(), readNode(in));
    }

    public static void writeDigest(WireWriter out, Digest digest) {
        writeVersion(out, digest.version());
        out.writeInt(digest.checksum());
    }

    public static Digest readDigest(WireReader in) {
        return new Digest(readVersion(in), in.readInt());
    }

    static void writeCache(WireWriter out, String name) {
        out.writeText(name, MAX_CACHE_BYTES);
    }

    static String readCache(WireReader in) {
        return cacheName(in.readText(MAX_CACHE_BYTES));
    }

    public static void writeKey(WireWriter out, Key key) {
        writeCache(out, key.cache());
        out.writeBytes(key.bytes(), Limits.KEY_CEILING_BYTES);
    }

    public static Key readKey(WireReader in) {
        return new Key(readCache(in), in.readBytes(Limits.KEY_CEILING_BYTES));
    }

    /**
     * The same string for equal names, as long as few names are in use: a replica holds millions of keys and not as many copies of their
     * caches' names. Threads may overwrite one another's entries, which costs a copy and nothing else.
     */
    private static String cacheName(String read) {
        int place = read.hashCode() & (RECENT_NAMES.length - 1);
        String recent = RECENT_NAMES[place];
        if (recent != null && recent.equals(read)) {
            return recent;
        }
        if (!CacheSettings.isValidName(read)) {
            throw new MalformedException("not a cache's name");
        }
        RECENT_NAMES[place] = read;
        return read;
    }

    public static void writeCell(WireWriter out, @Nullable Cell cell) {
        switch (cell) {
            case null -> out.writeByte(ABSENT);
            case Cell.Tombstone tombstone -> {
                out.writeByte(TOMBSTONE);
                writeVersion(out, tombstone.version());
            }
            case Cell.Live live -> {
                boolean expires = live.expiresAtMillis() != Cell.NEVER;
                out.writeByte(expires ? LIVE_WITH_EXPIRY : LIVE);
                writeVersion(out, live.version());
                if (expires) {
                    out.writeLong(live.expiresAtMillis());
                }
                out.writeBytes(live.value(), Limits.VALUE_CEILING_BYTES);
            }
        }
    }

    /** Reads a cell that must be there. */
    public static Cell readCell(WireReader in) {
        Cell cell = readOptionalCell(in);
        if (cell == null) {
            throw new MalformedException("no cell where one must be");
        }
        return cell;
    }

    public static @Nullable Cell readOptionalCell(WireReader in) {
        int kind = in.readByte();
        return switch (kind) {
            case ABSENT -> null;
            case TOMBSTONE -> new Cell.Tombstone(readVersion(in));
            case LIVE -> new Cell.Live(readVersion(in), Cell.NEVER, in.readBytes(Limits.VALUE_CEILING_BYTES));
            case LIVE_WITH_EXPIRY ->
                new Cell.Live(readVersion(in), in.readLong(), in.readBytes(Limits.VALUE_CEILING_BYTES));
            default -> throw new MalformedException("unknown kind of cell: " + kind);
        };
    }
}
