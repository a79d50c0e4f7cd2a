package io.murmur.node;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.murmur.gossip.EndpointView;
import io.murmur.gossip.Standing;
import io.murmur.kernel.ring.Member;
import io.murmur.kernel.ring.Ring;
import io.murmur.kernel.ring.RingChange;
import io.murmur.kernel.ring.Transition;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * From what an operator posts to a change of the ring: nodes are named by name, id, or the beginning of an id. {@code {"change": "leave",
 * "node": "b"}}, and likewise remove (with {@code evenIfAlive}), replace (with {@code by}), move (with {@code zone}, {@code weight}) and
 * abort. What is not understood is refused, since what else it might have meant moves data. Pure.
 */
final class ChangeRequest {

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private static final int MOST_NAMED = 8;

    private final JsonNode asked;
    private final String kind;
    private final Membership.View view;
    private final Ring ring;

    private ChangeRequest(JsonNode asked, Membership.View view, Ring ring) {
        this.asked = asked;
        this.kind = asked.path("change").asText();
        this.view = view;
        this.ring = ring;
    }

    /** The request makes no sense; the message says what would. */
    static final class Wrong extends Exception {
        private static final long serialVersionUID = 1L;

        Wrong(String why) {
            super(why);
        }
    }

    /** @param ring the view's, which is there */
    static RingChange read(String json, Membership.View view, Ring ring) throws Wrong {
        JsonNode asked;
        try {
            asked = JSON.readTree(json);
        } catch (JsonProcessingException e) {
            JsonLocation at = e.getLocation();
            throw new Wrong("this is no JSON"
                    + (at == null ? "" : ", at line " + at.getLineNr() + ", column " + at.getColumnNr())
                    + "; a change is as {\"change\": \"leave\", \"node\": \"b\"}");
        }
        if (!asked.isObject()) {
            throw new Wrong("a change is an object, as {\"change\": \"leave\", \"node\": \"b\"}");
        }
        return new ChangeRequest(asked, view, ring).change();
    }

    private RingChange change() throws Wrong {
        return switch (kind) {
            case "leave" -> leave();
            case "remove" -> remove();
            case "replace" -> replace();
            case "move" -> move();
            case "abort" -> abort();
            default ->
                throw new Wrong((kind.isEmpty() ? "\"change\" is missing" : "'" + kind + "' is no change")
                        + "; there are leave, remove, replace, move and abort");
        };
    }

    private RingChange leave() throws Wrong {
        takes("node");
        Member member = member();
        if (view.standing(member.id()) == Standing.DEAD) {
            throw new Wrong("'" + member.name() + "' is dead and hands nothing over: 'remove' it, or 'replace' it");
        }
        return new RingChange.Leave(member.id());
    }

    private RingChange remove() throws Wrong {
        takes("node", "evenIfAlive");
        Member member = member();
        JsonNode insists = asked.path("evenIfAlive");
        if (!insists.isMissingNode() && !insists.isBoolean()) {
            throw new Wrong("\"evenIfAlive\" is true or false");
        }
        String sign = signOfLife(member);
        if (sign != null && !insists.asBoolean()) {
            throw new Wrong(sign + ": have it leave, which keeps all it holds; or insist with --even-if-alive"
                    + " (\"evenIfAlive\": true)");
        }
        return new RingChange.Remove(member.id());
    }

    private RingChange replace() throws Wrong {
        takes("node", "by");
        Member dead = member();
        String sign = signOfLife(dead);
        if (sign != null) {
            throw new Wrong(sign + ": only a dead member is replaced");
        }
        return new RingChange.Replace(dead.id(), stranger());
    }

    private RingChange move() throws Wrong {
        takes("node", "zone", "weight");
        Member member = member();
        if (!asked.has("zone") && !asked.has("weight")) {
            throw new Wrong("where to is missing: name a zone, a weight, or both");
        }
        String zone = asked.has("zone") ? text("zone", "the zone where it stands from now on") : member.zone();
        JsonNode weight = asked.path("weight");
        if (asked.has("weight")
                && !(weight.canConvertToInt()
                        && weight.isIntegralNumber()
                        && weight.intValue() >= 1
                        && weight.intValue() <= Member.MAX_WEIGHT)) {
            throw new Wrong("a weight is a whole number, 1 to " + Member.MAX_WEIGHT);
        }
        return new RingChange.Move(member.id(), zone, weight.asInt(member.weight()));
    }

