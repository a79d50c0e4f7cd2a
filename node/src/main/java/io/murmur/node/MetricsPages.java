package io.murmur.node;

import io.murmur.node.http.Pages;
import io.murmur.node.http.Response;
import io.murmur.node.http.Routes;

/** What Prometheus scrapes. */
final class MetricsPages implements Pages {

    private final Metrics metrics;

    MetricsPages(Node node) {
        this.metrics = new Metrics(node);
    }

    @Override
    public void addTo(Routes routes) {
        routes.get(
                "/metrics",
                (request, answer) ->
                        answer.when(metrics.text().thenApply(text -> Response.text(Exposition.CONTENT_TYPE, text))));
    }
}
