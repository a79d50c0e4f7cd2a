package io.murmur.node.admin;

import com.fasterxml.jackson.databind.JsonNode;
import io.murmur.node.config.Setting;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.UnknownHostException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What a change has to show to a node: the options that say so, and where else it is found. */
final class TokenOptions {

    private static final String FILE = "http-token";

    private static final String REMEDY =
            "; give it with --token-file FILE, --token TOKEN or " + Setting.HTTP_TOKEN.environment();

    @Option(
            names = "--token",
            paramLabel = "TOKEN",
            defaultValue = "${env:MURMUR_HTTP_TOKEN}",
            description =
                    "what a change has to show to the node (default: MURMUR_HTTP_TOKEN, or what a node on this machine keeps in"
                            + " its data folder)")
    private @Nullable String token;

    @Option(names = "--token-file", paramLabel = "FILE", description = "a file that holds it")
    private @Nullable Path file;

    /** What was given, or null. */
    @Nullable
    String given() throws IOException {
        return file != null ? read(file) : token == null || token.isEmpty() ? null : token;
    }

    /**
     * What a node keeps in its data folder. Only of a node on this machine: another's word for where that folder is would have this machine's
     * tokens sent there.
     *
     * @param config what the node's {@code /config} says
     */
    static String keptAt(String host, JsonNode config) throws IOException {
        String node = "node '" + config.path("node").asText() + "'";
        JsonNode settings = config.path("settings");
        for (Setting setting : new Setting[] {Setting.HTTP_TOKEN, Setting.HTTP_TOKEN_FILE}) {
            if (!settings.path(setting.key()).path("value").asText().isEmpty()) {
                throw new IOException("the token of " + node + " is said by its setting " + setting.key() + " (from "
                        + settings.path(setting.key()).path("from").asText() + ")" + REMEDY);
            }
        }
        if (!isHere(host)) {
            throw new IOException(
                    "the token of " + node + " is in its data folder on another machine, " + host + REMEDY);
        }
        return read(Path.of(config.path("data").asText(), FILE));
    }

    private static boolean isHere(String host) throws IOException {
        try {
            InetAddress address = InetAddress.getByName(host);
            return address.isLoopbackAddress() || NetworkInterface.getByInetAddress(address) != null;
        } catch (UnknownHostException e) {
            return false;
        }
    }

    private static String read(Path file) throws IOException {
        try {
            return Setting.token(Files.readString(file).strip());
        } catch (NoSuchFileException e) {
            throw new IOException("there is no file " + file + " that holds the node's token" + REMEDY, e);
        } catch (AccessDeniedException e) {
            throw new IOException(
                    "the token in " + file + " is readable for the node's user only: run this as that user, or"
                            + REMEDY.substring(1),
                    e);
        } catch (IllegalArgumentException e) {
            throw new IOException(file + " holds no token: " + e.getMessage() + REMEDY, e);
        }
    }
}
