package io.murmur.node.simulation;

import io.murmur.kernel.Storage;
import io.murmur.kernel.message.ClientRequest;
import io.murmur.kernel.message.Message;
import io.murmur.kernel.message.PeerReply;
import io.murmur.kernel.message.PeerRequest;
import io.murmur.kernel.ring.NodeId;
import io.murmur.quorum.QuorumSettings;
import io.murmur.quorum.QuorumShard;
import io.murmur.quorum.ShardSeams;
import io.murmur.simulation.ClusterScenario;
import io.murmur.simulation.NodeSeams;
import io.murmur.simulation.ProcessFactory;
import io.murmur.simulation.SimulatedProcess;
import io.murmur.storage.ReplicaStore;
import io.murmur.storage.StoreSettings;
import io.murmur.storage.StoreThreads;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** A node of one shard, as {@code io.murmur.node.Node} assembles it, on simulated seams. */
final class MurmurProcess implements SimulatedProcess {

    /** So small that a run of a few hundred writes sees many segments, flushes and merges. */
    private static final int FEW_BYTES = 4_000;

    private final NodeSeams seams;
    private final PlantedBug bug;
    private final QuorumShard shard;

    private MurmurProcess(NodeSeams given, PlantedBug bug) throws IOException {
        this.bug = bug;
        this.seams = bug.inSeams(given, this);
        ReplicaStore store = ReplicaStore.open(
                settings(),
                seams.disk(),
                seams.clock(),
                new StoreThreads(seams.log(), seams.background(), List.of(seams.shard()), seams.timers()),
                seams.fatal());
        if (!store.damage().isEmpty()) {
            throw new IllegalStateException("no file is ever damaged here, yet the store says: " + store.damage());
        }
        Storage storage = bug.inStorage(store.shard(0));
        this.shard = new QuorumShard(
                new ShardSeams(
                        seams.id(),
                        seams.clock(),
                        seams.timers(),
                        seams.network(),
                        storage,
                        seams.liveness(),
                        seams.random(),
                        seams.ring()),
                QuorumSettings.of(Map.of(ClusterScenario.CACHE.name(), ClusterScenario.CACHE), 0),
                store.greatestReading());
    }

    static ProcessFactory with(PlantedBug bug) {
        return seams -> new MurmurProcess(seams, bug);
    }

    private static StoreSettings settings() {
        StoreSettings usual = StoreSettings.of(1, slot -> 0);
        return new StoreSettings(
                1,
                usual.shardOfSlot(),
                FEW_BYTES,
                usual.hotBytes(),
                FEW_BYTES,
                4,
                usual.syncInterval(),
                usual.maxPendingBytes(),
                usual.freeDiskFloor());
    }

    @Override
    public void receive(NodeId from, Message message) {
        switch (message) {
            case PeerRequest request -> shard.receive(from, request);
            case PeerReply reply -> shard.receive(from, reply);
            case ClientRequest request ->
                shard.coordinate(
                        bug.inRequest(request, seams), reply -> seams.network().send(from, reply));
            default -> throw new IllegalStateException("nobody sends this here: " + message);
        }
    }
}
