package io.murmur.handoff;

import io.murmur.kernel.Clock;
import io.murmur.kernel.Disk;
import io.murmur.kernel.Fatal;
import io.murmur.kernel.Liveness;
import io.murmur.kernel.Network;
import io.murmur.kernel.RingSource;
import io.murmur.kernel.Timers;
import io.murmur.kernel.ring.NodeId;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/**
 * The world as one shard's hints see it.
 *
 * @param blocking where disk calls are made; its tasks may overtake one another, and are never interrupted
 * @param shard the shard's own thread
 */
public record HintSeams(
        NodeId self,
        Clock clock,
        Timers timers,
        Network network,
        Liveness liveness,
        RandomGenerator random,
        RingSource ring,
        Disk disk,
        Executor blocking,
        Executor shard,
        Fatal fatal) {

    /** Nobody is away from itself. */
    boolean isAlive(NodeId node) {
        return node.equals(self) || liveness.isAlive(node);
    }
}
