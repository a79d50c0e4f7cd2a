package io.murmur.node;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.murmur.gossip.EndpointView;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.message.EndpointAttributes;
import io.murmur.kernel.message.EndpointLoad;
import io.murmur.kernel.ring.Member;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.ring.Ring;
import io.murmur.kernel.ring.RingChange;
import io.murmur.kernel.ring.RingSteps;
import io.murmur.kernel.ring.Transition;
import io.murmur.membership.CatchUpProgress;
import io.murmur.node.config.NodeConfiguration;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** The ring and the nodes as JSON: {@code /ring}, {@code /ring/{key}}, {@code /cluster} and {@code /gossip}. */
final class ClusterJson {

    /** All that {@link #state} says. */
    static final List<String> STATES = List.of("alive", "suspect", "unreachable", "dead", "stopped", "left");

    private final ObjectMapper json;
    private final NodeConfiguration configuration;
    private final NodeId self;

    ClusterJson(ObjectMapper json, NodeConfiguration configuration, NodeId self) {
        this.json = json;
        this.configuration = configuration;
        this.self = self;
    }

    ObjectNode ring(Ring ring) {
        ObjectNode page = json.createObjectNode();
        page.put("epoch", ring.epoch());
        page.put("partitions", ring.partitions());
        page.put("replicas", ring.replicas());
        page.set("voters", names(ring, ring.voters()));
        page.set("change", change(ring));
        ArrayNode members = page.putArray("members");
        Map<NodeId, Integer> owned = counted(ring, ring::owners);
        Map<NodeId, Integer> first = counted(ring, partition -> ring.owners(partition, 1));
        Map<NodeId, Integer> next = ring.transition() == null ? Map.of() : counted(ring, ring::nextOwners);
        for (Member member : ring.participants()) {
            ObjectNode line = members.addObject()
                    .put("id", member.id().toString())
                    .put("name", member.name())
                    .put("address", member.address())
                    .put("region", member.region())
                    .put("zone", member.zone())
                    .put("weight", member.weight())
                    .put("partitions", owned.getOrDefault(member.id(), 0))
                    .put("firstOwnerOf", first.getOrDefault(member.id(), 0));
            if (ring.transition() != null) {
                line.put("nextPartitions", next.getOrDefault(member.id(), 0));
            }
        }
        ArrayNode owners = page.putArray("owners");
        for (int partition = 0; partition < ring.partitions(); partition++) {
            owners.add(names(ring, ring.owners(partition)));
        }
        if (ring.transition() != null) {
            ArrayNode nextOwners = page.putArray("nextOwners");
            for (int partition = 0; partition < ring.partitions(); partition++) {
                nextOwners.add(names(ring, ring.nextOwners(partition)));
            }
        }
        return page;
    }

    private ArrayNode names(Ring ring, Collection<NodeId> nodes) {
        ArrayNode names = json.createArrayNode();
        nodes.forEach(node -> names.add(name(ring, node)));
        return names;
    }

    /**
     * Where a key is: its slot and partition, and who owns it, or is to, or stands in for owners that are away.
     *
     * @param replicas of the key's cache
     */
    ObjectNode place(Ring ring, List<EndpointView> endpoints, Key key, int replicas) {
        Map<NodeId, EndpointView> heard = new HashMap<>();
        endpoints.forEach(view -> heard.put(view.state().digest().node(), view));
        int partition = ring.partitionOf(key.slot());
        ObjectNode page = json.createObjectNode();
        page.put("cache", key.cache());
        page.put("key", new String(key.bytes(), StandardCharsets.UTF_8));
        page.put("slot", key.slot());
        page.put("partition", partition);
        page.put("epoch", ring.epoch());
        page.put("replicas", replicas);
        page.put("moving", ring.isMoving(partition));
        nodes(page.putArray("owners"), ring, ring.owners(partition, replicas), heard);
        if (ring.isMoving(partition)) {
            nodes(page.putArray("nextOwners"), ring, ring.nextOwners(partition, replicas), heard);
        }
        nodes(page.putArray("standIns"), ring, ring.standIns(partition, replicas), heard);
        return page;
    }

