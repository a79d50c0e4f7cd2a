package io.murmur.simulation;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/** The content of a file: what is synced, what is not yet, and what never will be because its sync failed. */
final class SimulatedFile {

    private byte[] bytes = new byte[256];
    private int size;
    private int syncedSize;
    private final List<Lost> lost = new ArrayList<>();

    /** A stretch whose sync failed. */
    private record Lost(int from, int to) {}

    int size() {
        return size;
    }

    void append(ByteBuffer more) {
        int length = more.remaining();
        if (bytes.length - size < length) {
            bytes = Arrays.copyOf(bytes, Math.max(size + length, bytes.length * 2));
        }
        more.get(bytes, size, length);
        size += length;
    }

    int read(long position, ByteBuffer into) {
        int length = (int) Math.max(0, Math.min(size - position, into.remaining()));
        into.put(bytes, (int) Math.min(position, size), length);
        return length;
    }

    void sync() {
        syncedSize = size;
    }

    void failSync() {
        lost.add(new Lost(syncedSize, size));
        syncedSize = size;
    }

    void flipBit(long position, int bit) {
        bytes[Math.toIntExact(position)] ^= (byte) (1 << bit);
    }

    /** Keeps what is synced and a random part of the rest. */
    void crash(RandomGenerator random, double holes) {
        int kept = syncedSize + random.nextInt(size - syncedSize + 1);
        if (kept > syncedSize && random.nextDouble() < holes) {
            int from = syncedSize + random.nextInt(kept - syncedSize);
            Arrays.fill(bytes, from, from + random.nextInt(kept - from) + 1, (byte) 0);
        }
        for (Lost stretch : lost) {
            Arrays.fill(bytes, Math.min(stretch.from(), kept), Math.min(stretch.to(), kept), (byte) 0);
        }
        lost.clear();
        size = kept;
        syncedSize = kept;
    }
}
