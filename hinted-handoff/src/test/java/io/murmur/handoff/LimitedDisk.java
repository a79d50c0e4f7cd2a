package io.murmur.handoff;

import io.murmur.kernel.Disk;
import io.murmur.simulation.ForwardingDisk;
import java.io.IOException;
import java.nio.ByteBuffer;

/** A disk whose files take so many appends, and says nothing of it before. */
final class LimitedDisk extends ForwardingDisk {

    private int appends;

    LimitedDisk(Disk disk, int appends) {
        super(disk);
        this.appends = appends;
    }

    @Override
    public Appender create(String name) throws IOException {
        return new ForwardingAppender(super.create(name)) {
            @Override
            public void append(ByteBuffer bytes) throws IOException {
                if (--appends < 0) {
                    throw new IOException("the disk is full");
                }
                super.append(bytes);
            }
        };
    }
}
