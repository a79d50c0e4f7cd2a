package io.murmur.node.admin;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.murmur.client.internal.Pem;
import io.murmur.client.internal.Tls;
import io.murmur.client.internal.TlsFailure;
import io.murmur.kernel.message.Credentials;
import io.murmur.node.security.LoginOptions;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A node's HTTP port, as the commands ask it; an option that they share. */
final class NodeHttp {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration OTHERS_PATIENCE = Duration.ofSeconds(2);

    static final ObjectMapper JSON = new ObjectMapper();

    /** Made when it is first needed: every command has its own, and whoever runs a node none. */
    private @Nullable HttpClient http;

    @Option(
            names = "--http",
            paramLabel = "HOST:PORT",
            defaultValue = "127.0.0.1:8101",
            description = "the HTTP port of a node to ask (default: ${DEFAULT-VALUE})")
    private String address = "127.0.0.1:8101";

    @Mixin
    private TokenOptions token = new TokenOptions();

    @Mixin
    private LoginOptions login = new LoginOptions();

    ClusterPage cluster() throws IOException, InterruptedException {
        return ClusterPage.of(get(address, "/cluster", PATIENCE));
    }

    /** How far a node has caught up it alone knows, so those that are at it are asked as well. */
    ClusterPage clusterInItsOwnWords() throws IOException, InterruptedException {
        ClusterPage page = cluster();
        List<ClusterPage.Line> lines = new ArrayList<>();
        for (ClusterPage.Line line : page.nodes()) {
            boolean isAtIt = line.done() < line.toDo() && line.state().equals("alive");
            lines.add(isAtIt && !line.http().isEmpty() ? ownWords(line) : line);
        }
        return new ClusterPage(
                page.cluster(), page.asked(), page.epoch(), page.change(), page.last(), lines, page.whole());
    }

    private ClusterPage.Line ownWords(ClusterPage.Line line) throws InterruptedException {
        try {
            return ClusterPage.of(get(line.http(), "/cluster", OTHERS_PATIENCE)).nodes().stream()
                    .filter(own -> own.id().equals(line.id()) && own.toDo() > 0)
                    .findAny()
                    .orElse(line);
        } catch (IOException e) {
            // Its HTTP port is not for us, or it is down: we do without.
            return line;
        }
    }

    JsonNode ring() throws IOException, InterruptedException {
        return get(address, "/ring", PATIENCE);
    }

    private JsonNode get(String from, String path, Duration patience) throws IOException, InterruptedException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(uri(from, path)).GET().timeout(patience);
        // A node that speaks plain text lets everybody read.
        String authorization = login.trust() == null ? null : authorization();
        if (authorization != null) {
            request.header("Authorization", authorization);
        }
        return answer(from, request);
    }

    /** What was given to be shown: a token or a user, the token first; null when there is neither. A password goes nowhere without TLS. */
    private @Nullable String authorization() throws IOException {
        String given = token.given();
        if (given != null) {
            return "Bearer " + given;
        }
        Credentials.Password user = login.trust() == null ? null : login.login();
        if (user == null) {
            return null;
        }
        byte[] both = (user.user() + ":" + user.password()).getBytes(StandardCharsets.UTF_8);
        return "Basic " + Base64.getEncoder().encodeToString(both);
    }

    /**
     * Has the ring changed.
     *
     * @return the node's answer
     * @throws IOException with the node's own words when it refuses
     */
    JsonNode change(JsonNode change) throws IOException, InterruptedException {
        return post(address, "/ring/changes", change);
    }

    private JsonNode post(String at, String path, JsonNode body) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri(at, path))
                .timeout(PATIENCE)
                .header("Content-Type", "application/json")
                .header("Authorization", authorizationOf(at));
        return answer(at, request.POST(HttpRequest.BodyPublishers.ofString(body.toString())));
    }

    /** The one that was given, or else the one that the node keeps in its data folder, when that is on this machine. */
    private String authorizationOf(String at) throws IOException, InterruptedException {
        String given = authorization();
        return given == null
                ? "Bearer " + TokenOptions.keptAt(uri(at, "/config").getHost(), get(at, "/config", PATIENCE))
                : given;
    }

    /** Where a member is asked: the one that was named by the option, as it was; others as rumour tells. */
    String addressOf(ClusterPage page, ClusterPage.Line member) {
        return member.name().equals(page.asked()) ? address : member.http();
    }

    /**
     * Has a node compare partitions.
     *
     * @return how it stands, with its {@code id}
     * @throws Refused when the node does not
     */
    JsonNode repair(String at, JsonNode wanted) throws IOException, InterruptedException {
        return post(at, "/repairs", wanted);
    }

    /** How a repair stands that a node leads. */
    JsonNode repair(String at, long id) throws IOException, InterruptedException {
        return get(at, "/repairs/" + id, PATIENCE);
    }

    /** A node has answered that it does not do it; the message is its own. */
    static final class Refused extends IOException {
        private static final long serialVersionUID = 1L;
        private final int status;

        Refused(int status, String why) {
            super(why);
            this.status = status;
        }

        /** Whether the request was wrong, so that no other node will do it either. */
        boolean isForGood() {
            return status == 400;
        }
    }

    private String scheme() {
        return login.trust() == null ? "http://" : "https://";
    }

    private URI uri(String at, String path) throws IOException {
        String wrong = "--http is HOST:PORT, as 127.0.0.1:8101, not '" + at + "'";
        try {
            URI uri = new URI(scheme() + at + path);
            if (uri.getHost() == null
                    || uri.getPort() <= 0
                    || uri.getPort() > 65_535
                    || !uri.getRawPath().equals(path)) {
                throw new IOException(wrong);
            }
            return uri;
        } catch (URISyntaxException e) {
            throw new IOException(wrong, e);
        }
    }

    private static String reason(IOException e) {
        TlsFailure tls = TlsFailure.of(e);
        return tls != null ? tls.reason() : reasonWithoutTls(e);
    }

    private static String reasonWithoutTls(IOException e) {
        return switch (e) {
            case HttpConnectTimeoutException ignored -> "it cannot be reached";
            case HttpTimeoutException ignored -> "it takes too long";
            case ConnectException unresolved
            when unresolved.getCause() != null
                    && unresolved.getCause().getCause() instanceof UnresolvedAddressException ->
                "there is no such host";
            case ConnectException ignored -> "nothing listens there";
            default -> "it speaks no HTTP";
        };
    }

    private HttpClient http() throws IOException {
        HttpClient made = http;
        if (made == null) {
            HttpClient.Builder builder = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2));
            if (login.trust() != null) {
                builder.sslContext(Tls.context(Pem.certificates(login.trust())));
            }
            made = builder.build();
            http = made;
        }
        return made;
    }

    private JsonNode answer(String from, HttpRequest.Builder request) throws IOException, InterruptedException {
        HttpResponse<String> response;
        try {
            response = http().send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new IOException(
                    "no answer from " + scheme() + from + ": " + reason(e) + "; name a node's HTTP port with --http",
                    e);
        }
        JsonNode body;
        try {
            body = JSON.readTree(response.body());
        } catch (JsonProcessingException e) {
            throw new IOException(scheme() + from + " is no Murmur node: it answers no JSON", e);
        }
        if (response.statusCode() >= 300) {
            throw new Refused(
                    response.statusCode(), body.path("error").asText("refused with status " + response.statusCode()));
        }
        return body;
    }
}
