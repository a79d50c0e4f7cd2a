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
        routes.get("/cluster", (request, answer) -> look(answer, json::cluster));
        routes.get("/gossip", (request, answer) -> look(answer, view -> json.gossip(view.endpoints())));
        routes.post("/ring/changes", this::change);
    }

    private void place(Request request, Answer answer) throws Refusal {
        CacheSettings cache = node.cacheOrRefusal(Objects.requireNonNullElse(request.parameter("cache"), "default"));
        Key key = UpkeepPages.key(cache, request);
        Ring ring = node.ringOrRefusal();
        look(answer, view -> json.place(ring, view.endpoints(), key, cache.replicas()));
    }

    /** What the control loop knows is read there. */
    private void look(Answer answer, Function<Membership.View, ObjectNode> page) {
        node.control().look(view -> answer.json(page.apply(view)));
    }

    private void change(Request request, Answer answer) {
        node.control().look(view -> {
            try {
                change(view, request.text(), answer);
            } catch (Refusal e) {
                answer.with(e.response());
            }
        });
    }

    /** On the control loop. */
    private void change(Membership.View view, String said, Answer answer) throws Refusal {
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
        node.control().change(change, (ring, refusal) -> {
            if (refusal != null) {
                answer.error(HttpResponseStatus.CONFLICT, refusal);
            } else if (ring != null) {
                // In the words of the ring that knows whoever goes as well as whoever comes.
                Ring knowing = ring.member(change.subject()) == null ? before : ring;
                answer.with(Response.json(
                        HttpResponseStatus.ACCEPTED,
                        json.change(knowing, change).put("epoch", ring.epoch())));
            }
        });
    }
}
