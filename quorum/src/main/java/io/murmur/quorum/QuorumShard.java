package io.murmur.quorum;

import io.murmur.kernel.Level;
import io.murmur.kernel.data.Cell;
import io.murmur.kernel.data.HybridClock;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.data.Version;
import io.murmur.kernel.message.ClientReply;
import io.murmur.kernel.message.ClientReply.Result;
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
    private final Replica replica;
    private final Coordinator coordinator;
    private final KeyLists keyLists;
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
        this.keyLists = new KeyLists(coordinator, seams, settings);
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
     * Changes a key atomically, whatever else goes on with it anywhere, and answers exactly once; at once or later.
     *
     * @param deadlineNanos on the monotonic clock
     */
    public <R> void change(Key key, long deadlineNanos, Change<R> change, Consumer<ChangeOutcome<R>> then) {
        // INTERIM, not atomic: to be replaced by CASPaxos.
        coordinate(new ClientRequest.Get(0, 0, deadlineNanos, key, Level.QUORUM), read -> {
            Result found = ((ClientReply.One) read).result();
            if (!(found instanceof ClientReply.Value value)) {
                then.accept(new ChangeOutcome.Failed<>(((ClientReply.Failed) found).failure()));
                return;
            }
            long now = seams.clock().wallMillis();
            Change.Step<R> step = change.apply(value.cell(), now);
            switch (step) {
                case Change.Step.Keep<R> keep -> then.accept(new ChangeOutcome.Done<>(keep.answer(), value.seen()));
                case Change.Step.Put<R> put ->
                    coordinate(
                            new ClientRequest.Put(
                                    0,
                                    0,
                                    deadlineNanos,
                                    key,
                                    put.value(),
                                    put.expiresAtMillis() == Cell.NEVER
                                            ? ClientRequest.TTL_NONE
                                            : Math.max(1, put.expiresAtMillis() - now),
                                    Level.QUORUM),
                            reply -> then.accept(written(reply, put.answer())));
                case Change.Step.Remove<R> remove ->
                    coordinate(
                            new ClientRequest.Delete(0, 0, deadlineNanos, key, Level.QUORUM),
                            reply -> then.accept(written(reply, remove.answer())));
            }
        });
    }

    private static <R> ChangeOutcome<R> written(ClientReply reply, R answer) {
        return switch (((ClientReply.One) reply).result()) {
            case ClientReply.Written written -> new ChangeOutcome.Done<>(answer, written.version());
            case ClientReply.Failed failed -> new ChangeOutcome.Failed<>(failed.failure());
            case ClientReply.Value ignored -> throw new IllegalStateException("a value for a write");
        };
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
