package io.murmur.node.admin;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import picocli.CommandLine.Option;

/** A node's HTTP port, as the commands ask it; an option that they share. */
final class NodeHttp {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();

    @Option(
            names = "--http",
            paramLabel = "HOST:PORT",
            defaultValue = "127.0.0.1:8101",
            description = "the HTTP port of a node to ask (default: ${DEFAULT-VALUE})")
    private String address = "127.0.0.1:8101";

    String address() {
        return address;
    }

    ClusterPage cluster() throws IOException, InterruptedException {
        return clusterAt(address);
    }

    ClusterPage clusterAt(String other) throws IOException, InterruptedException {
        return ClusterPage.of(get(other, "/cluster"));
    }

    JsonNode ring() throws IOException, InterruptedException {
        return get(address, "/ring");
    }

    private JsonNode get(String from, String path) throws IOException, InterruptedException {
        return answer(from, HttpRequest.newBuilder(uri(from, path)).GET());
    }

    /**
     * Has the ring changed.
     *
     * @return the node's answer
     * @throws IOException with the node's own words when it refuses
     */
    JsonNode change(JsonNode change) throws IOException, InterruptedException {
        return answer(
                address,
                HttpRequest.newBuilder(uri(address, "/ring/changes"))
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(change.toString())));
    }

    private static URI uri(String at, String path) throws IOException {
        try {
            return URI.create("http://" + at + path);
        } catch (IllegalArgumentException e) {
            throw new IOException("--http is HOST:PORT, as 127.0.0.1:8101, not '" + at + "'", e);
        }
    }

    private JsonNode answer(String from, HttpRequest.Builder request) throws IOException, InterruptedException {
        HttpResponse<String> response;
        try {
            response = http.send(request.timeout(PATIENCE).build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            String reason = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
            throw new IOException(
                    "no answer from http://" + from + " (" + reason + "); name a node's HTTP port with --http", e);
        }
        JsonNode body;
        try {
            body = JSON.readTree(response.body());
        } catch (JsonProcessingException e) {
            throw new IOException("http://" + from + " is no Murmur node: it answers no JSON", e);
        }
        if (response.statusCode() >= 300) {
            throw new IOException(body.path("error").asText("refused with status " + response.statusCode()));
        }
        return body;
    }
}
