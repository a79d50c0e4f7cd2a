package io.murmur.node;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.murmur.node.http.Answer;
import io.murmur.node.http.Pages;
import io.murmur.node.http.Request;
import io.murmur.node.http.Response;
import io.murmur.node.http.Routes;
import io.netty.handler.codec.http.HttpResponseStatus;
import org.jspecify.annotations.Nullable;

/** Whether the process lives, and whether clients may come: for whoever restarts it, and for whoever sends them. */
final class HealthPages implements Pages {

    private final Node node;

    HealthPages(Node node) {
        this.node = node;
    }

    @Override
    public void addTo(Routes routes) {
        // Orchestrators add 'verbose' out of habit.
        routes.getByAnybody("/health/live", (request, answer) -> answer.json(status("live", null)), "verbose");
        routes.getByAnybody("/health/ready", this::ready, "verbose");
    }

    private void ready(Request request, Answer answer) {
        String reason = node.notReadyBecause();
        answer.with(
                reason == null
                        ? Response.json(status("ready", null))
                        : Response.json(HttpResponseStatus.SERVICE_UNAVAILABLE, status("not ready", reason)));
    }

    private ObjectNode status(String status, @Nullable String reason) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("status", status);
        body.put("node", node.configuration().name());
        if (reason != null) {
            body.put("reason", reason);
        }
        return body;
    }
}
