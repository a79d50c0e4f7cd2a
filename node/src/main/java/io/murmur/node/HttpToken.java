package io.murmur.node;

import io.murmur.node.config.NodeConfiguration;
import io.murmur.node.config.Secret;
import io.murmur.node.config.Setting;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;

/**
 * What every change over HTTP has to show. As the settings say, or else made at the first start and kept in the data folder, where only the
 * node's own user may read it: so whoever may read the node's data may change its cluster.
 *
 * @param where for people who look for it
 */
record HttpToken(Secret secret, String where) {

    /** In the data folder. */
    static final String FILE = "http-token";

    private static final int RANDOM_BYTES = 32;

    /** @throws IOException with one line for the operator */
    static HttpToken of(NodeConfiguration configuration) throws IOException {
        Secret set = configuration.httpToken();
        Path file = configuration.httpTokenFile();
        if (set != null) {
            return new HttpToken(set, "the token is what the setting http.token of this node says");
        }
        if (file != null) {
            return new HttpToken(read(file, "correct http.token-file"), "the token is " + in(file));
        }
        Path own = configuration.data().resolve(FILE);
        if (!Files.exists(own)) {
            make(own);
        }
        return new HttpToken(read(own, "remove it, and a new one is made"), "the token is " + in(own));
    }

    private static String in(Path file) {
        return "in the file " + file.toAbsolutePath().normalize() + " on this node's machine";
    }

    private static Secret read(Path file, String remedy) throws IOException {
        try {
            return new Secret(Setting.token(Files.readString(file).strip()));
        } catch (IllegalArgumentException e) {
            throw new IOException(file + " holds no token: " + e.getMessage() + "; " + remedy, e);
        } catch (NoSuchFileException e) {
            throw new IOException("there is no file " + file + " that holds the token; " + remedy, e);
        } catch (IOException e) {
            throw new IOException("the token's file " + file + " cannot be read: " + e + "; " + remedy, e);
        }
    }

    /** Whole or not at all, and never readable for others. */
    private static void make(Path file) throws IOException {
        byte[] random = new byte[RANDOM_BYTES];
        new SecureRandom().nextBytes(random);
        boolean isPosix = FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
        FileAttribute<?>[] ownerOnly = isPosix
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                }
                : new FileAttribute<?>[0];
        Path temporary = file.resolveSibling(FILE + ".tmp");
        Files.deleteIfExists(temporary);
        Files.createFile(temporary, ownerOnly);
        Files.writeString(temporary, Base64.getUrlEncoder().withoutPadding().encodeToString(random) + "\n");
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    }
}
