package io.murmur.membership;

import io.murmur.kernel.Network;
import io.murmur.kernel.Timers;
import io.murmur.kernel.message.RingMessage;
import io.murmur.kernel.ring.NodeId;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Asks nodes that know a newer ring for it: each once at a time, and few at a time, since every message of a newer epoch tells of the same
 * ring. A question that is not answered is dropped after a while; the next message of that epoch asks again.
 */
final class RingAsks {

    private static final int MOST_AT_ONCE = 3;

    private static final int TIMES = 3;

    private final Network network;
    private final Timers timers;
    private final Duration patience;
    private final LongSupplier ownEpoch;
    private final Map<NodeId, Ask> outstanding = new LinkedHashMap<>();
    private long messages;

    private static final class Ask {
        final long epoch;
        int timesLeft = TIMES;
        Timers.Timer timer = () -> {};

        Ask(long epoch) {
            this.epoch = epoch;
        }
    }

    RingAsks(Network network, Timers timers, Duration patience, LongSupplier ownEpoch) {
        this.network = network;
        this.timers = timers;
        this.patience = patience;
        this.ownEpoch = ownEpoch;
    }

    void seen(NodeId node, long epoch) {
        if (epoch > ownEpoch.getAsLong() && !outstanding.containsKey(node) && outstanding.size() < MOST_AT_ONCE) {
            Ask ask = new Ask(epoch);
            outstanding.put(node, ask);
            send(node, ask);
        }
    }

    private void send(NodeId node, Ask ask) {
        if (ask.timesLeft-- == 0) {
            outstanding.remove(node);
            return;
        }
        ask.timer = timers.after(patience, () -> send(node, ask));
        network.send(node, new RingMessage.AskRing(++messages, ownEpoch.getAsLong()));
    }

    void answered(NodeId node) {
        Ask ask = outstanding.remove(node);
        if (ask != null) {
            ask.timer.cancel();
        }
    }

    /** Who was asked for a ring that is known by now need not answer any more. */
    void adopted() {
        outstanding.values().removeIf(ask -> {
            boolean isKnown = ask.epoch <= ownEpoch.getAsLong();
            if (isKnown) {
                ask.timer.cancel();
            }
            return isKnown;
        });
    }
}
