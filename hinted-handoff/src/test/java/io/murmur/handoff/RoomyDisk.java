package io.murmur.handoff;

import io.murmur.kernel.Disk;
import io.murmur.simulation.ForwardingDisk;

/** A disk that says it has room until an append finds that it has none. */
final class RoomyDisk extends ForwardingDisk {

    RoomyDisk(Disk disk) {
        super(disk);
    }

    @Override
    public long freeBytes() {
        return 1L << 30;
    }
}
