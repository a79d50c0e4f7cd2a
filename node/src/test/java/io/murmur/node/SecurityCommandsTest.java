package io.murmur.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.murmur.node.security.Users;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The command line where security is on, and a node's start. */
@Timeout(60)
class SecurityCommandsTest {

    @TempDir
    private Path folder = Path.of(".");

    private record Ended(int exitCode, String out, String err) {}

    private static Ended murmur(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int exitCode = Main.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
        return new Ended(exitCode, out.toString(), err.toString().strip());
    }

    private static Ended murmurWithInput(String input, String... arguments) {
        InputStream before = System.in;
        System.setIn(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)));
        try {
            return murmur(arguments);
        } finally {
            System.setIn(before);
        }
    }

    @Test
    void whatTheUserCommandPrintsLetsThatUserIn() throws Exception {
        SecurityFiles files = new SecurityFiles(folder);
        files.ca().issue("a");
        Ended alice = murmurWithInput("her password\n", "user", "alice");
        Ended robot = murmur("user", "robot", "--token");
        Matcher token = Pattern.compile("shown this once: (\\S+)").matcher(robot.err());
        assertThat(token.find()).isTrue();
        assertThat(alice.out()).doesNotContain("her password");
        assertThat(robot.out()).doesNotContain(token.group(1));
        files.users(alice.out(), robot.out().replace("[read]", "[write]"));
        assertThat(Users.read(files.file("users.yaml")).count()).isEqualTo(2);
        Files.writeString(folder.resolve("password"), "her password\n");
        Files.writeString(folder.resolve("token"), token.group(1) + "\n");

        try (TestCluster cluster = new TestCluster(folder, List.of("a"), files.settings())) {
            cluster.clientsAre(builder -> builder.tls(files.file("ca.pem")).token(token.group(1)));
            cluster.start("a", files.certificate("a"));
            cluster.awaitConnected();
            String[] where = {
                "--node",
                "127.0.0.1:" + cluster.port("a"),
                "--tls-trust",
                files.file("ca.pem").toString()
            };

            assertThat(murmur(with(
                                    where,
                                    "put",
                                    "key",
                                    "value",
                                    "--token-file",
                                    folder.resolve("token").toString()))
                            .exitCode())
                    .isZero();
            String password = folder.resolve("password").toString();
            assertThat(murmur(with(where, "get", "key", "--user", "alice", "--password-file", password))
                            .out())
                    .isEqualTo("value\n");
            Ended forbidden =
                    murmur(with(where, "put", "key", "other", "--user", "alice", "--password-file", password));
            assertThat(forbidden.exitCode()).isEqualTo(1);
            assertThat(forbidden.err()).isEqualTo("put: forbidden: user 'alice' may not write cache 'default'");
            Ended nobody = murmur(with(where, "get", "key"));
            assertThat(nobody.exitCode()).isEqualTo(1);
            assertThat(nobody.err()).contains("not authenticated").contains("asks for a user and password");
            assertThat(murmur(with(where, "get", "key", "--user", "alice")).err())
                    .contains("'alice' needs a password")
                    .contains("--password-file");
        }
    }

    private static String[] with(String[] where, String... arguments) {
        String[] all = new String[arguments.length + where.length];
        System.arraycopy(arguments, 0, all, 0, arguments.length);
        System.arraycopy(where, 0, all, arguments.length, where.length);
        return all;
    }

    @Test
    void anEmptyPasswordIsNone() {
        Ended ended = murmurWithInput("\n", "user", "alice");

        assertThat(ended.exitCode()).isEqualTo(2);
        assertThat(ended.out()).isEmpty();
    }

    @Test
    void aNameOrPasswordThatTheFileOrTheWireWouldNotTakeIsRefused() {
        assertThat(murmurWithInput("secret\n", "user", "a:b").err()).contains("without colon");
        assertThat(murmurWithInput("secret\n", "user", "a".repeat(65)).exitCode())
                .isEqualTo(2);
        assertThat(murmur("user", "a\u0085b", "--token").out()).isEmpty();
        assertThat(murmurWithInput("s".repeat(513), "user", "alice").err()).contains("1 to 512 bytes");
    }

    @Test
    void secretsAreNotSentInTheClear() throws Exception {
        String secret =
                Files.writeString(folder.resolve("secret"), "alicealice\n").toString();

        for (Ended ended : List.of(
                murmur("get", "key", "--user", "alice", "--password-file", secret),
                murmur("put", "key", "value", "--token-file", secret),
                murmur("delete", "key", "--token-file", secret))) {
            assertThat(ended.exitCode()).isNotZero();
            assertThat(ended.err())
                    .contains("not sent in the clear")
                    .contains("--tls-trust")
                    .doesNotContain("\n");
        }
    }

    // What keeps a node from starting.

    private Ended start(SecurityFiles files, String... changes) {
        StringBuilder yaml =
                new StringBuilder("data: " + folder.resolve("data") + "\nhttp.port: 0\nresp.port: 0\nport: 7998\n");
        files.settings()
                .forEach((key, value) ->
                        yaml.append(key).append(": ").append(value).append('\n'));
        for (int i = 0; i < changes.length; i += 2) {
            yaml.append(changes[i]).append(": ").append(changes[i + 1]).append('\n');
        }
        try {
            Path file = Files.writeString(folder.resolve("node.yaml"), yaml);
            return murmur("node", "--config", file.toString());
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static void assertRefused(Ended ended, String... parts) {
        assertThat(ended.err()).startsWith("murmur node: ").doesNotContain("\n").contains(parts);
        assertThat(ended.exitCode()).isEqualTo(2);
    }

    @Test
    void everythingThatSecurityLacksIsNamedAtOnce() {
        assertRefused(
                murmur("node", "--data", folder.toString(), "--set", "security=on", "--set", "tls.key=some.key"),
                "security is on (from the command line)",
                "'tls.certificate', 'tls.trust', 'users'",
                "docs/security.md");
    }

    @Test
    void certificatesThatCannotBeUsedAreRefusedAtTheStart() throws Exception {
        SecurityFiles files = new SecurityFiles(folder);
        files.ca().issue("a");
        files.ca().issue("b");
        files.ca().issue("old", Authority::expired);
        files.ca().issue("server-only", builder -> builder.addExtendedKeyUsageServerAuth());
        new Authority(folder, "foreign-ca").issue("foreign");
        String[] good = files.certificate("a");

        assertRefused(start(files, good[0], good[1], "tls.key", "/none.key"), "/none.key", "no such file");
        assertRefused(
                start(files, good[0], good[1], "tls.key", files.file("b.key").toString()),
                "b.key (tls.key) is not the key of the first certificate in");
        assertRefused(start(files, files.certificate("old")), "old.pem (tls.certificate) is valid from", "not now");
        assertRefused(start(files, files.certificate("foreign")), "foreign.pem", "would be refused by the other nodes");
        assertRefused(
                start(files, files.certificate("server-only")),
                "server-only.pem",
                "would be refused by the other nodes");
        Path notPem = Files.writeString(folder.resolve("not.pem"), "nothing of that kind");
        assertRefused(start(files, "tls.certificate", notPem.toString(), good[2], good[3]), "not.pem", "PEM");
        Path encrypted = Files.writeString(
                folder.resolve("encrypted.key"),
                "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n");
        assertRefused(
                start(files, good[0], good[1], "tls.key", encrypted.toString()),
                "encrypted.key",
                "openssl pkcs8 -topk8 -nocrypt");
    }

    @Test
    void aFileOfUsersThatCannotBeUsedIsRefusedAtTheStart() throws Exception {
        SecurityFiles files = new SecurityFiles(folder);
        files.ca().issue("a");
        files.users("- name: alice\n");

        assertRefused(start(files, files.certificate("a")), "users.yaml: user 'alice': either a password or a token");
    }

    @Test
    void aCertificateThatEndsSoonIsWarnedOf() throws Exception {
        SecurityFiles files = new SecurityFiles(folder);
        files.ca()
                .issue("a", builder -> builder.notAfter(java.time.Instant.now().plus(java.time.Duration.ofDays(5))));
        try (LogLines log = new LogLines("io.murmur.node");
                TestCluster cluster = new TestCluster(folder, List.of("a"), files.settings())) {
            cluster.start("a", files.certificate("a"));

            assertThat(log.has("WARN this node's certificate ends at", "renew it"))
                    .isTrue();
        }
    }
}
