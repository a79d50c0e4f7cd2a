package io.murmur.docker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Names of containers for the client in this JVM, which is not on their networks and hence not told by the engine: the file that
 * {@code jdk.net.hosts.file} names (see the module's pom), which the JDK reads anew for each name.
 */
final class Hosts {

    private static final String PROPERTY = "jdk.net.hosts.file";

    private final Path file;
    private final Map<String, String> addresses = new TreeMap<>();

    Hosts() {
        String named = System.getProperty(PROPERTY);
        if (named == null) {
            throw new IllegalStateException("run this with -D" + PROPERTY + "=FILE, as the pom does");
        }
        file = Path.of(named).toAbsolutePath();
        addresses.put("localhost", InetAddress.getLoopbackAddress().getHostAddress());
        write();
    }

    synchronized void put(String name, String address) {
        if (!address.equals(addresses.put(name, address))) {
            write();
        }
    }

    private void write() {
        String lines = addresses.entrySet().stream()
                .map(entry -> entry.getValue() + " " + entry.getKey() + "\n")
                .collect(Collectors.joining());
        try {
            Files.createDirectories(file.getParent());
            Path fresh = Files.writeString(file.resolveSibling(file.getFileName() + ".new"), lines);
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
