package io.murmur.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.murmur.client.internal.Pem;
import io.murmur.client.internal.Tls;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** HTTP of a node with security on: HTTPS, and for those who may administer. */
@Timeout(60)
class HttpSecurityTest {

    @TempDir
    private Path folder = Path.of(".");

    private SecurityFiles files;
    private TestCluster cluster;
    private LogLines log;
    private HttpClient https;

    @SuppressWarnings("NullAway.Init")
    HttpSecurityTest() {}

    @BeforeEach
    void startANode() throws Exception {
        log = new LogLines("io.murmur.node");
        files = new SecurityFiles(folder);
        files.ca().issue("a");
        files.users(
                SecurityFiles.user("root", "{ \"*\": [admin] }"),
                SecurityFiles.user("alice", "{ \"*\": [read, write], default: [admin] }"),
                SecurityFiles.tokenUser().replace("default: [read, write]", "\"*\": [admin]"));
        cluster = new TestCluster(folder, List.of("a"), files.settings());
        cluster.clientsAre(builder -> builder.tls(files.file("ca.pem")).credentials("alice", "alicealice"));
        cluster.start("a", files.certificate("a"));
        cluster.awaitConnected();
        https = HttpClient.newBuilder()
                .sslContext(Tls.context(Pem.certificates(files.file("ca.pem"))))
                .build();
    }

    @AfterEach
    void stop() throws IOException {
        log.close();
        cluster.close();
    }

    private String address() {
        return "127.0.0.1:" + cluster.node("a").httpPort();
    }

