package io.murmur.node.security;

import io.murmur.kernel.message.Credentials;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * How a command speaks to a node where security is on. A password is in a file or in the environment, and never an argument, which anybody
 * on the machine can see.
 */
public final class LoginOptions {

    @Option(
            names = "--tls-trust",
            paramLabel = "FILE",
            defaultValue = "${env:MURMUR_TLS_TRUST}",
            description = "speak TLS, to nodes of these authorities, a PEM file (or: MURMUR_TLS_TRUST)")
    private @Nullable Path trust;

    @Option(
            names = "--user",
            paramLabel = "NAME",
            defaultValue = "${env:MURMUR_USER}",
            description = "the user to be (or: MURMUR_USER); the password is in --password-file, or in MURMUR_PASSWORD")
    private @Nullable String user;

    @Option(names = "--password-file", paramLabel = "FILE", description = "a file whose first line is the password")
    private @Nullable Path passwordFile;

    /** Authorities of nodes; null for plain text. */
    public @Nullable Path trust() {
        // A variable that is empty says nothing.
        return trust == null || trust.toString().isEmpty() ? null : trust;
    }

    /**
     * The user to be, or null.
     *
     * @throws IOException when there is a user and no password, or its file cannot be read
     */
    public Credentials.@Nullable Password login() throws IOException {
        return login(ignored -> null);
    }

    /** Asks somebody for a user's password; null when there is nobody who knows. */
    @FunctionalInterface
    public interface Asking {
        @Nullable
        String password(String user) throws IOException;
    }

    /**
     * The user to be, or null. A password that is neither in a file nor in the environment is asked for.
     *
     * @throws IOException when there is a user and no password, or its file cannot be read
     */
    public Credentials.@Nullable Password login(Asking asking) throws IOException {
        if (user == null || user.isEmpty()) {
            return null;
        }
        String password = passwordFile == null ? System.getenv("MURMUR_PASSWORD") : firstLine(passwordFile);
        if (password == null) {
            password = asking.password(user);
        }
        if (password == null) {
            throw new IOException("user '" + user + "' needs a password, in --password-file or in MURMUR_PASSWORD");
        }
        return new Credentials.Password(user, password);
    }

    /** Of a file with a secret. */
    public static String firstLine(Path file) throws IOException {
        try {
            return Files.readString(file).lines().findFirst().orElse("");
        } catch (IOException e) {
            throw new IOException(file + " cannot be read: " + e, e);
        }
    }
}
