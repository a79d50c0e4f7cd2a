package io.murmur.quorum;

import io.murmur.kernel.data.HybridClock;
import io.murmur.kernel.data.Version;
import io.murmur.kernel.message.ClientReply;
import io.murmur.kernel.message.ClientRequest;
import io.murmur.kernel.message.PeerReply;
import io.murmur.kernel.message.PeerRequest;
import io.murmur.kernel.message.Trace;
import io.murmur.kernel.ring.NodeId;
import java.util.List;
import java.util.function.Consumer;

/**
 * A shard's replica and its coordinators, put together. All calls on the shard's thread; nothing blocks.
 */
public final class QuorumShard {

    private final ShardSeams seams;
    private final Replica replica;
    private final Coordinator coordinator;
    private final QuorumCounters counters = new QuorumCounters();

    /**
     * @param greatestReading the greatest version reading this node's storage has ever held: stamps begin above it, wherever the wall
     *     clock stands after a restart
     */
    public QuorumShard(ShardSeams seams, QuorumSettings settings, long greatestReading) {
        this.seams = seams;
        HybridClock hybridClock = new HybridClock(seams.self(), seams.clock(), settings.maxClockDrift());
        hybridClock.observe(new Version(greatestReading, seams.self()));
        this.replica = new Replica(seams, settings, hybridClock, counters);
        this.coordinator = new Coordinator(seams, settings, hybridClock, replica, counters);
    }

    /** A coordinator asks this shard's replica; the answer goes back through the network. */
    public void receive(NodeId from, PeerRequest request) {
        replica.handle(from, request, reply -> seams.network().send(from, reply));
    }

    /** An owner answers one of this shard's coordinators. */
    public void receive(NodeId from, PeerReply reply) {
        coordinator.receive(from, reply);
    }

    /** Coordinates a client's call, of any keys, and replies exactly once; at once or later. */
    public void coordinate(ClientRequest request, Consumer<ClientReply> reply) {
        coordinator.coordinate(request, reply);
    }

    /**
     * A ring has been adopted, the first or a newer one: {@link ShardSeams#ring} returns it by now. Requests that waited for it are served
     * or refused, and calls that were routed by a former one are routed again.
     */
    public void ringChanged() {
        replica.ringChanged();
        coordinator.ringChanged();
    }

    /** Calls on their way; 0 when a stopping node has drained. */
    public int pendingCalls() {
        return coordinator.pendingCalls();
    }

    /**
     * This node is about to stop: the owners that have not answered yet, though their writes have, are waited for no longer, and hints are kept
     * for them. To be called once all calls have drained, and before the hints stop.
     */
    public void giveUpLateOwners() {
        coordinator.lateAcknowledgements.giveUpAll();
    }

    /**
     * Calls on their way, those that began first first, as far as they have come. Each key of a call of several keys is one.
     *
     * @param most of them
     */
    public List<Trace> underway(int most) {
        return coordinator.underway(most);
    }

    /** The last calls, at most 100, that took {@link QuorumSettings#slowThreshold} or longer; the latest first. */
    public List<Trace> slow() {
        return coordinator.slow();
    }

    int roundsAwaited() {
        return coordinator.roundsAwaited();
    }

    /** A snapshot of the counts, to be taken on the shard's thread. */
    public QuorumStatistics statistics() {
        return counters.snapshot(coordinator.pendingCalls());
    }
}