    /** Who they are and how they are, in this order. */
    private static void nodes(ArrayNode lines, Ring ring, List<NodeId> nodes, Map<NodeId, EndpointView> heard) {
        nodes.forEach(node -> describe(lines.addObject(), ring, node, heard.get(node)));
    }

    /** Who a node is and how it is. */
    static void describe(ObjectNode line, Ring ring, NodeId node, @Nullable EndpointView view) {
        line.put("name", name(ring, node));
        line.put("id", node.toString());
        Member member = ring.member(node);
        if (member != null) {
            line.put("region", member.region());
            line.put("zone", member.zone());
            line.put("address", member.address());
        }
        line.put("state", view == null ? "unheard of" : state(view));
    }

    private static String name(Ring ring, NodeId node) {
        Member member = ring.member(node);
        return member == null ? node.toString() : member.name();
    }

    private @Nullable ObjectNode change(@Nullable Ring ring) {
        Transition transition = ring == null ? null : ring.transition();
        if (ring == null || transition == null) {
            return null;
        }
        ObjectNode page = change(ring, transition.change());
        page.set("synced", names(ring, transition.synced()));
        page.set("behind", names(ring, RingSteps.behind(ring)));
        return page;
    }

    /** @param ring that knows those whom the change is about */
    ObjectNode change(Ring ring, RingChange change) {
        return json.createObjectNode()
                .put("what", RingSteps.describe(ring, change))
                .put("kind", change.getClass().getSimpleName())
                .put("subject", change.subject().toString());
    }

    /** For each node the number of partitions whose owners, of some kind, it is among. */
    private static Map<NodeId, Integer> counted(Ring ring, IntFunction<List<NodeId>> owners) {
        Map<NodeId, Integer> counted = new HashMap<>();
        for (int partition = 0; partition < ring.partitions(); partition++) {
            owners.apply(partition).forEach(owner -> counted.merge(owner, 1, Integer::sum));
        }
        return counted;
    }

    /** Everybody this node knows of: whom the ring names, and whom it has heard of besides. */
    ObjectNode cluster(Membership.View view) {
        Ring ring = view.ring();
        ObjectNode page = json.createObjectNode();
        page.put("cluster", configuration.cluster());
        page.put("node", configuration.name());
        page.put("epoch", ring == null ? 0 : ring.epoch());
        page.set("change", change(ring));
        page.set("lastChange", ended(view.ended()));
        Map<NodeId, Member> known = new LinkedHashMap<>();
        Map<NodeId, EndpointView> heard = new LinkedHashMap<>();
        if (ring != null) {
            ring.participants().forEach(member -> known.put(member.id(), member));
        }
        for (EndpointView endpoint : view.endpoints()) {
            Member member = endpoint.state().attributes().member();
            known.putIfAbsent(member.id(), member);
            heard.put(member.id(), endpoint);
        }
        Map<NodeId, Integer> owned = ring == null ? Map.of() : counted(ring, ring::owners);
        int ownerships = owned.values().stream().mapToInt(Integer::intValue).sum();
        ArrayNode nodes = page.putArray("nodes");
        for (Member member : known.values()) {
            ObjectNode line = nodes.addObject();
            describe(line, member, heard.get(member.id()));
            int partitions = owned.getOrDefault(member.id(), 0);
            line.put("role", role(ring, member.id()));
            line.put("partitions", partitions);
            line.put("share", ownerships == 0 ? 0 : (double) partitions / ownerships);
            line.put("votes", ring != null && ring.voters().contains(member.id()));
            catchUp(line, ring, member.id(), heard.get(member.id()), view.progress());
        }
        return page;
    }

