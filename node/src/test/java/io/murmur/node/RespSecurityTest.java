package io.murmur.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.murmur.node.resp.RespClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Clients of Redis and one node with security on. */
@Timeout(60)
class RespSecurityTest {

    private static final String NO_AUTH = "(error) NOAUTH Authentication required.";

    @TempDir
    private Path folder = Path.of(".");

    private SecurityFiles files;
    private TestCluster cluster;
    private RespClient client;
    private LogLines log;

    @SuppressWarnings("NullAway.Init")
    RespSecurityTest() {}

    @BeforeEach
    void start() throws Exception {
        log = new LogLines("io.murmur.node");
        files = new SecurityFiles(folder);
        files.ca().issue("a");
        files.users(
                SecurityFiles.user("alice", "{ \"*\": [read, write] }"),
                SecurityFiles.user("rita", "{ default: [read] }"),
                SecurityFiles.user("root", "{ \"*\": [admin] }"),
                SecurityFiles.tokenUser());
        cluster = new TestCluster(folder, List.of("a"), files.settings());
        cluster.clientsAre(builder -> builder.tls(files.file("ca.pem")).credentials("alice", "alicealice"));
        cluster.start("a", files.certificate("a"));
        cluster.awaitConnected();
        client = client();
    }

    @AfterEach
    void stop() throws IOException {
        client.close();
        log.close();
        cluster.close();
    }

    private RespClient client() throws Exception {
        KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
        trusted.load(null, null);
        try (var in = Files.newInputStream(files.file("ca.pem"))) {
            trusted.setCertificateEntry(
                    "ca", CertificateFactory.getInstance("X.509").generateCertificate(in));
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext tls = SSLContext.getInstance("TLSv1.3");
        tls.init(null, trust.getTrustManagers(), null);
        return new RespClient(tls.getSocketFactory()
                .createSocket("127.0.0.1", cluster.node("a").respPort()));
    }

    @Test
    void whoHasNotSaidWhoItIsMayDoNothingElse() throws Exception {
        assertThat(client.say("PING")).isEqualTo(NO_AUTH);
        assertThat(client.say("GET a")).isEqualTo(NO_AUTH);
        assertThat(client.say("WHAT")).isEqualTo(NO_AUTH);
        assertThat(client.say("MURMUR WITH LEVEL one GET a")).isEqualTo(NO_AUTH);
        assertThat(client.say("HELLO 3")).startsWith("(error) NOAUTH HELLO must be called with the client already");
        client.send("GET", "x".repeat(20_000));
        assertThat(client.receive()).isEqualTo("(error) ERR Protocol error: unauthenticated bulk length");
        assertThat(client.isClosed()).isTrue();
    }

    @Test
    void usersComeInByPasswordOrTokenAndNobodyElseDoes() throws Exception {
        assertThat(client.say("AUTH alice wrong"))
                .isEqualTo("(error) WRONGPASS invalid username-password pair or user is disabled.");
        assertThat(client.say("AUTH nobody nobodynobody")).startsWith("(error) WRONGPASS ");
        assertThat(client.say("AUTH wrong")).startsWith("(error) WRONGPASS ");
        assertThat(client.say("PING")).isEqualTo(NO_AUTH);
        assertThat(client.say("HELLO 3 AUTH alice alicealice SETNAME me")).startsWith("{\"server\"");
        assertThat(client.say("SET a 1")).isEqualTo("OK");
        assertThat(client.say("CLIENT INFO")).contains(" name=me ").contains(" user=alice ");
        assertThat(client.say("RESET")).isEqualTo("RESET");
        assertThat(client.say("GET a")).isEqualTo(NO_AUTH);
        assertThat(client.say("AUTH " + SecurityFiles.TOKEN)).isEqualTo("OK");
        assertThat(client.say("GET a")).isEqualTo("\"1\"");
    }

    @Test
    void aPipelineBehindAuthWaitsForTheVerdict() throws Exception {
        client.send("AUTH", "alice?level=one", "alicealice");
        client.send("SET", "a", "1");
        client.send("GET", "a");
        client.send("MURMUR", "LEVEL");
        assertThat(client.receive()).isEqualTo("OK");
        assertThat(client.receive()).isEqualTo("OK");
        assertThat(client.receive()).isEqualTo("\"1\"");
        assertThat(client.receive()).isEqualTo("[\"read\", \"ONE\", \"write\", \"ONE\"]");
    }

    @Test
    void eachMayDoWithACacheWhatTheFileSays() throws Exception {
        client.say("AUTH rita ritarita");
        assertThat(client.say("GET a")).isEqualTo("nil");
        assertThat(client.say("SET a 1"))
                .isEqualTo("(error) NOPERM User rita has no permissions to run the 'set' command: it has no right to"
                        + " write cache 'default'");
        assertThat(client.say("MURMUR WITH LEVEL one SET a 1")).startsWith("(error) NOPERM ");
        client.say("MURMUR CACHE orders");
        assertThat(client.say("GET a")).startsWith("(error) NOPERM ").endsWith("read cache 'orders'");
        assertThat(client.say("CLIENT LIST")).startsWith("(error) NOPERM ").endsWith("admin cache '*'");
        assertThat(client.say("CONFIG GET *")).startsWith("(error) NOPERM ");

        client.say("AUTH robot?cache=orders " + "wrong");
        client.say("AUTH " + SecurityFiles.TOKEN);
        assertThat(client.say("INCR a")).startsWith("(error) NOPERM ").endsWith("write cache 'orders'");

        client.say("AUTH root rootroot");
        assertThat(client.say("CLIENT LIST")).contains(" user=root ");
    }

    @Test
    void whoIsTakenOutOfTheFileIsClosed() throws Exception {
        client.say("AUTH rita ritarita");
        files.users(SecurityFiles.user("alice", "{ \"*\": [read, write] }"));
        assertThat(client.isClosed()).isTrue();
        log.await("the port for Redis clients: ", "user 'rita' is no user any more");
    }

    @Test
    void whoSpeaksNoTlsIsToldSo() throws Exception {
        try (RespClient plain = new RespClient(
                new Socket(InetAddress.getLoopbackAddress(), cluster.node("a").respPort()))) {
            plain.send("PING");
            assertThat(plain.receive()).isEqualTo("(error) ERR this port speaks TLS and nothing else");
            assertThat(plain.isClosed()).isTrue();
        }
        assertThat(client.say("PING")).isEqualTo(NO_AUTH);
    }
}
