package io.murmur.handoff;

import io.murmur.kernel.data.Key;
import io.murmur.kernel.data.Version;

/** A cell kept for a node: where it is on disk, and what must be known of it without reading it. */
final class Hint {

    /** About what a hint takes in memory, its key's bytes aside. */
    private static final int BYTES = 200;

    final Key key;
    final Version version;
    final Segment segment;
    /** Of its record in the segment. */
    final long position;

    final int length;
    /** Of the ring, when the hint was made. */
    final long epoch;
    /** Whether it came to this node from another's hints. */
    final boolean isRedirected;

    /** Tells apart two cells of one version. */
    final int cellHash;
    /** Whether it is known to survive a power cut; if it is not, no other is left out for its sake. */
    final boolean isSure;
    /** How often it was refused for what it is. */
    int refusals;

    Hint(HintFormat.Kept kept, Segment segment, long position, int length, boolean isSure, int cellHash) {
        this.key = kept.key();
        this.version = kept.cell().version();
        this.segment = segment;
        this.position = position;
        this.length = length;
        this.epoch = kept.epoch();
        this.isRedirected = kept.isRedirected();
        this.isSure = isSure;
        this.cellHash = cellHash;
    }

    int indexBytes() {
        return BYTES + key.bytes().length;
    }
}