    private HttpRequest.Builder request(String scheme, String path, @Nullable String authorization) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(scheme + "://" + address() + path))
                .timeout(Duration.ofSeconds(20));
        return authorization == null ? request : request.header("Authorization", authorization);
    }

    private HttpResponse<String> get(String path, @Nullable String authorization) throws Exception {
        return https.send(request("https", path, authorization).GET().build(), HttpResponse.BodyHandlers.ofString());
    }

    private static String basic(String user, String password) {
        byte[] both = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
        return "Basic " + Base64.getEncoder().encodeToString(both);
    }

    @Test
    void whetherTheNodeLivesAnybodyMayAskAndNothingElse() throws Exception {
        assertThat(get("/health/live", null).statusCode()).isEqualTo(200);
        assertThat(get("/health/ready", null).statusCode()).isEqualTo(200);

        for (String page : List.of("/ring", "/metrics", "/config", "/cluster")) {
            HttpResponse<String> refused = get(page, null);

            assertThat(refused.statusCode()).as(page).isEqualTo(401);
            assertThat(refused.body()).contains("this node asks for the token").contains("administer all caches");
            assertThat(refused.headers().firstValue("WWW-Authenticate"))
                    .hasValueSatisfying(challenge -> assertThat(challenge).startsWith("Basic"));
        }
        log.await("HTTP: /127.0.0.1", "401 to GET /ring");
    }

    @Test
    void theNodesTokenAndAdministratorsAreServed() throws Exception {
        String token = Files.readString(folder.resolve("a/http-token")).strip();

        assertThat(get("/ring", "Bearer " + token).statusCode()).isEqualTo(200);
        assertThat(get("/ring", basic("root", "rootroot")).statusCode()).isEqualTo(200);
        assertThat(get("/ring", "Bearer " + SecurityFiles.TOKEN).statusCode()).isEqualTo(200);
    }

    @Test
    void whoeverMayNotAdministerAllCachesIsForbidden() throws Exception {
        HttpResponse<String> refused = get("/ring", basic("alice", "alicealice"));

        assertThat(refused.statusCode()).isEqualTo(403);
        assertThat(refused.body()).contains("user 'alice' lacks the right admin");
    }

    @Test
    void wrongPasswordsAndTokensAreRefused() throws Exception {
        assertThat(get("/ring", basic("root", "wrong")).body()).contains("wrong user or password");
        assertThat(get("/ring", basic("root", "wrong")).statusCode()).isEqualTo(401);
        assertThat(get("/ring", "Bearer wrong").body()).contains("unknown token");
        assertThat(get("/ring", "Basic not-base64!").statusCode()).isEqualTo(401);
        assertThat(log.lines()).noneMatch(line -> line.contains("wrong"));
    }

    @Test
    void aChangeByAnAdministratorIsTakenOnlyAsJsonAndFromThisOrigin() throws Exception {
        HttpRequest.Builder change =
                request("https", "/repairs", basic("root", "rootroot")).POST(HttpRequest.BodyPublishers.ofString("{}"));

        assertThat(https.send(change.build(), HttpResponse.BodyHandlers.ofString())
                        .statusCode())
                .isEqualTo(415);
        HttpRequest foreign = change.copy()
                .header("Content-Type", "application/json")
                .header("Origin", "https://elsewhere")
                .build();
        assertThat(https.send(foreign, HttpResponse.BodyHandlers.ofString()).statusCode())
                .isEqualTo(403);
    }

    @Test
    void whoeverIsToTryAgainLaterIsNotAskedForAnotherPassword() throws Exception {
        for (int i = 0; i < 10; i++) {
            assertThat(get("/ring", basic("root", "guess" + i)).statusCode()).isEqualTo(401);
        }

        HttpResponse<String> throttled = get("/ring", basic("root", "one more guess"));

        assertThat(throttled.statusCode()).isEqualTo(503);
        assertThat(throttled.body()).contains("too many wrong passwords");
        assertThat(throttled.headers().firstValue("Retry-After")).hasValue("10");
        assertThat(throttled.headers().firstValue("WWW-Authenticate")).isEmpty();
    }

    private CompletableFuture<HttpResponse<InputStream>> events(String authorization) {
        return https.sendAsync(
                request("https", "/events", authorization).GET().build(), HttpResponse.BodyHandlers.ofInputStream());
    }

    @Test
    void aStreamEndsWhenTheUsersChangeAndThatOfTheNodesTokenGoesOn() throws Exception {
        String token = Files.readString(folder.resolve("a/http-token")).strip();
        try (InputStream ofRoot = events(basic("root", "rootroot")).join().body();
                InputStream ofToken = events("Bearer " + token).join().body()) {
            files.users(SecurityFiles.user("alice", "{ \"*\": [read] }"));

            ofRoot.readAllBytes();

            assertThat(get("/ring", basic("root", "rootroot")).statusCode()).isEqualTo(401);
            assertThat(get("/metrics", "Bearer " + token).body())
                    .containsPattern("(?m)^murmur_http_streams(\\{.*\\})? 1(\\.0)?$");
            assertThat(ofToken.read()).isNotNegative();
        }
    }

    @Test
    void plainHttpIsToldToSpeakHttps() throws Exception {
        HttpResponse<String> refused = HttpClient.newHttpClient()
                .send(request("http", "/ring", null).GET().build(), HttpResponse.BodyHandlers.ofString());

        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.body()).contains("this port speaks HTTPS");
        log.await("HTTP: /127.0.0.1", "this port speaks HTTPS");
    }

    @Test
    void whoeverDoesNotTrustTheNodeIsLoggedAndNotServed() {
        HttpClient distrustful = HttpClient.newHttpClient();

        assertThatThrownBy(() -> distrustful.send(
                        request("https", "/ring", null).GET().build(), HttpResponse.BodyHandlers.ofString()))
                .isInstanceOf(SSLHandshakeException.class);
        // This client does not say why it goes.
        log.await("HTTP: /127.0.0.1", "it closed the connection during the TLS handshake");
    }

    // The commands.

    private record Ended(int exitCode, String out, String err) {}

    private Ended status(String... arguments) throws IOException {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        String[] all = new String[arguments.length + 3];
        all[0] = "status";
        all[1] = "--http";
        all[2] = address();
        System.arraycopy(arguments, 0, all, 3, arguments.length);
        int exitCode = Main.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(all);
        return new Ended(exitCode, out.toString(), err.toString());
    }

    @Test
    void theCommandsOfOperatorsSpeakHttpsAsAUserOrByToken() throws IOException {
        String trust = files.file("ca.pem").toString();
        String password =
                Files.writeString(folder.resolve("password"), "rootroot\n").toString();
        String token = folder.resolve("a/http-token").toString();

        assertThat(status("--tls-trust", trust, "--user", "root", "--password-file", password)
                        .exitCode())
                .isZero();
        Ended byToken = status("--tls-trust", trust, "--token-file", token);
        assertThat(byToken.exitCode()).isZero();
        assertThat(byToken.out()).contains("zone-a");
        assertThat(status("--tls-trust", trust).err()).contains("this node asks for the token");
        assertThat(status().err()).contains("this port speaks HTTPS").contains("--tls-trust");
    }

    @Test
    void theCommandsSayWhyANodeIsNotTrusted() throws Exception {
        new Authority(folder, "foreign-ca");

        assertThat(status("--tls-trust", files.file("foreign-ca.pem").toString())
                        .err())
                .contains("its certificate is of no authority that is trusted here");
    }
}
