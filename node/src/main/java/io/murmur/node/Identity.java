package io.murmur.node;

import io.murmur.kernel.Disk;
import io.murmur.kernel.ring.NodeId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/** Who this node is: a random UUID, made at the first start and kept with the data. An empty data folder is another node. */
final class Identity {

    private static final String FILE = "identity/node-id";
    private static final String GENERATION = "identity/generation";

    private Identity() {}

    static NodeId loadOrMake(Disk disk) throws IOException {
        if (disk.list("identity").contains(FILE)) {
            String text = new String(read(disk, FILE), StandardCharsets.US_ASCII).strip();
            try {
                return NodeId.parse(text);
            } catch (IllegalArgumentException e) {
                throw new IOException(FILE + " in the data folder is damaged: it should hold a UUID", e);
            }
        }
        NodeId fresh = NodeId.of(UUID.randomUUID());
        replace(disk, FILE, (fresh + "\n").getBytes(StandardCharsets.US_ASCII));
        return fresh;
    }

    /**
     * Which life of the node this is: greater than every one before, however the wall clock stands.
     *
     * @param wallSeconds what it is when the clock has not gone back
     */
    static long nextGeneration(Disk disk, long wallSeconds) throws IOException {
        long former = 0;
        if (disk.list("identity").contains(GENERATION)) {
            String text = new String(read(disk, GENERATION), StandardCharsets.US_ASCII).strip();
            try {
                former = Long.parseLong(text);
            } catch (NumberFormatException e) {
                throw new IOException(GENERATION + " in the data folder is damaged: it should hold a number", e);
            }
        }
        long next = Math.max(former + 1, wallSeconds);
        keepGeneration(disk, next);
        return next;
    }

    static void keepGeneration(Disk disk, long generation) throws IOException {
        replace(disk, GENERATION, (generation + "\n").getBytes(StandardCharsets.US_ASCII));
    }

    /** Writes a small file so that a crash leaves the old one or the new one, whole. */
    static void replace(Disk disk, String name, byte[] content) throws IOException {
        String temporary = name + ".tmp";
        disk.delete(temporary);
        try (Disk.Appender file = disk.create(temporary)) {
            file.append(ByteBuffer.wrap(content));
            file.sync();
        }
        disk.rename(temporary, name);
        disk.syncFolder(name.substring(0, name.indexOf('/')));
    }

    static byte[] read(Disk disk, String name) throws IOException {
        try (Disk.Source source = disk.open(name)) {
            ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(source.size()));
            source.read(0, bytes);
            return bytes.array();
        }
    }
}
