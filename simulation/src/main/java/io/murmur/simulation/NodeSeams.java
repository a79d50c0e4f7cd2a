package io.murmur.simulation;

import io.murmur.kernel.Clock;
import io.murmur.kernel.Disk;
import io.murmur.kernel.Fatal;
import io.murmur.kernel.Liveness;
import io.murmur.kernel.Network;
import io.murmur.kernel.Timers;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.ring.Ring;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * The world as one life of one simulated node sees it. After the node's crash none of it does anything any more: the next life gets
 * seams of its own, over the same disk.
 *
 * @param id the node's, the same in all its lives
 * @param clock wall time with the node's skew and jumps; monotonic time with an origin of this life's own
 * @param timers on the shard's thread
 * @param network to nodes and clients
 * @param disk the node's; what was synced outlives a crash
 * @param shard the event loop: messages, timers and these tasks, one at a time
 * @param log the commit log's thread: one task at a time, each taking as long as an fsync
 * @param background the pool for table reads, flushes and compactions: tasks may overtake one another
 * @param random the life's own stream
 * @param fatal ends this life at once, by throwing out of the current task; the node is started again later
 * @param liveness the belief that lags behind the facts
 * @param ring the current ring
 */
public record NodeSeams(
        NodeId id,
        Clock clock,
        Timers timers,
        Network network,
        Disk disk,
        Executor shard,
        Executor log,
        Executor background,
        RandomGenerator random,
        Fatal fatal,
        Liveness liveness,
        Supplier<Ring> ring) {

    /** The same with another disk, one that makes a planted mistake. */
    public NodeSeams withDisk(Disk another) {
        return new NodeSeams(
                id, clock, timers, network, another, shard, log, background, random, fatal, liveness, ring);
    }

    /** The same with another network, one that makes a planted mistake. */
    public NodeSeams withNetwork(Network another) {
        return new NodeSeams(id, clock, timers, another, disk, shard, log, background, random, fatal, liveness, ring);
    }
}
