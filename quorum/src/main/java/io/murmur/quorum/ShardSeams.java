package io.murmur.quorum;

import io.murmur.kernel.Clock;
import io.murmur.kernel.Liveness;
import io.murmur.kernel.Network;
import io.murmur.kernel.Storage;
import io.murmur.kernel.Timers;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.ring.Ring;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * The world as one shard sees it.
 *
 * @param ring the current ring, an immutable snapshot; may change between any two calls
 */
public record ShardSeams(
        NodeId self,
        Clock clock,
        Timers timers,
        Network network,
        Storage storage,
        Liveness liveness,
        RandomGenerator random,
        Supplier<Ring> ring) {}