    private RingChange abort() throws Wrong {
        takes();
        Transition transition = ring.transition();
        if (transition == null) {
            throw new Wrong("no change of the ring is under way");
        }
        return new RingChange.Abort(transition.change().subject());
    }

    /** A field that is not read may be one misspelt. */
    private void takes(String... fields) throws Wrong {
        Set<String> known = new TreeSet<>(List.of(fields));
        for (Iterator<String> names = asked.fieldNames(); names.hasNext(); ) {
            String name = names.next();
            if (!name.equals("change") && !known.contains(name)) {
                throw new Wrong("'" + kind + "' takes no \"" + name + "\""
                        + (known.isEmpty() ? "" : "; it takes " + String.join(", ", known)));
            }
        }
    }

    private String text(String field, String meaning) throws Wrong {
        JsonNode value = asked.path(field);
        if (!value.isTextual() || value.asText().isBlank()) {
            throw new Wrong("'" + kind + "' needs \"" + field + "\", a text: " + meaning);
        }
        return value.asText();
    }

    /** Why a member does not count as dead; null when it does, as does who has not been heard of for so long as one would be. */
    private @Nullable String signOfLife(Member member) {
        String name = "'" + member.name() + "'";
        return switch (view.standing(member.id())) {
            case ALIVE -> name + " is alive";
            case SUSPECT -> name + " is suspected but not known to be dead, which takes some seconds";
            case UNREACHABLE -> name + " is heard of, though this node cannot reach it";
            case DEAD -> null;
            case null ->
                view.isDead(member.id())
                        ? null
                        : name + " has not been heard of yet, but this node listens for "
                                + view.listening().toSeconds() + " s only, which says nothing before "
                                + Membership.View.TO_BE_HEARD.toSeconds() + " s";
        };
    }

    private Member member() throws Wrong {
        String name = text("node", "the name of a member, or its id");
        Transition transition = ring.transition();
        if (transition != null && found(name, ring.members()).isEmpty()) {
            for (Member joining : found(name, transition.members())) {
                throw new Wrong("'" + joining.name() + "' is no member yet, it joins: wait for the end of that, or give"
                        + " it up with 'abort'");
            }
        }
        return named(name, ring.members(), "member");
    }

    private Member stranger() throws Wrong {
        List<Member> strangers = new ArrayList<>();
        for (EndpointView endpoint : view.endpoints()) {
            Member member = endpoint.state().attributes().member();
            if (ring.member(member.id()) == null && endpoint.standing() != Standing.DEAD) {
                strangers.add(member);
            }
        }
        String name = text("by", "the name or id of a running node that is no member");
        return named(name, strangers, "running node that is no member");
    }

    private static List<Member> found(String name, List<Member> among) {
        return among.stream()
                .filter(member -> member.name().equals(name)
                        || (name.length() >= 4 && member.id().toString().startsWith(name)))
                .toList();
    }

    private static Member named(String name, List<Member> among, String kind) throws Wrong {
        List<Member> found = found(name, among);
        if (found.size() == 1) {
            return found.get(0);
        }
        Set<String> names = new TreeSet<>();
        if (found.isEmpty()) {
            among.forEach(member -> names.add(member.name()));
        } else {
            found.forEach(member -> names.add(member.id().abbreviated()));
        }
        String some = names.stream().limit(MOST_NAMED).collect(Collectors.joining(", "));
        throw new Wrong("'" + name + "' is " + (found.isEmpty() ? "no " : "more than one ") + kind
                + (names.isEmpty()
                        ? ", and there is none"
                        : "; there are " + some + (names.size() > MOST_NAMED ? " and more" : "")));
    }
}