    private @Nullable ObjectNode ended(@Nullable EndedChange ended) {
        return ended == null
                ? null
                : change(ended.ring(), ended.change())
                        .put("epoch", ended.epoch())
                        .put("done", ended.isDone());
    }

    /**
     * What a node has to catch up with the ring says; how far it is, while it is at it, it alone: of others that is what they said last, if
     * they knew of this change by then.
     */
    private void catchUp(
            ObjectNode line,
            @Nullable Ring ring,
            NodeId node,
            @Nullable EndpointView heard,
            @Nullable CatchUpProgress progress) {
        Transition transition = ring == null ? null : ring.transition();
        List<Integer> moving = ring == null ? List.of() : RingSteps.toCatchUp(ring, node);
        if (ring == null || transition == null || moving.isEmpty()) {
            return;
        }
        int inAll = moving.size();
        ObjectNode catchUp = line.putObject("catchUp");
        if (transition.synced().contains(node)) {
            catchUp.put("done", inAll);
        } else if (progress != null && node.equals(self)) {
            catchUp.put("done", progress.partitionsDone());
            catchUp.put("lastFailure", progress.lastFailure());
        } else if (heard != null && heard.state().digest().ringEpoch() >= ring.since(moving.get(0))) {
            catchUp.put(
                    "done", Math.min(inAll, heard.state().attributes().load().partitionsCaughtUp()));
        }
        catchUp.put("inAll", inAll);
    }

    private static void describe(ObjectNode line, Member member, @Nullable EndpointView view) {
        line.put("name", member.name());
        line.put("id", member.id().toString());
        line.put("address", member.address());
        line.put("region", member.region());
        line.put("zone", member.zone());
        line.put("weight", member.weight());
        if (view == null) {
            line.put("state", "unheard of");
            return;
        }
        EndpointAttributes attributes = view.state().attributes();
        line.put("state", state(view));
        line.put("http", attributes.httpPort() == 0 ? "" : member.host() + ":" + attributes.httpPort());
        line.put("resp", attributes.respPort() == 0 ? "" : member.host() + ":" + attributes.respPort());
        describe(line, attributes.load());
        line.put("phi", view.phi());
        line.put("epoch", view.state().digest().ringEpoch());
        line.put("release", attributes.release());
        line.put("sinceMillis", view.sinceMillis());
    }

    static void describe(ObjectNode line, EndpointLoad load) {
        line.put("loadBytes", load.storedBytes());
        line.put("requestsPerSecond", load.requestsPerSecond());
        line.put("p99Seconds", load.p99Micros() / 1e6);
        line.put("hintsHeld", load.hints());
    }

    static String state(EndpointView view) {
        return switch (view.standing()) {
            case ALIVE -> "alive";
            case SUSPECT -> "suspect";
            case UNREACHABLE -> "unreachable";
            case DEAD ->
                switch (view.state().attributes().status()) {
                    case LEFT -> "left";
                    case STOPPING -> "stopped";
                    case JOINING, UP, LEAVING -> "dead";
                };
        };
    }

    private static String role(@Nullable Ring ring, NodeId node) {
        if (ring == null || ring.member(node) == null) {
            return "none";
        }
        Transition transition = ring.transition();
        boolean isMember =
                ring.members().stream().anyMatch(member -> member.id().equals(node));
        boolean stays = transition == null
                || transition.members().stream().anyMatch(member -> member.id().equals(node));
        return isMember ? (stays ? "member" : "leaving") : "joining";
    }

    /** What rumour says, as it came. */
    ObjectNode gossip(List<EndpointView> endpoints) {
        ObjectNode page = json.createObjectNode();
        ArrayNode nodes = page.putArray("endpoints");
        for (EndpointView view : endpoints) {
            ObjectNode line = nodes.addObject();
            describe(line, view.state().attributes().member(), view);
            line.put("generation", view.state().digest().generation());
            line.put("heartbeat", view.state().digest().heartbeat());
            line.put("status", view.state().attributes().status().name());
        }
        return page;
    }
}
