package io.murmur.client;

import io.murmur.client.internal.Connection;
import io.murmur.kernel.Clock;
import io.murmur.kernel.message.ClientReply;
import io.murmur.kernel.message.Handshake;
import io.murmur.kernel.message.Message;
import io.murmur.kernel.wire.MessageCodec;
import io.murmur.kernel.wire.WireWriter;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The connection to one node, and the calls that wait for its answers. On the client's loop alone. */
final class Link implements Connection.Listener {

    private static final Logger LOG = LoggerFactory.getLogger(Link.class);
    private static final long MAX_WAITING_BYTES = 16L << 20;

    /** What a link tells the router. */
    interface Listener {
        void linkReady();

        void linkLost(Link link, List<Call> inFlight, String reason);

        void replied(Call call, ClientReply reply);
    }

    private final Connection connection;
    private final Listener listener;
    private final Map<Long, Call> inFlight = new HashMap<>();
    private long lastId;

    /** Until then this node is used only when no other is there: it has let a call wait too long. */
    private long suspectUntilNanos;

    Link(
            String address,
            String clientName,
            Bootstrap bootstrap,
            EventLoop loop,
            Clock clock,
            WireWriter scratch,
            Listener listener) {
        this.listener = listener;
        this.suspectUntilNanos = clock.monotonicNanos();
        Handshake.Hello hello = new Handshake.Hello(MessageCodec.PROTOCOL, "", null, clientName);
        this.connection = new Connection(address, hello, bootstrap, loop, clock, scratch, MAX_WAITING_BYTES, this);
    }

    void connect() {
        connection.connect();
    }

    String address() {
        return connection.address();
    }

    boolean isReady() {
        return connection.isReady();
    }

    String lastReason() {
        return connection.lastReason();
    }

    boolean isSuspect(long nowNanos) {
        return suspectUntilNanos - nowNanos > 0;
    }

    void suspectUntil(long nanos) {
        suspectUntilNanos = nanos;
    }

    Map<Long, Call> inFlight() {
        return inFlight;
    }

    /** Sends a call's next attempt; false when the connection cannot take it, and then nothing was sent. */
    boolean send(Call call, long epoch, long attemptDeadlineNanos) {
        call.id = ++lastId;
        call.attemptDeadlineNanos = attemptDeadlineNanos;
        if (!connection.send(call.shape.request(call.id, epoch, attemptDeadlineNanos))) {
            return false;
        }
        call.attempts++;
        call.triedLast = address();
        inFlight.put(call.id, call);
        return true;
    }

    void forget(Call call) {
        inFlight.remove(call.id);
    }

    void close() {
        connection.close();
    }

    @Override
    public void ready(Handshake.Welcome welcome) {
        listener.linkReady();
    }

    @Override
    public void lost(String reason, boolean wasReady) {
        if (wasReady) {
            LOG.info("lost the connection to {}: {}", address(), reason);
        }
        List<Call> orphans = new ArrayList<>(inFlight.values());
        inFlight.clear();
        listener.linkLost(this, orphans, reason);
    }

    @Override
    public void received(Message message) {
        if (message instanceof ClientReply reply) {
            Call call = inFlight.remove(reply.id());
            if (call != null) {
                listener.replied(call, reply);
            }
        }
    }
}
