package io.murmur.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.murmur.kernel.Disk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileDiskTest {

    @TempDir
    Path folder = Path.of("");

    @Test
    void aFolderInUseIsRefusedUntilItIsGivenBack() throws IOException {
        FileDisk first = FileDisk.open(folder);

        assertThatThrownBy(() -> FileDisk.open(folder))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("in use by another process");

        first.close();
        FileDisk.open(folder).close();
    }

    @Test
    void aFolderThatCannotBeMadeIsNamedInOneLine() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "in the way");

        assertThatThrownBy(() -> FileDisk.open(file.resolve("data")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining("cannot be written")
                .message()
                .doesNotContain("\n");
    }

    @Test
    void whatIsAppendedIsReadAtAnyPosition() throws IOException {
        try (FileDisk disk = FileDisk.open(folder)) {
            try (Disk.Appender file = disk.create("some/file")) {
                file.append(ByteBuffer.wrap(new byte[] {1, 2, 3}));
                file.append(ByteBuffer.wrap(new byte[] {4, 5}));
                file.sync();
                assertThat(file.size()).isEqualTo(5);
            }
            disk.syncFolder("some");
            ByteBuffer into = ByteBuffer.allocate(10);

            try (Disk.Source source = disk.open("some/file")) {
                assertThat(source.size()).isEqualTo(5);
                assertThat(source.read(1, into)).isEqualTo(4);
                assertThat(source.read(5, into)).isZero();
            }

            assertThat(into.flip()).isEqualTo(ByteBuffer.wrap(new byte[] {2, 3, 4, 5}));
        }
    }

    @Test
    void aNameIsCreatedOnceRenamedOverAnotherAndDeletedTwice() throws IOException {
        try (FileDisk disk = FileDisk.open(folder)) {
            disk.create("some/a").close();
            disk.create("some/b").close();
            assertThatThrownBy(() -> disk.create("some/a")).isInstanceOf(IOException.class);

            disk.rename("some/a", "some/b");
            assertThat(disk.list("some")).containsExactly("some/b");

            disk.delete("some/b");
            disk.delete("some/b");
            assertThat(disk.list("some")).isEmpty();
            assertThat(disk.list("none")).isEmpty();
        }
    }

    @Test
    void freeSpaceIsPartOfTheWhole() throws IOException {
        try (FileDisk disk = FileDisk.open(folder)) {
            assertThat(disk.freeBytes()).isBetween(0L, disk.totalBytes());
        }
    }
}
