package io.murmur.antientropy;

import io.murmur.kernel.message.SyncReply;
import io.murmur.kernel.message.SyncRequest;
import io.murmur.kernel.ring.NodeId;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * How a shard's partitions catch up with their owners, and how others catch up from this one: both sides, put together. All calls and
 * callbacks on the shard's thread; nothing blocks.
 */
public final class SyncShard {

    private final SyncCounters counters = new SyncCounters();
    private final SyncParts parts;
    private final SyncSource source;
    private final List<PartitionSync> running = new ArrayList<>();

    public SyncShard(SyncSeams seams, SyncSettings settings) {
        this(seams, settings, null);
    }

    /**
     * @param summaries what this shard's storage holds; null when it is to be scanned for it
     */
    SyncShard(SyncSeams seams, SyncSettings settings, @Nullable SlotSummaries summaries) {
        Backoff backoff = new Backoff(settings.shortestRetry(), settings.longestRetry(), seams.random());
        SteppedScan scan = new SteppedScan(seams.storage(), seams.timers());
        SlotSummaries known = summaries == null ? new ScannedSummaries(scan) : summaries;
        this.parts = new SyncParts(
                seams,
                settings,
                backoff,
                new Calls(seams, settings, backoff, counters),
                new Intake(seams.storage(), seams.timers(), backoff),
                scan,
                known);
        this.source = new SyncSource(seams, settings, known, scan, counters);
    }

    /** A node catches up from this one. The answer goes back through the network, or never, when its deadline passes first. */
    public void receive(NodeId from, SyncRequest request) {
        source.receive(from, request);
    }

    /** A source answers. */
    public void receive(NodeId from, SyncReply reply) {
        parts.calls().receive(from, reply);
    }

    /** The ring this shard sees is another. Whatever was begun for a partition that has changed fails. */
    public void ringChanged() {
        List.copyOf(running).forEach(PartitionSync::goesOn);
        source.ringChanged();
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

    /** A snapshot of the counts, to be taken on the shard's thread. */
    public SyncStatistics statistics() {
        return counters.snapshot(source.serving(), running.size());
    }

    /** Questions whose answers are waited for: none is left behind by any end of a catching up. */
    int callsWaiting() {
        return parts.calls().waiting();
    }
}
