package io.murmur.storage;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** The store over real files and real threads. */
class FileStoreContractTest extends StorageContract {

    @TempDir
    Path folder = Path.of("");

    @Override
    StorageBench open() throws IOException {
        return new FileBench(folder, TestSettings.small(1));
    }
}
