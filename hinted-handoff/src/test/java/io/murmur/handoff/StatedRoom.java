package io.murmur.handoff;

import io.murmur.kernel.Disk;
import io.murmur.simulation.ForwardingDisk;

/** A disk that says it has so much room, be it true or not. */
final class StatedRoom extends ForwardingDisk {

    private final long freeBytes;

    StatedRoom(Disk disk, long freeBytes) {
        super(disk);
        this.freeBytes = freeBytes;
    }

    @Override
    public long freeBytes() {
        return freeBytes;
    }
}
