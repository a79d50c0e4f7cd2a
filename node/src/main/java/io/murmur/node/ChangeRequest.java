package io.murmur.node;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.murmur.gossip.EndpointView;
import io.murmur.gossip.Standing;
import io.murmur.kernel.ring.Member;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.ring.Ring;
import io.murmur.kernel.ring.RingChange;
import io.murmur.kernel.ring.Transition;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * From what an operator posts to a change of the ring: nodes are named by name, id, or the beginning of an id. {@code {"change": "leave",
 * "node": "b"}}, and likewise remove, replace (with {@code by}), move (with {@code zone}, {@code weight}) and abort. Pure.
 */
final class ChangeRequest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MOST_NAMED = 8;

    private final JsonNode asked;
    private final Membership.View view;

    private ChangeRequest(JsonNode asked, Membership.View view) {
        this.asked = asked;
        this.view = view;
    }

    /** The request makes no sense; the message says what would. */
    static final class Wrong extends Exception {
        private static final long serialVersionUID = 1L;

        Wrong(String why) {
            super(why);
        }
    }

    static RingChange read(String json, Membership.View view) throws Wrong {
        JsonNode asked;
        try {
            asked = JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw new Wrong("this is no JSON");
        }
        Ring ring = view.ring();
        if (ring == null) {
            throw new Wrong("there is no ring yet");
        }
        if (asked == null || !asked.isObject()) {
            throw new Wrong("a change is an object, as {\"change\": \"leave\", \"node\": \"b\"}");
        }
        return new ChangeRequest(asked, view).change(ring);
    }

    private RingChange change(Ring ring) throws Wrong {
        String kind = asked.path("change").asText();
        return switch (kind) {
            case "leave" -> new RingChange.Leave(member(ring, "node").id());
            case "remove" -> remove(ring);
            case "replace" -> new RingChange.Replace(dead(ring), stranger(ring));
            case "move" -> move(ring);
            case "abort" -> abort(ring);
            default -> throw new Wrong("'" + kind + "' is no change; there are leave, remove, replace, move and abort");
        };
    }

    private static RingChange abort(Ring ring) throws Wrong {
        Transition transition = ring.transition();
        if (transition == null) {
            throw new Wrong("no change of the ring is under way");
        }
        return new RingChange.Abort(transition.change().subject());
    }

    private RingChange remove(Ring ring) throws Wrong {
        Member member = member(ring, "node");
        if (isAlive(member.id()) && !asked.path("evenIfAlive").asBoolean()) {
            throw new Wrong("'" + member.name() + "' is alive: have it leave, which keeps all it holds; or insist with"
                    + " --even-if-alive");
        }
        return new RingChange.Remove(member.id());
    }

    private NodeId dead(Ring ring) throws Wrong {
        Member member = member(ring, "node");
        if (isAlive(member.id())) {
            throw new Wrong("'" + member.name() + "' is alive: only a dead member is replaced");
        }
        return member.id();
    }

    private RingChange move(Ring ring) throws Wrong {
        Member member = member(ring, "node");
        String zone = asked.path("zone").asText(member.zone());
        int weight = asked.path("weight").asInt(member.weight());
        if (zone.isBlank() || weight < 1 || weight > Member.MAX_WEIGHT) {
            throw new Wrong("a zone is not empty, and a weight is 1 to " + Member.MAX_WEIGHT);
        }
        return new RingChange.Move(member.id(), zone, weight);
    }

    private boolean isAlive(NodeId node) {
        return view.endpoints().stream()
                .anyMatch(endpoint -> endpoint.state().digest().node().equals(node)
                        && (endpoint.standing() == Standing.ALIVE || endpoint.standing() == Standing.SUSPECT));
    }

    private Member member(Ring ring, String field) throws Wrong {
        return named(field, ring.members(), "member");
    }

    private Member stranger(Ring ring) throws Wrong {
        List<Member> strangers = new ArrayList<>();
        for (EndpointView endpoint : view.endpoints()) {
            Member member = endpoint.state().attributes().member();
            if (ring.member(member.id()) == null) {
                strangers.add(member);
            }
        }
        return named("by", strangers, "known node that is no member");
    }

    private Member named(String field, List<Member> among, String kind) throws Wrong {
        String name = asked.path(field).asText();
        List<Member> found = new ArrayList<>();
        for (Member member : among) {
            if (member.name().equals(name)
                    || (name.length() >= 4 && member.id().toString().startsWith(name))) {
                found.add(member);
            }
        }
        if (found.size() == 1) {
            return found.get(0);
        }
        Set<String> names = new TreeSet<>();
        among.stream().limit(MOST_NAMED).forEach(member -> names.add(member.name()));
        throw new Wrong(
                "'" + name + "' is " + (found.isEmpty() ? "no " : "more than one ") + kind + "; there are " + names);
    }
}
