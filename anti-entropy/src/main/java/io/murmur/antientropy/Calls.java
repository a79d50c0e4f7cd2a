package io.murmur.antientropy;

import io.murmur.kernel.message.SyncReply;
import io.murmur.kernel.ring.NodeId;
import java.util.HashMap;
import java.util.Map;

/**
 * The questions of a shard that wait for an answer. Each time one is sent it has an id of its own, so that a late answer to what was asked
 * before is never taken for the answer to what is asked now.
 */
final class Calls {

    private static final int SHARD_BITS = 8;

    final SyncSeams seams;
    final SyncSettings settings;
    final Backoff backoff;
    final Throttle throttle;
    private final SyncCounters counters;
    private final Map<Long, Call> open = new HashMap<>();
    private long lastId;

    Calls(SyncSeams seams, SyncSettings settings, Backoff backoff, SyncCounters counters) {
        this.seams = seams;
        this.settings = settings;
        this.backoff = backoff;
        this.counters = counters;
        this.throttle = new Throttle(settings.bytesPerSecond(), seams.clock().monotonicNanos());
        // A reply to a request of this node's former life must not be taken for one of this life's.
        this.lastId = seams.random().nextLong() & 0x3FFF_FFFF_FFFFL;
    }

    /** A new id under which this call's answer is waited for. */
    long open(Call call) {
        long id = (++lastId << SHARD_BITS) | settings.shard();
        open.put(id, call);
        return id;
    }

    /** The answer is not waited for any more. */
    void close(long id) {
        open.remove(id);
    }

    int waiting() {
        return open.size();
    }

    void receive(NodeId from, SyncReply reply) {
        if (reply.epoch() > seams.ring().current().epoch()) {
            seams.ring().newerAt(from);
        }
        Call call = open.get(reply.id());
        if (call == null || !call.source().equals(from)) {
            counters.repliesIgnored++;
            return;
        }
        open.remove(reply.id());
        call.answered(reply);
    }
}
