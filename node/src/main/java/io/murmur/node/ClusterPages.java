package io.murmur.node;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.murmur.kernel.CacheSettings;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.ring.Ring;
import io.murmur.kernel.ring.RingChange;
import io.murmur.node.http.Answer;
import io.murmur.node.http.Pages;
import io.murmur.node.http.Refusal;
import io.murmur.node.http.Request;
import io.murmur.node.http.Response;
import io.murmur.node.http.Routes;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** The ring and the nodes: to be looked at, and to be changed. */
final class ClusterPages implements Pages {

    private final Node node;
    private final ClusterJson json;

    ClusterPages(Node node) {
        this.node = node;
        this.json = new ClusterJson(new ObjectMapper(), node.configuration(), node.self());
    }

    @Override
    public void addTo(Routes routes) {
        routes.get("/ring", (request, answer) -> answer.json(json.ring(node.ringOrRefusal())));
        routes.get("/ring/{key}", this::place, "cache");
        routes.get("/cluster", (request, answer) -> page(answer, json::cluster));
        routes.get("/gossip", (request, answer) -> page(answer, view -> json.gossip(view.endpoints())));
        routes.post("/ring/changes", this::change);
    }

    private void place(Request request, Answer answer) throws Refusal {
        CacheSettings cache = node.cacheOrRefusal(Objects.requireNonNullElse(request.parameter("cache"), "default"));
        Key key = UpkeepPages.key(cache, request);
        Ring ring = node.ringOrRefusal();
        page(answer, view -> json.place(ring, view.endpoints(), key, cache.replicas()));
    }

    /** What the control loop knows is read there, and told of elsewhere. */
    private void page(Answer answer, Function<Membership.View, ObjectNode> page) {
        answer.when(node.control()
                .look(view -> view)
                .thenApplyAsync(view -> Response.json(page.apply(view)), node.pageThread()));
    }

    private void change(Request request, Answer answer) {
        answer.when(node.control()
                .look(view -> {
                    try {
                        return change(view, request.text());
                    } catch (Refusal e) {
                        return CompletableFuture.completedFuture(e.response());
                    }
                })
                .thenCompose(response -> response));
    }

    /** On the control loop. */
    private CompletableFuture<Response> change(Membership.View view, String said) throws Refusal {
        Ring before = view.ring();
        if (before == null) {
            throw Refusal.notYet("this node knows no ring yet; ask a member of the cluster");
        }
        RingChange change;
        try {
            change = ChangeRequest.read(said, view, before);
        } catch (ChangeRequest.Wrong e) {
            throw Refusal.wrong(String.valueOf(e.getMessage()));
        }
        CompletableFuture<Response> response = new CompletableFuture<>();
        node.control().change(change, (ring, refusal) -> {
            if (refusal != null) {
                response.complete(Response.error(HttpResponseStatus.CONFLICT, refusal));
            } else if (ring != null) {
                // In the words of the ring that knows whoever goes as well as whoever comes.
                Ring knowing = ring.member(change.subject()) == null ? before : ring;
                response.complete(Response.json(
                        HttpResponseStatus.ACCEPTED,
                        json.change(knowing, change).put("epoch", ring.epoch())));
            }
        });
        return response;
    }
}
