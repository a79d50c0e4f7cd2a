package io.murmur.kernel.message;

import io.murmur.kernel.ring.NodeId;

/**
 * How new what is known of a node is, and all of it that moves each second; about 27 bytes on the wire. Two digests of one generation are
 * ordered by heartbeat, and a greater version says that the attributes have changed as well.
 *
 * @param node whom it is about
 * @param generation which life of the node: wall-clock seconds at its start, and always greater than that of the life before
 * @param heartbeat moves with each round of gossip and with each answer to a ping; starts at 0 with each generation
 * @param version counts the changes of the attributes in this generation
 * @param ringEpoch the epoch of the node's ring, 0 when it has none
 */
public record EndpointDigest(NodeId node, long generation, long heartbeat, long version, long ringEpoch) {

    public EndpointDigest {
        if (generation < 0 || heartbeat < 0 || version < 0 || ringEpoch < 0) {
            throw new IllegalArgumentException("a digest with a negative number: generation " + generation
                    + ", heartbeat " + heartbeat + ", version " + version + ", ring epoch " + ringEpoch);
        }
    }
}
