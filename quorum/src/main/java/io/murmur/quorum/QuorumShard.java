package io.murmur.quorum;

import io.murmur.kernel.Promises;
import io.murmur.kernel.Storage;
import io.murmur.kernel.data.HybridClock;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.data.Version;
import io.murmur.kernel.message.ClientReply;
import io.murmur.kernel.message.ClientRequest;
import io.murmur.kernel.message.PeerReply;
import io.murmur.kernel.message.PeerRequest;
import io.murmur.kernel.message.SyncReply;
import io.murmur.kernel.message.Trace;
import io.murmur.kernel.ring.NodeId;
import java.util.List;
import java.util.function.Consumer;

/**
 * A shard's replica and its coordinators, put together. All calls on the shard's thread; nothing blocks.
 */
public final class QuorumShard {

    private final ShardSeams seams;
    private final Ballots ballots;
    private final Replica replica;
    private final Coordinator coordinator;
    private final KeyLists keyLists;
    private final QuorumCounters counters = new QuorumCounters();

    /**
     * @param greatestReading the greatest version reading this node's storage has ever held or promised: stamps begin above it, wherever
     *     the wall clock stands after a restart
     * @param greatestPromise the greatest reading of a ballot that it has ever promised
     */
    public QuorumShard(ShardSeams seams, QuorumSettings settings, long greatestReading, long greatestPromise) {
        this.seams = seams;
        HybridClock hybridClock = new HybridClock(seams.self(), seams.clock(), settings.maxClockDrift());
        hybridClock.observe(new Version(greatestReading, seams.self()));
        this.ballots = new Ballots(hybridClock, seams.storage(), greatestPromise);
        this.replica = new Replica(seams, settings, hybridClock, ballots, counters);
        this.coordinator = new Coordinator(seams, settings, hybridClock, replica, counters);
        this.keyLists = new KeyLists(coordinator, seams, settings);
    }

    /** What this shard's replica has promised: for whoever moves cells between replicas. */
    public Promises promises() {
        return ballots;
    }

    /** A coordinator asks this shard's replica; the answer goes back through the network. */
    public void receive(NodeId from, PeerRequest request) {
        replica.handle(from, request, reply -> seams.network().send(from, reply));
    }

    /** An owner answers one of this shard's coordinators. */
    public void receive(NodeId from, PeerReply reply) {
        coordinator.receive(from, reply);
    }

    /** These are about to be read: see {@link Storage#expect}. */
    public void expect(List<Key> keys) {
        seams.storage().expect(keys);
    }

    /** Coordinates a client's call, of any keys, and replies exactly once; at once or later. */
    public void coordinate(ClientRequest request, Consumer<ClientReply> reply) {
        coordinator.coordinate(request, reply);
    }

    /**
     * Changes a key atomically, whatever else goes on with it anywhere, and answers exactly once; at once or later.
     *
     * @param deadlineNanos on the monotonic clock
     */
    public <R> void change(Key key, long deadlineNanos, Change<R> change, Consumer<ChangeOutcome<R>> then) {
        coordinator.change(key, deadlineNanos, change, then);
    }

    /** Lists some keys of a cache that hold a value, and answers exactly once; at once or later. */
    public void keys(KeysCall call, Consumer<KeysOutcome> then) {
        keyLists.list(call, then);
    }

    /** An owner answers; false when this is for somebody else. */
    public boolean receive(NodeId from, SyncReply reply) {
        return keyLists.receive(from, reply);
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
