package io.murmur.node;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.murmur.antientropy.SyncShard;
import io.murmur.antientropy.SyncStatistics;
import io.murmur.gossip.EndpointView;
import io.murmur.handoff.HintShard;
import io.murmur.handoff.HintStatistics;
import io.murmur.handoff.HintedNode;
import io.murmur.handoff.Loss;
import io.murmur.kernel.Clock;
import io.murmur.kernel.Horizons;
import io.murmur.kernel.Rebuild;
import io.murmur.kernel.data.Cell;
import io.murmur.kernel.data.Digest;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.ring.Member;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.ring.Ring;
import io.murmur.storage.ReplicaStore;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What keeps owners equal, as JSON: {@code /hints}, {@code /anti-entropy}, {@code /partitions}, {@code /partitions/{p}}, {@code /keys/{cache}/{key}} and {@code
 * /repairs/{id}}. What a shard knows comes as a record, made on its loop; the pages are made of them anywhere.
 */
final class UpkeepJson {

    private final ObjectMapper json;
    private final NodeId self;
    private final String name;
    private final Clock clock;

    UpkeepJson(ObjectMapper json, NodeId self, String name, Clock clock) {
        this.json = json;
        this.self = self;
        this.name = name;
        this.clock = clock;
    }

    /** A constant as it is written on pages and in metrics. */
    static String word(Loss why) {
        return why.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static String nameOf(@Nullable Ring ring, NodeId node) {
        Member member = ring == null ? null : ring.member(node);
        return member == null ? node.toString() : member.name();
    }

    private static String moment(long wallMillis) {
        return Instant.ofEpochMilli(wallMillis).toString();
    }

    // ---- hints

    /** A shard's hints. */
    record HintsOfShard(HintStatistics counts, List<HintedNode> targets, Set<Integer> owed) {

        /** On the shard's loop; empty until they have been read back. */
        static Optional<HintsOfShard> of(Shard shard) {
            HintShard hints = shard.hints().opened();
            return hints == null
                    ? Optional.empty()
                    : Optional.of(new HintsOfShard(
                            hints.statistics(), hints.targets(), new TreeSet<>(hints.owedPartitions())));
        }
    }

    /** @param shards empty where the hints have not been read back yet */
    ObjectNode hints(@Nullable Ring ring, List<Optional<HintsOfShard>> shards) {
        ObjectNode page = json.createObjectNode();
        Map<NodeId, List<HintedNode>> byTarget = new TreeMap<>();
        List<HintStatistics> counts = new ArrayList<>();
        Set<Integer> owed = new TreeSet<>();
        int notRead = 0;
        for (Optional<HintsOfShard> read : shards) {
            if (read.isEmpty()) {
                notRead++;
                continue;
            }
            HintsOfShard shard = read.get();
            counts.add(shard.counts());
            owed.addAll(shard.owed());
            shard.targets()
                    .forEach(target -> byTarget.computeIfAbsent(target.node(), ignored -> new ArrayList<>())
                            .add(target));
        }
        page.put("node", name);
        page.put("shardsNotReadBack", notRead);
        page.put("hints", counts.stream().mapToLong(HintStatistics::held).sum());
        page.put("bytes", counts.stream().mapToLong(HintStatistics::heldBytes).sum());
        page.put(
                "diskBytes",
                counts.stream().mapToLong(HintStatistics::diskBytes).sum());
        page.put("inFlight", counts.stream().mapToLong(HintStatistics::inFlight).sum());
        ArrayNode targets = page.putArray("targets");
        byTarget.forEach((target, parts) -> target(targets.addObject(), ring, target, parts));
        ObjectNode since = page.putObject("sinceStart");
        since.put("kept", counts.stream().mapToLong(HintStatistics::kept).sum());
        since.put(
                "handedOver",
                counts.stream().mapToLong(HintStatistics::handedOver).sum());
        since.put(
                "redirected",
                counts.stream().mapToLong(HintStatistics::redirected).sum());
        since.put(
                "superseded",
                counts.stream().mapToLong(HintStatistics::superseded).sum());
        since.put(
                "refusals", counts.stream().mapToLong(HintStatistics::refusals).sum());
        since.put(
                "timeouts", counts.stream().mapToLong(HintStatistics::timeouts).sum());
        ObjectNode dropped = since.putObject("dropped");
        for (Loss why : Loss.values()) {
            dropped.put(
                    word(why), counts.stream().mapToLong(one -> one.lost(why)).sum());
        }
        owed.forEach(page.putArray("owedPartitions")::add);
        return page;
    }

    private void target(ObjectNode line, @Nullable Ring ring, NodeId target, List<HintedNode> parts) {
        line.put("name", nameOf(ring, target));
        line.put("id", target.toString());
        line.put("alive", parts.stream().allMatch(HintedNode::isAlive));
        line.put("hints", parts.stream().mapToLong(HintedNode::hints).sum());
        line.put("bytes", parts.stream().mapToLong(HintedNode::bytes).sum());
        line.put("inFlight", parts.stream().mapToInt(HintedNode::inFlight).sum());
        OptionalLong oldest = OptionalLong.empty();
        for (HintedNode part : parts) {
            Long millis = part.oldestMillis();
            if (millis != null) {
                oldest = OptionalLong.of(Math.min(millis, oldest.orElse(millis)));
            }
        }
        if (oldest.isPresent()) {
            line.put("oldest", moment(oldest.getAsLong()));
            line.put("oldestAgeSeconds", Math.max(0, clock.wallMillis() - oldest.getAsLong()) / 1e3);
        }
        line.put("handingOver", parts.stream().anyMatch(HintedNode::isBeingHandedOver));
        line.put(
                "bytesPerSecond",
                parts.stream().mapToLong(HintedNode::bytesPerSecond).sum());
    }

    // ---- anti-entropy

    /**
     * A shard's rounds.
     *
     * @param oldest the partition that has waited longest for a completed round; empty when this node owns none
     */
    record SyncOfShard(int shard, SyncStatistics counts, OptionalInt oldest) {

        /** On the shard's loop. */
        static SyncOfShard of(Shard shard) {
            SyncShard sync = shard.sync();
            return new SyncOfShard(shard.index, sync.statistics(), sync.longestUnsynced());
        }
    }

    ObjectNode antiEntropy(List<SyncOfShard> shards) {
        ObjectNode page = json.createObjectNode();
        page.put("node", name);
        describe(page, shards);
        ArrayNode lines = page.putArray("shards");
        for (SyncOfShard shard : shards) {
            ObjectNode line = lines.addObject();
            line.put("shard", shard.shard());
            describe(line, List.of(shard));
        }
        return page;
    }

    private static void describe(ObjectNode line, List<SyncOfShard> shards) {
        List<SyncStatistics> counts = shards.stream().map(SyncOfShard::counts).toList();
        SyncOfShard oldest = null;
        for (SyncOfShard shard : shards) {
            if (shard.oldest().isPresent()
                    && (oldest == null
                            || shard.counts().longestUnsyncedMillis()
                                    > oldest.counts().longestUnsyncedMillis())) {
                oldest = shard;
            }
        }
        if (oldest != null) {
            ObjectNode unsynced = line.putObject("oldestUnsynced");
            unsynced.put("partition", oldest.oldest().orElseThrow());
            unsynced.put("ageSeconds", oldest.counts().longestUnsyncedMillis() / 1e3);
        }
        line.put(
                "roundsUnderWay",
                counts.stream().mapToInt(SyncStatistics::rounds).sum());
        line.put("rebuilds", counts.stream().mapToInt(SyncStatistics::rebuilds).sum());
        line.put("catchUps", counts.stream().mapToInt(SyncStatistics::catchUps).sum());
        line.put("serving", counts.stream().mapToInt(SyncStatistics::serving).sum());
        line.put(
                "knownSlots",
                counts.stream().mapToInt(SyncStatistics::knownSlots).sum());
        ObjectNode since = line.putObject("sinceStart");
        since.put(
                "partitionsCompleted",
                counts.stream().mapToLong(SyncStatistics::partitionsCompleted).sum());
        since.put(
                "partitionsIncomplete",
                counts.stream().mapToLong(SyncStatistics::partitionsIncomplete).sum());
        since.put(
                "partitionsDiffering",
                counts.stream().mapToLong(SyncStatistics::partitionsDiffering).sum());
        since.put(
                "keysMendedByRounds",
                counts.stream().mapToLong(SyncStatistics::keysMendedByRounds).sum());
        since.put(
                "keysMendedHere",
                counts.stream().mapToLong(SyncStatistics::keysMended).sum());
        since.put(
                "entriesReceived",
                counts.stream().mapToLong(SyncStatistics::entriesReceived).sum());
        since.put(
                "entriesSent",
                counts.stream().mapToLong(SyncStatistics::entriesSent).sum());
        since.put(
                "entriesPushed",
                counts.stream().mapToLong(SyncStatistics::entriesPushed).sum());
        since.put(
                "entriesTaken",
                counts.stream().mapToLong(SyncStatistics::entriesTaken).sum());
        since.put(
                "keysBuried",
                counts.stream().mapToLong(SyncStatistics::keysBuried).sum());
        since.put(
                "bytesReceived",
                counts.stream().mapToLong(SyncStatistics::bytesReceived).sum());
        since.put(
                "bytesSent",
                counts.stream().mapToLong(SyncStatistics::bytesSent).sum());
        since.put(
                "bytesPushed",
                counts.stream().mapToLong(SyncStatistics::bytesPushed).sum());
    }

    // ---- a partition

    /**
     * What this node's shard knows of a partition.
     *
     * @param reachable of its owners, those to come included
     * @param leastHorizonMillis of its slots
     */
    record PartitionHere(
            Set<NodeId> reachable,
            OptionalLong millisSinceCompleted,
            long leastHorizonMillis,
            int damagedSlots,
            boolean isOwed) {

        /** On the shard's loop. */
        static PartitionHere of(Shard shard, ReplicaStore store, Ring ring, int partition) {
            Set<NodeId> reachable = new TreeSet<>();
            ring.participants().forEach(member -> {
                if (shard.links.isAlive(member.id())) {
                    reachable.add(member.id());
                }
            });
            Horizons horizons = store.horizons(shard.index);
            Rebuild rebuild = store.rebuild(shard.index);
            int first = ring.firstSlot(partition);
            long least = Long.MAX_VALUE;
            int damaged = 0;
            for (int slot = first; slot < first + ring.slotsPerPartition(); slot++) {
                least = Math.min(least, horizons.of(slot));
                damaged += rebuild.isDue(slot) ? 1 : 0;
            }
            HintShard hints = shard.hints().opened();
            return new PartitionHere(
                    reachable,
                    shard.sync().millisSinceCompleted(partition),
                    least,
                    damaged,
                    hints != null && hints.owedPartitions().contains(partition));
        }
    }

    ObjectNode partition(Ring ring, List<EndpointView> endpoints, int partition, int shard, PartitionHere here) {
        Map<NodeId, EndpointView> heard = new HashMap<>();
        endpoints.forEach(view -> heard.put(view.state().digest().node(), view));
        ObjectNode page = json.createObjectNode();
        page.put("partition", partition);
        page.put("firstSlot", ring.firstSlot(partition));
        page.put("lastSlot", ring.firstSlot(partition) + ring.slotsPerPartition() - 1);
        page.put("epoch", ring.epoch());
        page.put("sinceEpoch", ring.since(partition));
        page.put("moving", ring.isMoving(partition));
        owners(page.putArray("owners"), ring, ring.owners(partition), heard, here);
        if (ring.isMoving(partition)) {
            owners(page.putArray("nextOwners"), ring, ring.nextOwners(partition), heard, here);
        }
        page.put("node", name);
        page.put("shard", shard);
        boolean isOwner = ring.isOwner(self, partition, ring.replicas());
        page.put("ownedHere", isOwner);
        if (isOwner) {
            lastRound(page, here);
            page.put(
                    "purgeHorizon",
                    here.leastHorizonMillis() == Horizons.NONE ? null : moment(here.leastHorizonMillis()));
            page.put("damagedSlots", here.damagedSlots());
        }
        page.put("owedForHints", here.isOwed());
        return page;
    }

    /** Which of all partitions are told of. */
    enum Only {
        OWNED,
        MOVING,
        DAMAGED,
        OWED;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * A line for each partition.
     *
     * @param here by partition, of those that this node has to do with
     * @param only null for all
     */
    ObjectNode partitions(Ring ring, Map<Integer, PartitionHere> here, @Nullable Only only) {
        ObjectNode page = json.createObjectNode();
        page.put("node", name);
        page.put("epoch", ring.epoch());
        page.put("partitions", ring.partitions());
        page.put(
                "owned",
                IntStream.range(0, ring.partitions())
                        .filter(partition -> ring.isOwner(self, partition, ring.replicas()))
                        .count());
        page.put(
                "moving",
                IntStream.range(0, ring.partitions()).filter(ring::isMoving).count());
        ArrayNode lines = page.putArray("lines");
        for (int partition = 0; partition < ring.partitions(); partition++) {
            PartitionHere known = here.get(partition);
            boolean isOwner = ring.isOwner(self, partition, ring.replicas());
            boolean isTold = switch (only) {
                case null -> true;
                case OWNED -> isOwner;
                case MOVING -> ring.isMoving(partition);
                case DAMAGED -> known != null && known.damagedSlots() > 0;
                case OWED -> known != null && known.isOwed();
            };
            if (isTold) {
                summary(lines.addObject(), ring, partition, isOwner, known);
            }
        }
        return page;
    }

    private static void summary(
            ObjectNode line, Ring ring, int partition, boolean isOwner, @Nullable PartitionHere here) {
        line.put("partition", partition);
        ArrayNode owners = line.putArray("owners");
        ring.owners(partition).forEach(owner -> owners.add(nameOf(ring, owner)));
        if (ring.isMoving(partition)) {
            ArrayNode next = line.putArray("nextOwners");
            ring.nextOwners(partition).forEach(owner -> next.add(nameOf(ring, owner)));
        }
        line.put("ownedHere", isOwner);
        if (here != null) {
            if (isOwner) {
                lastRound(line, here);
            }
            line.put("damagedSlots", here.damagedSlots());
            line.put("owedForHints", here.isOwed());
        }
    }

    private static void lastRound(ObjectNode line, PartitionHere here) {
        if (here.millisSinceCompleted().isPresent()) {
            line.put("lastRoundAgeSeconds", here.millisSinceCompleted().getAsLong() / 1e3);
        } else {
            line.putNull("lastRoundAgeSeconds");
        }
    }

    private static void owners(
            ArrayNode lines, Ring ring, List<NodeId> owners, Map<NodeId, EndpointView> heard, PartitionHere here) {
        for (NodeId owner : owners) {
            ObjectNode line = lines.addObject();
            ClusterJson.describe(line, ring, owner, heard.get(owner));
            line.put("reachable", here.reachable().contains(owner));
        }
    }

    // ---- a key

    /**
     * Each owner's copy. One that is dead and past this node's horizon may be forgotten anywhere, so that holding nothing agrees with it.
     *
     * @param horizonMillis this node's for the key's slot
     */
    ObjectNode key(Key key, KeyCopies.Seen seen, long horizonMillis) {
        Cell newest = seen.newest();
        ObjectNode page = json.createObjectNode();
        page.put("cache", key.cache());
        page.put("key", new String(key.bytes(), StandardCharsets.UTF_8));
        page.put("slot", key.slot());
        page.put("partition", seen.partition());
        page.put("epoch", seen.ring().epoch());
        boolean allAgree = true;
        ArrayNode lines = json.createArrayNode();
        for (KeyCopies.Copy copy : seen.copies()) {
            ObjectNode line = lines.addObject();
            line.put("name", nameOf(seen.ring(), copy.owner()));
            line.put("id", copy.owner().toString());
            line.put("role", copy.isNext() ? "next owner" : "owner");
            switch (copy.answer()) {
                case KeyCopies.Answer.Nothing nothing -> {
                    line.put("answered", false);
                    line.put("why", nothing.why());
                    allAgree = false;
                }
                case KeyCopies.Answer.Holds holds -> {
                    line.put("answered", true);
                    describe(line, holds.cell());
                    boolean agrees = agrees(holds.cell(), newest, horizonMillis);
                    line.put("agrees", agrees);
                    allAgree &= agrees;
                }
            }
        }
        page.put("allAgree", allAgree);
        page.set("copies", lines);
        return page;
    }

    private static boolean agrees(@Nullable Cell cell, @Nullable Cell newest, long horizonMillis) {
        if (newest == null) {
            return true;
        }
        if (cell == null) {
            return Horizons.isPast(newest, horizonMillis);
        }
        return Digest.of(cell).equals(Digest.of(newest));
    }

    private void describe(ObjectNode line, @Nullable Cell cell) {
        switch (cell) {
            case null -> {
                line.put("kind", "none");
                return;
            }
            case Cell.Tombstone ignored -> line.put("kind", "tombstone");
            case Cell.Live live -> {
                line.put("kind", "value");
                line.put("bytes", live.value().length);
                if (live.expiresAtMillis() == Cell.NEVER) {
                    line.putNull("expires");
                } else {
                    line.put("expires", moment(live.expiresAtMillis()));
                    line.put("expired", live.expiresAtMillis() <= clock.wallMillis());
                }
            }
        }
        line.put("version", cell.version().toString());
        line.put("written", moment(cell.version().wallMillis()));
        line.put("coordinator", cell.version().node().toString());
        line.put("digest", String.format(Locale.ROOT, "%08x", Digest.of(cell).checksum()));
    }

    // ---- repairs

    ObjectNode repair(Repairs.Repair repair) {
        Repairs.Sum sum = repair.soFar();
        ObjectNode page = json.createObjectNode();
        page.put("node", name);
        page.put("id", repair.id());
        page.put("partitions", repair.partitions());
        page.put("done", sum.done());
        page.put("over", sum.done() >= repair.partitions());
        page.put("completed", sum.completed());
        page.put("differing", sum.differing());
        page.put("keysPulled", sum.keysPulled());
        page.put("keysPushed", sum.keysPushed());
        ArrayNode incomplete = page.putArray("incomplete");
        sum.incomplete().forEach((why, partitions) -> {
            ObjectNode line = incomplete.addObject();
            line.put("why", why);
            partitions.stream().sorted().forEach(line.putArray("partitions")::add);
        });
        return page;
    }
}
