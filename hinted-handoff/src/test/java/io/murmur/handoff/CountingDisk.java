package io.murmur.handoff;

import io.murmur.kernel.Disk;
import io.murmur.simulation.ForwardingDisk;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Counts the fsyncs of files. */
final class CountingDisk extends ForwardingDisk {

    int syncs;

    CountingDisk(Disk disk) {
        super(disk);
    }

    @Override
    public Appender create(String name) throws IOException {
        Appender appender = super.create(name);
        return new Appender() {
            @Override
            public void append(ByteBuffer bytes) throws IOException {
                appender.append(bytes);
            }

            @Override
            public void sync() throws IOException {
                syncs++;
                appender.sync();
            }

            @Override
            public long size() {
                return appender.size();
            }

            @Override
            public void close() throws IOException {
                appender.close();
            }
        };
    }
}
