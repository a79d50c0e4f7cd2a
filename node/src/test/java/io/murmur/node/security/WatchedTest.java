package io.murmur.node.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.murmur.node.LogLines;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WatchedTest {

    @TempDir
    private Path folder = Path.of(".");

    private int loads;
    private boolean isReadable = true;

    private Watched<String> watched(Path... files) throws IOException {
        return new Watched<>("texts", List.of(files), () -> {
            loads++;
            if (!isReadable) {
                throw new IOException("not to be read");
            }
            StringBuilder all = new StringBuilder();
            for (Path file : files) {
                all.append(Files.readString(file));
            }
            if (all.indexOf("broken") >= 0) {
                throw new IOException("it is broken");
            }
            return all.toString();
        });
    }

    /** What a change comes to: the first look sees it, the second that it has come to an end. */
    private static boolean refreshed(Watched<String> watched) {
        assertThat(watched.refresh()).isFalse();
        return watched.refresh();
    }

    @Test
    void whatHasNotChangedIsNotReadAgain() throws IOException {
        Watched<String> watched = watched(Files.writeString(folder.resolve("a"), "1"));

        assertThat(watched.refresh()).isFalse();
        assertThat(loads).isEqualTo(1);
    }

    @Test
    void aChangeOfAnyFileInSizeOrTimeCounts() throws IOException {
        Path a = Files.writeString(folder.resolve("a"), "1");
        Path b = Files.writeString(folder.resolve("b"), "2");
        Watched<String> watched = watched(a, b);

        Files.writeString(b, "22");
        assertThat(refreshed(watched)).isTrue();
        assertThat(watched.current()).isEqualTo("122");

        Files.writeString(a, "3");
        Files.setLastModifiedTime(a, FileTime.fromMillis(1_000_000));
        assertThat(refreshed(watched)).isTrue();
        assertThat(watched.current()).isEqualTo("322");
    }

    @Test
    void aFileThatIsStillBeingWrittenIsNotRead() throws IOException {
        Path file = Files.writeString(folder.resolve("a"), "1");
        Watched<String> watched = watched(file);

        Files.writeString(file, "half ");
        assertThat(watched.refresh()).isFalse();
        Files.writeString(file, "half and half");
        assertThat(watched.refresh()).isFalse();
        assertThat(watched.current()).isEqualTo("1");

        assertThat(watched.refresh()).isTrue();
        assertThat(watched.current()).isEqualTo("half and half");
        assertThat(loads).isEqualTo(2);
    }

    @Test
    void whatCouldNotBeMadeIsTriedAgainThoughNoFileChanges() throws IOException {
        Path file = Files.writeString(folder.resolve("a"), "1");
        Watched<String> watched = watched(file);
        Files.writeString(file, "new");
        isReadable = false;
        try (LogLines log = new LogLines(Watched.class.getName())) {
            assertThat(refreshed(watched)).isFalse();
            assertThat(watched.refresh()).isFalse();
            assertThat(log.lines())
                    .filteredOn(line -> line.contains("not to be read"))
                    .as("said once")
                    .hasSize(1);
        }

        isReadable = true;

        assertThat(watched.refresh()).isTrue();
        assertThat(watched.current()).isEqualTo("new");
        assertThat(watched.refresh()).isFalse();
    }

    @Test
    void whatIsBrokenOrGoneLeavesTheFormerInPlace() throws IOException {
        Path file = Files.writeString(folder.resolve("a"), "1");
        Watched<String> watched = watched(file);

        Files.writeString(file, "broken");
        assertThat(refreshed(watched)).isFalse();
        assertThat(watched.current()).isEqualTo("1");

        Files.delete(file);
        assertThat(refreshed(watched)).isFalse();
        assertThat(watched.current()).isEqualTo("1");

        Files.writeString(file, "mended");
        assertThat(refreshed(watched)).isTrue();
        assertThat(watched.current()).isEqualTo("mended");
    }

    @Test
    void itDoesNotBeginWithWhatIsBroken() throws IOException {
        Path file = Files.writeString(folder.resolve("a"), "broken");

        assertThatThrownBy(() -> watched(file)).hasMessage("it is broken");
    }
}
