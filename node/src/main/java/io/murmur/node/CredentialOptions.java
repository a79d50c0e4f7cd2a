package io.murmur.node;

import io.murmur.client.MurmurClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How a command gets in where security is on. A secret is in a file or in the environment, and never an argument, which anybody can see. */
final class CredentialOptions {

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

    @Option(
            names = "--token-file",
            paramLabel = "FILE",
            description =
                    "a file whose first line is a user's token, in the place of user and password (or: MURMUR_TOKEN)")
    private @Nullable Path tokenFile;

    /**
     * @throws IOException when a file cannot be read, or there is a user and no password
     */
    void applyTo(MurmurClient.Builder builder) throws IOException {
        if (trust != null) {
            builder.tls(trust);
        }
        String token = secret(tokenFile, "MURMUR_TOKEN");
        if (user != null) {
            String password = secret(passwordFile, "MURMUR_PASSWORD");
            if (password == null) {
                throw new IOException("user '" + user + "' needs a password, in --password-file or in MURMUR_PASSWORD");
            }
            builder.credentials(user, password);
        } else if (token != null) {
            builder.token(token);
        }
    }

    private static @Nullable String secret(@Nullable Path file, String variable) throws IOException {
        if (file == null) {
            return System.getenv(variable);
        }
        try {
            return Files.readString(file).lines().findFirst().orElse("");
        } catch (IOException e) {
            throw new IOException(file + " cannot be read: " + e, e);
        }
    }
}
