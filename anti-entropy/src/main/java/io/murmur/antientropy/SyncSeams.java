package io.murmur.antientropy;

import io.murmur.kernel.Clock;
import io.murmur.kernel.Liveness;
import io.murmur.kernel.Network;
import io.murmur.kernel.RingSource;
import io.murmur.kernel.Storage;
import io.murmur.kernel.Timers;
import io.murmur.kernel.ring.NodeId;
import java.util.random.RandomGenerator;

/** The world as one shard's sync sees it. */
public record SyncSeams(
        NodeId self,
        Clock clock,
        Timers timers,
        Network network,
        OwnReplica replica,
        Liveness liveness,
        RandomGenerator random,
        RingSource ring) {

    Storage storage() {
        return replica.storage();
    }
}
