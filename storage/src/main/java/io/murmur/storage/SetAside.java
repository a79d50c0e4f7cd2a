package io.murmur.storage;

import io.murmur.kernel.Disk;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Damaged files are kept for the operator, in a folder where nothing reads them. */
final class SetAside {

    private static final Logger LOG = LoggerFactory.getLogger(SetAside.class);
    static final String FOLDER = "damaged";

    private SetAside() {}

    /** Moves a file that counts no longer. When the disk does not do it, it goes as whatever counts no longer does. */
    static void move(Disk disk, String folder, String name) {
        try {
            if (!disk.list(folder).contains(name)) {
                return;
            }
            disk.rename(name, FOLDER + name.substring(folder.length()));
            disk.syncFolder(FOLDER);
            disk.syncFolder(folder);
            LOG.warn("{} is damaged; it has been moved to the folder {} and is not used any more", name, FOLDER);
        } catch (IOException e) {
            LOG.warn("{} is damaged and could not be moved to the folder {}: {}", name, FOLDER, e.toString());
        }
    }
}
