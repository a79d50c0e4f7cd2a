package io.murmur.node;

import io.murmur.handoff.HintShard;
import io.murmur.kernel.Clock;
import io.murmur.kernel.message.EndpointLoad;
import io.murmur.storage.ReplicaStore;
import io.murmur.storage.StoreCounters;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Measures how busy this node has been since it was measured last. For one who measures, one measurement at a time. */
final class LoadMeter {

    private final List<Shard> shards;
    private final ReplicaStore store;
    private final Clock clock;
    private Latencies former = new Latencies();
    private long formerNanos;

    LoadMeter(List<Shard> shards, ReplicaStore store, Clock clock) {
        this.shards = shards;
        this.store = store;
        this.clock = clock;
        this.formerNanos = clock.monotonicNanos();
    }

    /** On a shard's loop. */
    private record OfShard(Latencies latencies, long hints) {
        static OfShard of(Shard shard) {
            HintShard hints = shard.hints().opened();
            return new OfShard(
                    shard.latencies.snapshot(),
                    hints == null ? 0 : hints.statistics().held());
        }
    }

    /** Completes on a shard's loop; what has been caught up with is left to others to say. */
    CompletableFuture<EndpointLoad> measure() {
        return Shard.askEach(shards, OfShard::of).thenApply(this::load);
    }

    private synchronized EndpointLoad load(List<OfShard> parts) {
        Latencies all = new Latencies();
        parts.forEach(part -> all.add(part.latencies()));
        long now = clock.monotonicNanos();
        StoreCounters stored = store.counters();
        EndpointLoad load = load(
                all.since(former),
                now - formerNanos,
                stored.tableBytes.get() + stored.memoryTableBytes.get(),
                parts.stream().mapToLong(OfShard::hints).sum());
        former = all;
        formerNanos = now;
        return load;
    }

    /** @param lately the calls of so many nanoseconds */
    static EndpointLoad load(Latencies lately, long nanos, long storedBytes, long hints) {
        long perSecond = nanos <= 0 ? 0 : Math.round(lately.requests() * 1e9 / nanos);
        return new EndpointLoad(storedBytes, perSecond, lately.quantileMicros(0.99), hints, 0);
    }
}
