package io.murmur.gossip;

import io.murmur.kernel.message.EndpointAttributes;
import io.murmur.kernel.ring.NodeId;

/**
 * Who wants to know. Called on the control loop's thread, after the round or the message that brought the news has been dealt with, so it
 * may call the {@link Gossiper} in turn. Must not block and must not throw.
 */
public interface GossipListener {

    /** A node became known, or its attributes changed. Whether it lives is another matter. */
    void learned(NodeId node, EndpointAttributes attributes);

    /** A node counts as alive from now on. Told before any {@link #dead} of it. */
    void alive(NodeId node);

    /** A node that counted as alive does not any more: dead, unreachable from here, or stopping. */
    void dead(NodeId node);

    /** A node is in a new life: whatever it was told in the one before may be forgotten, but for what it keeps on disk. */
    void restarted(NodeId node, long generation);

    /**
     * A node has a ring of a greater epoch than the own one ({@link Gossiper#ringEpoch}), and can be asked for it. Told again with each
     * message that says so, until the own epoch has caught up.
     */
    void newerRing(NodeId holder, long epoch);

    /**
     * The others knew the own node in a later life than it believed to be in (a clock that was set back, a lost disk), so it has taken this
     * generation now; to be kept on disk, as the least that the next one must exceed.
     */
    void generationRaised(long generation);
}
