package io.murmur.simulation;

import io.murmur.kernel.Clock;
import io.murmur.kernel.Network;
import io.murmur.kernel.Timers;
import io.murmur.kernel.ring.NodeId;

/**
 * The world as a client sees it. Clients do not crash, and their tasks take no time.
 *
 * @param clock without skew; its monotonic time is that of the world, so that histories of several clients can be compared
 */
public record ClientSeams(NodeId id, Clock clock, Timers timers, Network network) {}
