package io.murmur.benchmarks.peers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Installed JDKs, in the places where the launcher looks for its own. */
final class Jdk {

    private Jdk() {}

    /** The folder of one of this major version. */
    static Optional<Path> ofVersion(int major) {
        return Stream.of(
                        Path.of("/usr/lib/jvm"),
                        Path.of("/opt/java"),
                        Path.of("/opt"),
                        Path.of(System.getProperty("user.home"), ".sdkman/candidates/java"),
                        Path.of("/Library/Java/JavaVirtualMachines"))
                .flatMap(place -> children(place).stream())
                .flatMap(home -> Stream.of(home, home.resolve("Contents/Home")))
                .filter(home -> Files.isExecutable(home.resolve("bin/java")) && isOfVersion(home, major))
                .findFirst();
    }

    private static List<Path> children(Path folder) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> children = Files.list(folder)) {
            return children.sorted().toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    private static boolean isOfVersion(Path home, int major) {
        try {
            return Files.readAllLines(home.resolve("release")).stream()
                    .anyMatch(line -> line.matches("JAVA_VERSION=\"" + major + "[.\"].*"));
        } catch (IOException e) {
            return false;
        }
    }
}
