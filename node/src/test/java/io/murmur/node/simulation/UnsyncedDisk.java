package io.murmur.node.simulation;

import io.murmur.kernel.Disk;
import io.murmur.simulation.ForwardingDisk;
import java.io.IOException;

/** A disk whose new files of one folder are never synced, though their writers ask for it. */
final class UnsyncedDisk extends ForwardingDisk {

    private final String folder;

    UnsyncedDisk(Disk disk, String folder) {
        super(disk);
        this.folder = folder;
    }

    @Override
    public Appender create(String name) throws IOException {
        Appender file = super.create(name);
        return name.startsWith(folder) ? new Unsynced(file) : file;
    }

    private static final class Unsynced extends ForwardingAppender {

        Unsynced(Appender file) {
            super(file);
        }

        @Override
        public void sync() {}
    }
}
