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
 * What keeps owners equal, as JSON: {@code /hints}, {@code /anti-entropy}, {@code /partitions}, {@code /partitions/{p}},
 * {@code /keys/{cache}/{key}} and {@code /repairs/{id}}. What a shard knows comes as a record, made on its loop; the pages are made of them
 * anywhere.
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
    static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** A node's name by the ring, or its id when the ring has none. */
    static String nameOf(@Nullable Ring ring, NodeId node) {
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
        Sums<HintStatistics> sums = new Sums<>(counts);
        page.put("hints", sums.of(HintStatistics::held));
        page.put("bytes", sums.of(HintStatistics::heldBytes));
        page.put("diskBytes", sums.of(HintStatistics::diskBytes));
        page.put("inFlight", sums.of(HintStatistics::inFlight));
        ArrayNode targets = page.putArray("targets");
        byTarget.forEach((target, parts) -> target(targets.addObject(), ring, target, parts));
        ObjectNode since = page.putObject("sinceStart");
        since.put("kept", sums.of(HintStatistics::kept));
        since.put("handedOver", sums.of(HintStatistics::handedOver));
        since.put("redirected", sums.of(HintStatistics::redirected));
        since.put("superseded", sums.of(HintStatistics::superseded));
        since.put("refusals", sums.of(HintStatistics::refusals));
        since.put("timeouts", sums.of(HintStatistics::timeouts));
        ObjectNode dropped = since.putObject("dropped");
        for (Loss why : Loss.values()) {
            dropped.put(word(why), sums.of(one -> one.lost(why)));
        }
        owed.forEach(page.putArray("owedPartitions")::add);
        return page;
    }

    private void target(ObjectNode line, @Nullable Ring ring, NodeId target, List<HintedNode> parts) {
        line.put("name", nameOf(ring, target));
        line.put("id", target.toString());
        Sums<HintedNode> sums = new Sums<>(parts);
        line.put("alive", parts.stream().allMatch(HintedNode::isAlive));
        line.put("hints", sums.of(HintedNode::hints));
        line.put("bytes", sums.of(HintedNode::bytes));
        line.put("inFlight", sums.of(HintedNode::inFlight));
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
        line.put("bytesPerSecond", sums.of(HintedNode::bytesPerSecond));
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
        Sums<SyncStatistics> sums =
                new Sums<>(shards.stream().map(SyncOfShard::counts).toList());
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
        line.put("roundsUnderWay", sums.of(SyncStatistics::rounds));
        line.put("rebuilds", sums.of(SyncStatistics::rebuilds));
        line.put("catchUps", sums.of(SyncStatistics::catchUps));
        line.put("serving", sums.of(SyncStatistics::serving));
        line.put("knownSlots", sums.of(SyncStatistics::knownSlots));
        ObjectNode since = line.putObject("sinceStart");
        since.put("partitionsCompleted", sums.of(SyncStatistics::partitionsCompleted));
        since.put("partitionsIncomplete", sums.of(SyncStatistics::partitionsIncomplete));
        since.put("partitionsDiffering", sums.of(SyncStatistics::partitionsDiffering));
        since.put("keysMendedByRounds", sums.of(SyncStatistics::keysMendedByRounds));
        since.put("keysMendedHere", sums.of(SyncStatistics::keysMended));
        since.put("entriesReceived", sums.of(SyncStatistics::entriesReceived));
        since.put("entriesSent", sums.of(SyncStatistics::entriesSent));
        since.put("entriesPushed", sums.of(SyncStatistics::entriesPushed));
        since.put("entriesTaken", sums.of(SyncStatistics::entriesTaken));
        since.put("keysBuried", sums.of(SyncStatistics::keysBuried));
        since.put("bytesReceived", sums.of(SyncStatistics::bytesReceived));
        since.put("bytesSent", sums.of(SyncStatistics::bytesSent));
        since.put("bytesPushed", sums.of(SyncStatistics::bytesPushed));
    }

    // ---- a partition

    /**
     * What this node's shard knows of a partition.
     *
     * @param leastHorizonMillis of its slots
     */
    record PartitionHere(OptionalLong millisSinceCompleted, long leastHorizonMillis, int damagedSlots, boolean isOwed) {

        /**
         * On the shard's loop.
         *
         * @param owed the shard's partitions that are, asked for once for all that are told of
         */
        static PartitionHere of(Shard shard, ReplicaStore store, Ring ring, int partition, Set<Integer> owed) {
            Horizons horizons = store.horizons(shard.index);
            Rebuild rebuild = store.rebuild(shard.index);
            int first = ring.firstSlot(partition);
            long least = Long.MAX_VALUE;
            int damaged = 0;
            for (int slot = first; slot < first + ring.slotsPerPartition(); slot++) {
                least = Math.min(least, horizons.of(slot));
                damaged += rebuild.isDue(slot) ? 1 : 0;
            }
            return new PartitionHere(
                    shard.sync().millisSinceCompleted(partition), least, damaged, owed.contains(partition));
        }

        /** On the shard's loop. */
        static Set<Integer> owed(Shard shard) {
            HintShard hints = shard.hints().opened();
            return hints == null ? Set.of() : hints.owedPartitions();
        }
    }

    /**
     * A partition that its shard is asked about alone.
     *
     * @param reachable the nodes that the shard has links to
     */
    record OnePartition(PartitionHere here, Set<NodeId> reachable) {

        /** On the shard's loop. */
        static OnePartition of(Shard shard, ReplicaStore store, Ring ring, int partition) {
            Set<NodeId> reachable = new TreeSet<>();
            ring.participants().forEach(member -> {
                if (shard.links.isAlive(member.id())) {
                    reachable.add(member.id());
                }
            });
            return new OnePartition(
                    PartitionHere.of(shard, store, ring, partition, PartitionHere.owed(shard)), reachable);
        }
    }

    ObjectNode partition(Ring ring, List<EndpointView> endpoints, int partition, int shard, OnePartition one) {
        PartitionHere here = one.here();
        Map<NodeId, EndpointView> heard = new HashMap<>();
        endpoints.forEach(view -> heard.put(view.state().digest().node(), view));
        ObjectNode page = json.createObjectNode();
        page.put("partition", partition);
        page.put("firstSlot", ring.firstSlot(partition));
        page.put("lastSlot", ring.firstSlot(partition) + ring.slotsPerPartition() - 1);
        page.put("epoch", ring.epoch());
        page.put("sinceEpoch", ring.since(partition));
        page.put("moving", ring.isMoving(partition));
        owners(page.putArray("owners"), ring, ring.owners(partition), heard, one);
        if (ring.isMoving(partition)) {
            owners(page.putArray("nextOwners"), ring, ring.nextOwners(partition), heard, one);
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
            ArrayNode lines, Ring ring, List<NodeId> owners, Map<NodeId, EndpointView> heard, OnePartition one) {
        for (NodeId owner : owners) {
            ObjectNode line = lines.addObject();
            ClusterJson.describe(line, ring, owner, heard.get(owner));
            line.put("reachable", one.reachable().contains(owner));
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
