package io.murmur.client;

import io.murmur.client.internal.Connection;
import io.murmur.client.internal.Opening;
import io.murmur.kernel.message.ClientReply;
import io.murmur.kernel.message.Handshake;
import io.murmur.kernel.message.Message;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The connection to one node, and the calls that wait for its answers. On the client's loop alone. */
final class Link implements Connection.Listener {

    private static final Logger LOG = LoggerFactory.getLogger(Link.class);
    private static final long MAX_WAITING_BYTES = 16L << 20;

    /** A node hears of a deadline this share of the time earlier, and at most so much, so that its own answer to it is not late. */
    private static final int ANSWER_SHARE = 10;

    private static final long MOST_ANSWER_NANOS = TimeUnit.MILLISECONDS.toNanos(25);

    /** What a link tells the router. */
    interface Listener {
        void linkReady();

        /**
         * @param sent calls that the node may have seen
         * @param unsent calls that the node cannot have seen
         */
        void linkLost(Link link, List<Call> sent, List<Call> unsent, String reason);

        void replied(Link link, Call call, ClientReply reply);
    }

    private final Connection connection;
    private final Listener listener;
    private final Map<Long, Call> inFlight = new HashMap<>();
    private long lastId;

    /** Whether this node is used only when no other is there: it has let a call wait too long, and has not shown since that it answers. */
    private boolean suspect;

    /** A suspect node is not asked before whether it answers again. */
    private long askAgainNanos;

    /** The node is not of the ring any more: gets no further calls. */
    private boolean retired;

    /** The node is stopping: it gets no further calls on this connection, and the last answer ends it. */
    private boolean leaving;

    Link(String address, Opening opening, EventLoop loop, Listener listener) {
        this.listener = listener;
        this.connection = new Connection(address, opening, loop, MAX_WAITING_BYTES, this);
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

    Connection.Obstacle obstacle() {
        return connection.obstacle();
    }

    boolean isSuspect() {
        return suspect;
    }

    /** @param untilNanos at least; then it is to be asked */
    void suspect(long untilNanos) {
        suspect = true;
        askAgainNanos = untilNanos;
    }

    boolean isToBeAskedAgain(long nowNanos) {
        return suspect && isReady() && askAgainNanos - nowNanos <= 0;
    }

    void trust() {
        suspect = false;
    }

    boolean isRetired() {
        return retired;
    }

    void retire(boolean fromNowOn) {
        retired = fromNowOn;
    }

    Map<Long, Call> inFlight() {
        return inFlight;
    }

    /** Sends a call's next attempt; false when the connection cannot take it, and then nothing was sent. */
    boolean send(Call call, long epoch, long nowNanos, long attemptNanos) {
        call.id = ++lastId;
        call.attemptDeadlineNanos = nowNanos + attemptNanos;
        long answerNanos = Math.min(attemptNanos / ANSWER_SHARE, MOST_ANSWER_NANOS);
        if (!connection.send(call.shape.request(call.id, epoch, call.attemptDeadlineNanos - answerNanos))) {
            return false;
        }
        call.write = connection.lastWrite();
        call.attempts++;
        call.triedLast = address();
        inFlight.put(call.id, call);
        return true;
    }

    void forget(Call call) {
        inFlight.remove(call.id);
        hangUpIfDone();
    }

    private void hangUpIfDone() {
        if (leaving && inFlight.isEmpty()) {
            connection.hangUp();
        }
    }

    void close() {
        connection.close();
    }

    @Override
    public void ready(Handshake.Welcome welcome) {
        trust();
        listener.linkReady();
    }

    @Override
    public void farewell() {
        leaving = true;
        hangUpIfDone();
    }

    @Override
    public void lost(String reason, boolean wasReady) {
        leaving = false;
        if (wasReady) {
            LOG.info("lost the connection to {}: {}", address(), reason);
        }
        List<Call> sent = new ArrayList<>();
        List<Call> unsent = new ArrayList<>();
        inFlight.values().forEach(call -> (connection.mayHaveLeft(call.write) ? sent : unsent).add(call));
        inFlight.clear();
        listener.linkLost(this, sent, unsent, reason);
    }

    @Override
    public void received(Message message) {
        if (message instanceof ClientReply reply) {
            Call call = inFlight.remove(reply.id());
            if (call != null) {
                listener.replied(this, call, reply);
                hangUpIfDone();
            }
        }
    }
}
