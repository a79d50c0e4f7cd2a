package io.murmur.kernel;

import io.murmur.kernel.message.Message;
import io.murmur.kernel.ring.NodeId;

/**
 * Messages to other nodes (and, for replies, to clients).
 *
 * <p>A message may be lost, delayed, repeated and reordered; that it was sent says nothing about its arrival. {@code send} never blocks
 * and never throws: a message for an unknown, unreachable or congested node is dropped and counted. A message to the own node is
 * delivered after the current task has ended, never from within {@code send}. Call only on the owner's thread.
 */
public interface Network {

    void send(NodeId to, Message message);
}
