package io.murmur.benchmarks.peers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** The folder of a comparison's servers: emptied, but only when what is in it was made here. */
final class Folders {

    private static final String MARK = "murmur-peers";

    private Folders() {}

    static void prepare(Path folder) throws IOException {
        Files.createDirectories(folder);
        List<Path> content;
        try (Stream<Path> list = Files.list(folder)) {
            content = list.toList();
        }
        Path mark = folder.resolve(MARK);
        if (!content.isEmpty() && !Files.exists(mark)) {
            throw new IOException(
                    "the folder " + folder + " holds something else than a former comparison's data; empty it or"
                            + " choose another with --data");
        }
        for (Path path : content) {
            delete(path);
        }
        Files.writeString(mark, "made by ./murmur bench peers; may be deleted\n");
    }

    /** With all that is in it. */
    static void delete(Path folder) throws IOException {
        List<Path> all;
        try (Stream<Path> tree = Files.walk(folder)) {
            all = tree.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : all) {
            Files.deleteIfExists(path);
        }
    }
}
