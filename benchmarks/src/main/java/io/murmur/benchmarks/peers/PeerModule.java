package io.murmur.benchmarks.peers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A module of the Maven profile {@code peers}, which a normal build leaves out: what a process of a cache is started with. Nothing here depends
 * on its libraries.
 *
 * @param folder below {@code benchmarks/peers}
 */
record PeerModule(String folder) {

    private static final String VERSION_STARTS = "-[0-9].*\\.jar";

    /** Why there is nothing to be started. */
    Optional<String> absence() {
        return Files.isDirectory(libraries())
                ? Optional.empty()
                : Optional.of("its libraries are not there; fetch them with \"mvn -Ppeers -DskipTests package\"");
    }

    String classPath() {
        return target().resolve("classes") + ":" + libraries() + "/*";
    }

    /** The jar of one of its libraries. */
    Path jar(String library) {
        try (Stream<Path> jars = Files.list(libraries())) {
            return jars.filter(jar -> jar.getFileName().toString().matches(library + VERSION_STARTS))
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException("there is no " + library + " in " + libraries()
                            + "; build it with \"mvn -Ppeers package\""));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** That of one of its libraries. */
    String version(String library) {
        String name = jar(library).getFileName().toString();
        return name.substring(library.length() + 1, name.length() - ".jar".length());
    }

    private Path libraries() {
        return target().resolve("lib");
    }

    private Path target() {
        return benchmarks().resolve("peers").resolve(folder).resolve("target");
    }

    /** This class is in {@code benchmarks/target}, in a jar or in a folder of classes. */
    private static Path benchmarks() {
        try {
            return Path.of(PeerModule.class
                            .getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .resolve("../..")
                    .normalize();
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
