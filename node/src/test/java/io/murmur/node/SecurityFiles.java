package io.murmur.node;

import io.murmur.client.internal.SystemClock;
import io.murmur.node.config.SecuritySettings;
import io.murmur.node.security.SecretHash;
import io.murmur.node.security.Security;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * What security needs, in a folder: an authority {@code ca}, and users who may do different things. Passwords are the users' names, doubled;
 * they are hashed quickly.
 */
public final class SecurityFiles {

    static final String TOKEN = "a-token-that-nobody-can-guess";

    private final Path folder;
    private final Authority ca;

    public SecurityFiles(Path folder) throws Exception {
        this.folder = folder;
        this.ca = new Authority(folder, "ca");
        users(user("alice", "{ \"*\": [read, write] }"), user("rita", "{ \"*\": [read] }"), tokenUser());
    }

    static String password(String user) {
        return user + user;
    }

    /** An entry of the file of users. The hash has few rounds: the tests' passwords are no secrets. */
    static String user(String name, String rights) {
        return "- name: " + name + "\n  password: " + quickly(password(name)) + "\n  rights: " + rights + "\n";
    }

    static String quickly(String password) {
        return SecretHash.OfPassword.make(password, 1000).text();
    }

    static String tokenUser() {
        return "- name: robot\n  token: " + SecretHash.OfToken.of(TOKEN).text()
                + "\n  rights: { default: [read, write], orders: [read] }\n";
    }

    /** Writes the file anew. */
    void users(String... entries) {
        try {
            Files.writeString(folder.resolve("users.yaml"), String.join("", entries));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What a node goes by that nobody connects to. */
    public Security opened() throws Exception {
        ca.issue("a");
        return Security.open(
                new SecuritySettings(file("a.pem"), file("a.key"), file("ca.pem"), file("ca.pem"), file("users.yaml")),
                "a",
                new SystemClock());
    }

    Authority ca() {
        return ca;
    }

    Path file(String name) {
        return folder.resolve(name);
    }

    /** A node's settings but for its own certificate. */
    Map<String, String> settings() {
        return Map.of(
                "security",
                "on",
                "tls.trust",
                file("ca.pem").toString(),
                "users",
                file("users.yaml").toString(),
                "caches",
                "orders");
    }

    /** A node's certificate and key, by setting. */
    String[] certificate(String name) {
        return new String[] {
            "tls.certificate",
            file(name + ".pem").toString(),
            "tls.key",
            file(name + ".key").toString()
        };
    }
}
