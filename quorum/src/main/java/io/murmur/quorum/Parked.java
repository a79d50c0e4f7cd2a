package io.murmur.quorum;

import io.murmur.kernel.Timers;
import io.murmur.kernel.Timers.Timer;
import io.murmur.kernel.data.Cell;
import io.murmur.kernel.message.PeerReply;
import io.murmur.kernel.message.PeerRequest;
import io.murmur.kernel.ring.NodeId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Requests that were routed by a newer ring than this node's: they wait until it has that ring as well, or their deadlines pass. Bounded
 * by number and by the bytes of their values.
 */
final class Parked {

    static final int MOST_REQUESTS = 4096;
    static final long MOST_BYTES = 64 << 20;

    /** One that waits. */
    record Waiting(NodeId from, PeerRequest request, Consumer<PeerReply> reply) {}

    private record Kept(Waiting waiting, Timer deadline) {}

    private final Timers timers;
    private final QuorumCounters counters;
    private final Map<Long, Kept> kept = new LinkedHashMap<>();
    private long lastTicket;
    private long bytes;

    Parked(Timers timers, QuorumCounters counters) {
        this.timers = timers;
        this.counters = counters;
    }

    /**
     * @param leftNanos until its deadline, when it is dropped
     * @return false when there is no room for it
     */
    boolean park(Waiting waiting, long leftNanos) {
        long size = bytes(waiting.request());
        if (kept.size() >= MOST_REQUESTS || bytes + size > MOST_BYTES) {
            return false;
        }
        counters.parkedRequests++;
        long ticket = ++lastTicket;
        Timer deadline = timers.after(Duration.ofNanos(leftNanos), () -> expire(ticket));
        kept.put(ticket, new Kept(waiting, deadline));
        bytes += size;
        return true;
    }

    private void expire(long ticket) {
        Kept late = kept.remove(ticket);
        if (late != null) {
            bytes -= bytes(late.waiting().request());
            counters.expiredRequests++;
        }
    }

    /** All that wait, in the order in which they came; none waits any longer. */
    List<Waiting> release() {
        List<Waiting> released = new ArrayList<>(kept.size());
        for (Kept one : kept.values()) {
            one.deadline().cancel();
            released.add(one.waiting());
        }
        kept.clear();
        bytes = 0;
        return released;
    }

    private static long bytes(PeerRequest request) {
        return switch (request) {
            case PeerRequest.Join join -> bytes(join.cell());
            case PeerRequest.Hint hint -> bytes(hint.cell());
            case PeerRequest.Read ignored -> 0;
            case PeerRequest.ReadDigest ignored -> 0;
            case PeerRequest.Prepare ignored -> 0;
            case PeerRequest.Accept accept -> bytes(accept.cell());
        };
    }

    private static long bytes(Cell cell) {
        return cell instanceof Cell.Live live ? live.value().length : 0;
    }
}
