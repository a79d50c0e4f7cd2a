package io.murmur.node;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.murmur.kernel.message.EndpointLoad;
import io.murmur.kernel.ring.Member;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.ring.Ring;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the picture is drawn from: the {@link #ring}, told once, and the {@link #state}, told each second, the first time whole and then
 * {@link #news}. Pure.
 */
final class PictureFeed {

    /** Of a node: what moves with the clock alone, and tells nothing new. */
    private static final List<String> FLEETING = List.of("phi", "sinceMillis");

    private final ObjectMapper json;
    private final ClusterJson cluster;
    private final UpkeepJson upkeep;
    private final NodeId self;
    private final Collection<String> caches;

    /** @param caches their names, in the order in which they are offered */
    PictureFeed(ObjectMapper json, ClusterJson cluster, UpkeepJson upkeep, NodeId self, Collection<String> caches) {
        this.json = json;
        this.cluster = cluster;
        this.upkeep = upkeep;
        this.self = self;
        this.caches = List.copyOf(caches);
    }

    /** A shard's part of it. */
    record OfShard(Optional<UpkeepJson.HintsOfShard> hints, UpkeepJson.SyncOfShard sync) {

        /** On the shard's loop. */
        static OfShard of(Shard shard) {
            return new OfShard(UpkeepJson.HintsOfShard.of(shard), UpkeepJson.SyncOfShard.of(shard));
        }
    }

    /**
     * All that is known at a moment.
     *
     * @param atMillis of the wall clock
     * @param awaited what this node is not ready for yet; null when it serves
     * @param load this node's own, newer than it is gossiped; null when it was not measured
     */
    record Moment(
            long atMillis,
            Membership.View view,
            @Nullable String awaited,
            @Nullable EndpointLoad load,
            List<OfShard> shards) {}

    /** Owners are told as places in the list of members, which makes a ring of 1024 partitions one of 10 KB. */
    ObjectNode ring(Ring ring) {
        ObjectNode page = json.createObjectNode();
        page.put("epoch", ring.epoch());
        page.put("partitions", ring.partitions());
        page.put("slotsPerPartition", ring.slotsPerPartition());
        page.put("replicas", ring.replicas());
        Map<NodeId, Integer> places = new HashMap<>();
        ArrayNode members = page.putArray("members");
        for (Member member : ring.participants()) {
            places.put(member.id(), places.size());
            members.addObject()
                    .put("id", member.id().toString())
                    .put("name", member.name())
                    .put("region", member.region())
                    .put("zone", member.zone());
        }
        ArrayNode owners = page.putArray("owners");
        ObjectNode next = page.putObject("nextOwners");
        for (int partition = 0; partition < ring.partitions(); partition++) {
            places(owners.addArray(), ring.owners(partition), places);
            if (ring.isMoving(partition)) {
                places(next.putArray(Integer.toString(partition)), ring.nextOwners(partition), places);
            }
        }
        return page;
    }

    private static void places(ArrayNode line, List<NodeId> nodes, Map<NodeId, Integer> places) {
        nodes.forEach(node -> line.add(places.get(node)));
    }

    /** As {@code /cluster} has it, with what this node does and waits for beside it. */
    ObjectNode state(Moment moment) {
        ObjectNode page = cluster.cluster(moment.view());
        Ring ring = moment.view().ring();
        page.put("at", moment.atMillis());
        page.put("self", self.toString());
        page.put("awaited", moment.awaited());
        caches.forEach(page.putArray("caches")::add);
        ObjectNode hints =
                upkeep.hints(ring, moment.shards().stream().map(OfShard::hints).toList());
        page.set("hints", hints);
        page.set(
                "sync",
                upkeep.antiEntropy(moment.shards().stream().map(OfShard::sync).toList())
                        .without(List.of("node", "shards")));
        Map<String, JsonNode> hinted = new HashMap<>();
        hints.path("targets").forEach(target -> hinted.put(target.path("id").asText(), target));
        for (JsonNode each : page.path("nodes")) {
            ObjectNode line = (ObjectNode) each;
            String id = line.path("id").asText();
            EndpointLoad own = moment.load();
            if (own != null && id.equals(self.toString())) {
                ClusterJson.describe(line, own);
            }
            line.put(
                    "hintsHere",
                    hinted.containsKey(id) ? hinted.get(id).path("hints").asLong() : 0);
        }
        return page;
    }

    /**
     * What is to be told to one who knows a former state: everything but the nodes that are as they were, with {@code gone} naming those that
     * are no more.
     */
    ObjectNode news(ObjectNode former, ObjectNode now) {
        Map<String, JsonNode> before = new HashMap<>();
        former.path("nodes").forEach(line -> before.put(line.path("id").asText(), line));
        ObjectNode news = now.deepCopy();
        ArrayNode nodes = news.putArray("nodes");
        for (JsonNode line : now.path("nodes")) {
            JsonNode known = before.remove(line.path("id").asText());
            if (known == null || !lasting(line).equals(lasting(known))) {
                nodes.add(line);
            }
        }
        before.keySet().forEach(news.putArray("gone")::add);
        return news;
    }

    private static JsonNode lasting(JsonNode line) {
        return ((ObjectNode) line.deepCopy()).without(FLEETING);
    }
}
