package io.murmur.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import io.murmur.node.demo.LocalCluster;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.TimeUnit;

/** Changes of the ring that an operator asks for, by way of the first node. */
public final class RingChanges {

    private final LocalCluster cluster;
    private final HttpClient http = HttpClient.newHttpClient();

    /** Those of a cluster whose first node is there. */
    public RingChanges(LocalCluster cluster) {
        this.cluster = cluster;
    }

    /** Has a node leave, and waits until it owns nothing any more. Its process goes on. */
    public void leave(int node) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + cluster.httpPort(0) + "/ring/changes"))
                .header("Content-Type", "application/json")
                .header("Authorization", "Bearer " + cluster.httpToken(0))
                .POST(HttpRequest.BodyPublishers.ofString(
                        "{\"change\": \"leave\", \"node\": \"" + LocalCluster.name(node) + "\"}"))
                .build();
        HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() != 202) {
            throw new IOException("not begun: " + answer.body());
        }
        JsonNode page = cluster.page(0, "/cluster");
        while (page == null || !page.path("change").isNull()) {
            TimeUnit.MILLISECONDS.sleep(20);
            page = cluster.page(0, "/cluster");
        }
    }
}
