package io.murmur.kernel;

import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.ring.Ring;

/**
 * The ring as a shard sees it: an immutable snapshot that may change between any two calls. What it returns is kept on this node's disk,
 * so that no restart takes it back.
 *
 * <p>Callable from any thread; never blocks.
 */
public interface RingSource {

    Ring current();

    /** A node's message tells of a newer ring than the current one: it is asked for it. Cheap, and may be called for every message. */
    void newerAt(NodeId node);
}
