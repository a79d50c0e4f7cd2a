package io.murmur.quorum;

import io.murmur.kernel.Clock;
import io.murmur.kernel.Hints;
import io.murmur.kernel.Liveness;
import io.murmur.kernel.Network;
import io.murmur.kernel.RingSource;
import io.murmur.kernel.Storage;
import io.murmur.kernel.Timers;
import io.murmur.kernel.ring.NodeId;
import java.util.random.RandomGenerator;

/**
 * The world as one shard sees it.
 *
 * @param ring never goes back; {@link QuorumShard#ringChanged} is to be called when it has gone on
 * @param hints keeps what owners miss that are away
 */
public record ShardSeams(
        NodeId self,
        Clock clock,
        Timers timers,
        Network network,
        Storage storage,
        Liveness liveness,
        RandomGenerator random,
        RingSource ring,
        Hints hints) {}
