package io.murmur.handoff;

import io.murmur.kernel.message.PeerReply;
import io.murmur.kernel.ring.NodeId;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The joins of a shard's handovers that wait for an answer. Their ids have the shard in their low 8 bits and a mark in their highest but
 * one, which no other module's have.
 */
final class Requests {

    private static final int SHARD_BITS = 8;
    private static final int MARK_BIT = 62;
    private static final long COUNT_MASK = 0x3FFF_FFFF_FFFFL;

    private final HintSeams seams;
    private final int shard;
    private final Map<Long, Waiting> open = new HashMap<>();
    private long last;

    private record Waiting(NodeId target, Consumer<PeerReply> then) {}

    Requests(HintSeams seams, HintSettings settings) {
        this.seams = seams;
        this.shard = settings.shard();
        // A reply to a request of this node's former life must not be taken for one of this life's.
        this.last = seams.random().nextLong() & COUNT_MASK;
    }

    /** A new id under which an answer is waited for. */
    long open(NodeId target, Consumer<PeerReply> then) {
        last = (last + 1) & COUNT_MASK;
        long id = (1L << MARK_BIT) | (last << SHARD_BITS) | shard;
        open.put(id, new Waiting(target, then));
        return id;
    }

    /** The answer is not waited for any more. */
    void close(long id) {
        open.remove(id);
    }

    int open() {
        return open.size();
    }

    /** Answers whether the reply is to one of these, be it late. */
    boolean receive(NodeId from, PeerReply reply) {
        if (reply.id() >>> MARK_BIT != 1) {
            return false;
        }
        if (reply.epoch() > seams.ring().current().epoch()) {
            seams.ring().newerAt(from);
        }
        Waiting waiting = open.get(reply.id());
        if (waiting != null && waiting.target().equals(from)) {
            open.remove(reply.id());
            waiting.then().accept(reply);
        }
        return true;
    }
}
