package io.murmur.benchmarks.scale;

import io.murmur.kernel.ring.Member;
import io.murmur.kernel.ring.Ring;
import io.murmur.kernel.ring.RingChange;
import io.murmur.kernel.ring.RingSteps;
import io.murmur.kernel.ring.Slots;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * All that is found for one size.
 *
 * @param connectionHeap of all connections with other nodes, as far as it is Murmur's own
 * @param treeBytes digests of slots in all shards of a node
 * @param foundMillis to plan the first ring
 * @param planMillis to plan a join, at whoever proposes it
 * @param readMillis to read a ring from the wire, at everybody
 * @param behindMillis to find who has to catch up with a joint ring, at everybody
 */
record Costs(
        int nodes,
        Spread spread,
        RingWeight ring,
        JoinCost join,
        GossipCost gossip,
        Sockets sockets,
        long connectionHeap,
        CallCost put,
        CallCost get,
        long treeBytes,
        double foundMillis,
        double planMillis,
        double readMillis,
        double behindMillis) {

    /** As {@code HashTree} keeps them: of each slot of the ring, be it owned or not, for each number of replicas that caches have. */
    private static final int LONGS_OF_SLOT = 4;

    static Costs of(int nodes, int partitions, int replicas, int shards, ConnectionHeap each) throws Exception {
        Ring ring = PaperCluster.ring(nodes, partitions, replicas);
        Member joiner = PaperCluster.member(nodes);
        Ring joint = RingSteps.begin(ring, new RingChange.Join(joiner));
        Sockets sockets = Sockets.of(nodes, shards);
        byte[] encoded = RingWeight.encode(joint);
        return new Costs(
                nodes,
                Spread.of(ring, shards),
                RingWeight.of(ring),
                JoinCost.of(ring, joiner),
                GossipCost.of(nodes),
                sockets,
                each.of(sockets),
                CallCost.ofPut(ring),
                CallCost.ofGet(ring),
                (long) shards * Slots.COUNT * LONGS_OF_SLOT * Long.BYTES,
                Took.millis(() -> PaperCluster.ring(nodes, partitions, replicas)),
                Took.millis(() -> RingSteps.begin(ring, new RingChange.Join(joiner))),
                Took.millis(() -> RingWeight.decode(encoded)),
                Took.millis(() -> RingSteps.behind(joint)));
    }

    /** Of a second of the control loop, for listing all nodes whenever the load of one of them has changed. */
    double viewShare() {
        return gossip.statesPerSecond() * gossip.viewMillis() / 1e3;
    }

    Map<String, Object> facts() {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("benchmark", "scale");
        facts.put("nodes", nodes);
        facts.put("partitions.least", spread.leastPartitions());
        facts.put("partitions.mean", spread.meanPartitions());
        facts.put("partitions.most", spread.mostPartitions());
        facts.put("busyShards.least", spread.leastBusyShards());
        facts.put("coOwners.mean", spread.meanCoOwners());
        facts.put("coOwners.most", spread.mostCoOwners());
        facts.put("ring.bytes", ring.encoded());
        facts.put("ring.heapBytes", ring.heap());
        facts.put("ring.foundMillis", foundMillis);
        facts.put("ring.planMillis", planMillis);
        facts.put("ring.readMillis", readMillis);
        facts.put("ring.behindMillis", behindMillis);
        facts.put("join.rings", join.rings());
        facts.put("join.emptyRings", join.emptyRings());
        facts.put("join.voters", join.voters());
        facts.put("join.moved", join.moved());
        facts.put("join.due", join.due());
        facts.put("join.ringBytes", join.ringBytes());
        facts.put("join.decideBytes", join.decideBytes());
        facts.put("join.tellBytes", join.tellBytes());
        facts.put("join.tellOnceBytes", join.tellOnceBytes());
        facts.put("join.bytesOfClient", join.bytesOfClient());
        facts.put("gossip.synBytes", gossip.synBytes());
        facts.put("gossip.ackBytes", gossip.ackBytes());
        facts.put("gossip.named", gossip.named());
        facts.put("gossip.stateBytes", gossip.stateBytes());
        facts.put("gossip.statesPerSecond", gossip.statesPerSecond());
        facts.put("gossip.bytesPerSecondAtRest", gossip.bytesPerSecondAtRest());
        facts.put("gossip.bytesPerSecond", gossip.bytesPerSecond());
        facts.put("gossip.heapBytes", gossip.heapBytes());
        facts.put("gossip.viewMillis", gossip.viewMillis());
        facts.put("sockets.betweenNodes", sockets.betweenNodes());
        facts.put("sockets.ofClient", sockets.ofClient());
        facts.put("sockets.heapBytes", connectionHeap);
        facts.put("trees.bytes", treeBytes);
        facts.put("put.messages", put.messages());
        facts.put("put.bytes", put.bytes());
        facts.put("get.messages", get.messages());
        facts.put("get.bytes", get.bytes());
        return facts;
    }
}
