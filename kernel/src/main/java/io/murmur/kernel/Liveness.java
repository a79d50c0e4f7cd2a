package io.murmur.kernel;

import io.murmur.kernel.ring.NodeId;

/**
 * Who is believed to be alive. A belief, not a fact: requests to a live node may fail and a dead one may have just returned; only
 * availability depends on it, never safety.
 */
@FunctionalInterface
public interface Liveness {

    boolean isAlive(NodeId node);
}
