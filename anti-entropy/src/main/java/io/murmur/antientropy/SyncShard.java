package io.murmur.antientropy;

import io.murmur.kernel.message.SyncReply;
import io.murmur.kernel.message.SyncReply.SlotDigest;
import io.murmur.kernel.message.SyncRequest;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.ring.Ring;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * How a shard's partitions become equal to those of their other owners, and stay so: rounds among the owners, catching up with what a node
 * is to own, rebuilding what is damaged; and the other side of each. All calls and callbacks on the shard's thread; nothing blocks.
 */
public final class SyncShard {

    private final SyncCounters counters = new SyncCounters();
    private final KeptSummaries kept;
    private final SyncParts parts;
    private final SyncSource source;
    private final Rounds rounds;
    private final Rebuilds rebuilds;
    private final List<PartitionSync> running = new ArrayList<>();

    /**
     * To be made before the shard's storage is called.
     *
     * @param listener hears of rounds
     */
    public SyncShard(SyncSeams seams, SyncSettings settings, RoundListener listener) {
        Backoff backoff = new Backoff(settings.shortestRetry(), settings.longestRetry(), seams.random());
        CacheReplicas replicas = new CacheReplicas(settings.replicas());
        SteppedScan ownScan = new SteppedScan(seams.replica()::scan, seams.timers());
        SteppedScan wholeScan = new SteppedScan(seams.storage()::scan, seams.timers());
        this.kept = new KeptSummaries(wholeScan, replicas);
        this.parts = new SyncParts(
                seams,
                settings,
                replicas,
                backoff,
                new Calls(seams, settings, backoff, counters),
                new Intake(seams.replica()::join, seams.timers(), backoff),
                new Intake(seams.replica()::joinAnyAge, seams.timers(), backoff),
                ownScan,
                kept,
                new ScannedSummaries(ownScan, replicas),
                counters);
        this.rounds = new Rounds(parts, listener);
        this.source = new SyncSource(parts, wholeScan, rounds, counters);
        this.rebuilds = new Rebuilds(parts, this::catchUp);
        seams.replica().observation().accept(kept);
    }

    /** Begins to see to rounds and rebuilding. Once, when the first ring is there. */
    public void start() {
        rebuilds.start();
        rounds.start();
    }

    /** Another node asks. The answer goes back through the network, or never, when its deadline passes first. */
    public void receive(NodeId from, SyncRequest request) {
        source.receive(from, request);
    }

    /** Another node answers. */
    public void receive(NodeId from, SyncReply reply) {
        parts.calls().receive(from, reply);
    }

    /** The ring this shard sees is another. Whatever was begun for a partition that has changed fails. */
    public void ringChanged() {
        List.copyOf(running).forEach(PartitionSync::goesOn);
        source.ringChanged();
        rounds.ringChanged();
        rebuilds.beginIfDue();
    }

    /**
     * Catches up with one of this shard's partitions, as the current ring has it. Goes on until all owners that are alive have been read
     * and they are enough, however long that takes. Cheap when there is nothing to do: so whoever does not know whether it has been done
     * does it again.
     *
     * @param partition one this node owns, or is to own; otherwise it fails
     * @param then called once, after this has returned, unless cancelled first
     */
    public CatchUp catchUp(int partition, Consumer<CatchUp.Outcome> then) {
        PartitionSync sync = new PartitionSync(parts, partition, counters.part(), then, running::remove);
        running.add(sync);
        sync.begin();
        return sync;
    }

    /**
     * Compares partitions of this shard among their owners, and mends what differs, at once instead of when it is their turn.
     *
     * @param partitions what this node does not own is incomplete at once
     * @param then called once with the sum
     */
    public void repair(Collection<Integer> partitions, Consumer<RoundOutcome> then) {
        rounds.ask(partitions, then);
    }

    /**
     * What this replica holds of some partitions, in digests, of the caches that have as many replicas as the ring, which all owners own: two
     * owners with equal digests hold the same. Of what is damaged there is none.
     *
     * @param then called once
     */
    public void digests(Collection<Integer> partitions, Consumer<Map<Integer, SlotDigest>> then) {
        digests(List.copyOf(partitions), 0, new TreeMap<>(), then);
    }

    private void digests(
            List<Integer> partitions,
            int next,
            Map<Integer, SlotDigest> found,
            Consumer<Map<Integer, SlotDigest>> then) {
        if (next == partitions.size()) {
            then.accept(found);
            return;
        }
        int partition = partitions.get(next);
        Ring ring = parts.seams().ring().current();
        int first = ring.firstSlot(partition);
        kept.of(first, first + ring.slotsPerPartition() - 1, ring.replicas(), () -> true, summary -> {
            if (summary instanceof SlotSummaries.Summary.Are are) {
                found.put(partition, are.root());
            }
            parts.seams().timers().after(Duration.ZERO, () -> digests(partitions, next + 1, found, then));
        });
    }

    /** An owner of this partition has missed something: a round is due soon. Without effect unless this node is an owner, too. */
    public void owed(int partition) {
        rounds.owed(partition);
    }

    /** How long ago a round among all owners of a partition was completed; empty when none was since this node started, or has owned it. */
    public OptionalLong millisSinceCompleted(int partition) {
        return rounds.millisSinceCompleted(partition);
    }

    /** The partition that has waited longest for a completed round; empty when this node owns none of this shard. */
    public OptionalInt longestUnsynced() {
        return rounds.longestUnsynced();
    }

    /** A snapshot of the counts, to be taken on the shard's thread. */
    public SyncStatistics statistics() {
        return counters.snapshot(
                source.serving(),
                running.size(),
                rounds.isRunning() ? 1 : 0,
                rebuilds.running(),
                kept.knownSlots(),
                rounds.longestUnsyncedMillis());
    }

    /** Questions whose answers are waited for: none is left behind by any end of a catching up. */
    int callsWaiting() {
        return parts.calls().waiting();
    }
}
