package io.murmur.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.murmur.client.BlockingCache;
import io.murmur.client.CallOptions;
import io.murmur.client.MurmurClient;
import io.murmur.client.MurmurException;
import io.murmur.kernel.Level;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Three nodes with security on: what they say to one another goes over mutual TLS, and certificates and users change while they run. */
@Timeout(120)
class ClusterOverTlsTest {

    @TempDir
    private Path folder = Path.of(".");

    private SecurityFiles files;
    private TestCluster cluster;
    private LogLines log;

    @SuppressWarnings("NullAway.Init")
    ClusterOverTlsTest() {}

    @BeforeEach
    void start() throws Exception {
        log = new LogLines("io.murmur.node");
        files = new SecurityFiles(folder);
        cluster = new TestCluster(folder, List.of("a", "b", "c"), files.settings());
        cluster.clientsAre(builder -> builder.tls(files.file("ca.pem")).credentials("alice", "alicealice"));
        for (String name : List.of("a", "b", "c")) {
            files.ca().issue(name);
            cluster.start(name, files.certificate(name));
        }
        cluster.awaitConnected();
    }

    @AfterEach
    void stop() throws IOException {
        log.close();
        cluster.close();
    }

    private static void assertServes(MurmurClient client) {
        BlockingCache<String, String> cache = TestCluster.strings(client);
        for (int key = 0; key < 50; key++) {
            cache.put("key-" + key, "value-" + key, CallOptions.at(Level.Named.ALL));
            assertThat(cache.get("key-" + key, CallOptions.at(Level.Named.QUORUM)))
                    .contains("value-" + key);
        }
    }

    @Test
    void aNodeOfAForeignAuthorityDoesNotJoin() throws Exception {
        Authority foreign = new Authority(folder, "foreign-ca");
        foreign.issue("d");
        cluster.add("d");
        try (MurmurClient client = cluster.client()) {
            Node stranger = cluster.start(
                    "d",
                    "tls.certificate",
                    files.file("d.pem").toString(),
                    "tls.key",
                    files.file("d.key").toString(),
                    "tls.trust",
                    files.file("foreign-ca.pem").toString());

            // As each side has it: the one dials and does not trust who answers, who hears so.
            log.await("cannot reach 127.0.0.1:" + cluster.port("a"), "is of no authority that is trusted here");
            log.await("refused 127.0.0.1", "it does not accept the certificate shown to it");
            assertServes(client);
            assertThat(stranger.isReady()).isFalse();
            assertThat(client.ring().members()).hasSize(3);
        }
        cluster.stop("d");
    }

    @Test
    void aNodeThatWasAwayIsTakenBackAndSpokenToOverTls() throws Exception {
        try (MurmurClient client = cluster.client()) {
            cluster.stop("b");
            TestCluster.strings(client).put("away", "kept", CallOptions.at(Level.Named.QUORUM));
            cluster.start("b", files.certificate("b"));
            cluster.awaitConnected();

            assertServes(client);
        }
    }

    @Test
    void newCertificatesCountForNewConnectionsAndBrokenOnesForNone() throws Exception {
        try (MurmurClient old = cluster.client()) {
            // A new authority, trusted beside the old one first, as anybody does who renews without a stop.
            Authority renewed = new Authority(folder, "new-ca");
            String both = Files.readString(files.file("ca.pem")) + Files.readString(files.file("new-ca.pem"));
            Files.writeString(files.file("ca.pem"), both);
            log.await("the certificates have changed and count from now on (reload 1)");
            renewed.issue("a");
            renewed.issue("b");
            renewed.issue("c");

            Await.until("a client that trusts the new authority alone is let in", () -> {
                try (MurmurClient client = MurmurClient.builder()
                        .seed("127.0.0.1:" + cluster.port("a"))
                        .tls(files.file("new-ca.pem"))
                        .credentials("alice", "alicealice")
                        .build()) {
                    return client.ring().members().size() == 3;
                } catch (MurmurException.ConnectionLost e) {
                    return false;
                }
            });
            assertServes(old);

            Files.writeString(files.file("a.key"), Files.readString(files.file("b.key")));
            log.await("ERROR the certificates have changed and cannot be used", "a.key (tls.key) is not the key of");
            try (MurmurClient client = cluster.client()) {
                assertServes(client);
            }
        }
    }

    @Test
    void rightsChangeUnderAnOpenConnectionAndWhoIsNoUserAnyMoreIsClosed() {
        try (MurmurClient client = cluster.client()) {
            BlockingCache<String, String> cache = TestCluster.strings(client);
            cache.put("key", "value");

            files.users(SecurityFiles.user("alice", "{ default: [read] }"));
            // With another hash of the same password she would have to come again.
            log.await("refused 127.0.0.1", "user 'alice' has a new secret");
            Await.until("writes are forbidden", () -> isForbidden(() -> cache.put("probe", "other")));
            assertThat(cache.get("key")).contains("value");

            files.users("users: none");
            log.await("ERROR the users have changed and cannot be used", "must be a list of users");
            assertThat(cache.get("key")).contains("value");

            files.users(SecurityFiles.tokenUser());
            log.await("refused 127.0.0.1", "user 'alice' is no user any more");
            Await.until("no node has her", () -> client.connectedNodes() == 0);
            assertThatThrownBy(() -> cache.get("key"))
                    .isInstanceOf(MurmurException.NotAuthenticated.class)
                    .hasMessageContaining("127.0.0.1:" + cluster.port("a"));
        }
    }

    private static boolean isForbidden(Runnable call) {
        try {
            call.run();
            return false;
        } catch (MurmurException.Forbidden e) {
            return true;
        } catch (MurmurException.NotAuthenticated | MurmurException.ConnectionLost e) {
            return false;
        }
    }

    @Test
    void anOpenConnectionStaysWhenItsRightsAloneChange() throws IOException {
        String entry = SecurityFiles.user("alice", "{ default: [read, write] }");
        files.users(entry);
        Await.until("the new hash counts", () -> linesWith("the users have changed") == 3);
        try (MurmurClient client = cluster.client()) {
            BlockingCache<String, String> cache = TestCluster.strings(client);
            cache.put("key", "value");

            files.users(entry.replace("[read, write]", "[read]"));

            Await.until("writes are forbidden", () -> isForbidden(() -> cache.put("probe", "other")));
            assertThat(cache.get("key")).contains("value");
            assertThat(client.connectedNodes()).isEqualTo(3);
            assertThat(linesWith("has a new secret")).isZero();
        }
    }

    private long linesWith(String part) {
        return log.lines().stream().filter(line -> line.contains(part)).count();
    }
}
