package io.murmur.client;

import io.murmur.kernel.Clock;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.message.ClientReply;
import io.murmur.kernel.message.ClientReply.Failed;
import io.murmur.kernel.message.ClientRequest;
import io.murmur.kernel.message.Failure;
import io.murmur.kernel.message.Failure.Effect;
import io.murmur.kernel.ring.Member;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.ring.Ring;
import io.murmur.kernel.wire.WireWriter;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.EventLoop;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Sends each call to an owner of its key, and to another node when that one fails it, as far as that is safe: reads always; writes when
 * it is known that nothing happened, or when the caller allows more. On the client's loop alone, but for {@link #submit}.
 */
final class Router implements Link.Listener {

    private static final int MOST_ATTEMPTS = 5;
    private static final long SWEEP_MILLIS = 10;
    private static final long SUSPECT_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long OVERLOAD_BACKOFF_MILLIS = 20;

    /** A read's attempt gets this share of the call's time, so that there is time for another when a node has stopped. */
    private static final int ATTEMPT_SHARE = 3;

    private final EventLoop loop;
    private final Bootstrap bootstrap;
    private final Clock clock;
    private final String clientName;
    private final @Nullable String zone;
    private final int maxInFlight;
    private final WireWriter scratch = new WireWriter();
    private final RetryBudget retryBudget = new RetryBudget();
    private final Map<String, Link> links = new LinkedHashMap<>();
    private final List<Link> linkList = new CopyOnWriteArrayList<>();
    private final Deque<Call> unrouted = new ArrayDeque<>();
    private final CompletableFuture<Ring> firstRing = new CompletableFuture<>();

    private final Queue<Call> submitted = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean drainIsDue = new AtomicBoolean();
    private final AtomicInteger pending = new AtomicInteger();
    private final Runnable drain = this::drain;

    private volatile @Nullable Ring ring;
    private boolean fetchingRing;
    private int turn;
    private boolean closed;
    private final AtomicLong retries = new AtomicLong();

    Router(
            EventLoop loop,
            Bootstrap bootstrap,
            Clock clock,
            String clientName,
            @Nullable String zone,
            int maxInFlight) {
        this.loop = loop;
        this.bootstrap = bootstrap;
        this.clock = clock;
        this.clientName = clientName;
        this.zone = zone;
        this.maxInFlight = maxInFlight;
    }

    void start(List<String> seeds) {
        loop.execute(() -> {
            seeds.forEach(this::addLink);
            loop.scheduleAtFixedRate(this::sweep, SWEEP_MILLIS, SWEEP_MILLIS, TimeUnit.MILLISECONDS);
        });
    }

    CompletableFuture<Ring> firstRing() {
        return firstRing;
    }

    @Nullable
    Ring ring() {
        return ring;
    }

    long retries() {
        return retries.get();
    }

    /** Takes a call over. From any thread; calls made together are handed over together. */
    void submit(Call call) {
        if (pending.incrementAndGet() > maxInFlight) {
            pending.decrementAndGet();
            call.reply.completeExceptionally(new MurmurException.Overloaded(
                    "overloaded: " + maxInFlight + " calls of this client are in flight (maxInFlight)"));
            return;
        }
        submitted.add(call);
        if (drainIsDue.compareAndSet(false, true)) {
            loop.execute(drain);
        }
    }

    private void drain() {
        drainIsDue.set(false);
        for (Call call = submitted.poll(); call != null; call = submitted.poll()) {
            retryBudget.earn();
            route(call);
        }
    }

    private void route(Call call) {
        if (closed) {
            fail(call, new MurmurException.ConnectionLost("the client was closed", effectSoFar(call)));
            return;
        }
        long now = clock.monotonicNanos();
        boolean mayTryAgain = !call.isWrite || call.retryUnknown;
        long left = call.deadlineNanos - now;
        long attempt =
                mayTryAgain && call.attempts < MOST_ATTEMPTS - 1 ? Math.max(left / ATTEMPT_SHARE, 1_000_000) : left;
        Link link = choose(call, now);
        if (link == null || !link.send(call, epoch(), now + Math.min(attempt, left))) {
            unrouted.add(call);
        }
    }

    private long epoch() {
        Ring known = ring;
        return known == null ? 0 : known.epoch();
    }

    /** An owner of the key, in turn, those in the own zone first; else any node. Nodes that are suspect or failed this call come last. */
    private @Nullable Link choose(Call call, long now) {
        Link best = null;
        int bestRank = Integer.MAX_VALUE;
        turn++;
        Ring known = ring;
        Key key = call.key;
        if (known != null && key != null) {
            List<NodeId> owners = known.owners(known.partitionOf(key.slot()));
            for (int i = 0; i < owners.size(); i++) {
                Member owner = known.member(owners.get(Math.floorMod(turn + i, owners.size())));
                Link link = owner == null ? null : links.get(owner.address());
                if (owner != null && link != null && link.isReady()) {
                    int rank = rank(link, call, now) + (zone == null || zone.equals(owner.zone()) ? 0 : 1);
                    if (rank < bestRank) {
                        best = link;
                        bestRank = rank;
                    }
                }
            }
        }
        if (best != null && bestRank < 4) {
            return best;
        }
        for (int i = 0; i < linkList.size(); i++) {
            Link link = linkList.get(Math.floorMod(turn + i, linkList.size()));
            int rank = rank(link, call, now) + 2;
            if (link.isReady() && rank < bestRank) {
                best = link;
                bestRank = rank;
            }
        }
        return best;
    }

    private static int rank(Link link, Call call, long now) {
        return (link.isSuspect(now) ? 8 : 0) + (link.address().equals(call.triedLast) ? 4 : 0);
    }

    @Override
    public void replied(Call call, ClientReply reply) {
        if (reply.epoch() > epoch() && !(reply instanceof ClientReply.RingIs)) {
            fetchRing();
        }
        if (reply instanceof ClientReply.One one && one.result() instanceof Failed failed) {
            failed(call, reply, failed.failure());
        } else {
            complete(call, reply);
        }
    }

    private void failed(Call call, ClientReply reply, Failure failure) {
        if (call.isWrite && failure.effect() == Effect.UNKNOWN) {
            call.mayHaveHappened = true;
        }
        boolean worthwhile = switch (failure) {
            case Failure.BadRequest ignored -> false;
            case Failure.Unavailable ignored -> true;
            case Failure.Timeout ignored -> true;
            case Failure.Overloaded ignored -> true;
            case Failure.ClockDrift ignored -> true;
            case Failure.StaleRing ignored -> true;
            case Failure.StorageFailed ignored -> true;
        };
        if (failure instanceof Failure.StaleRing) {
            fetchRing();
        }
        if (!worthwhile || !mayRetry(call)) {
            complete(call, reply);
        } else if (failure instanceof Failure.Overloaded || failure instanceof Failure.Unavailable) {
            loop.schedule(() -> route(call), OVERLOAD_BACKOFF_MILLIS * call.attempts, TimeUnit.MILLISECONDS);
        } else {
            route(call);
        }
    }

    /** Whether the call may be sent once more; counts it. */
    private boolean mayRetry(Call call) {
        boolean safe = !call.isWrite || call.retryUnknown || !call.mayHaveHappened;
        boolean may = safe
                && !closed
                && call.attempts < MOST_ATTEMPTS
                && call.deadlineNanos - clock.monotonicNanos() > 0
                && retryBudget.spend();
        if (may) {
            retries.incrementAndGet();
        }
        return may;
    }

    @Override
    public void linkReady() {
        if (ring == null) {
            fetchRing();
        }
        reroute();
    }

    private void reroute() {
        int waiting = unrouted.size();
        for (int i = 0; i < waiting; i++) {
            route(unrouted.removeFirst());
        }
    }

    @Override
    public void linkLost(Link link, List<Call> inFlight, String reason) {
        for (Call call : inFlight) {
            call.mayHaveHappened |= call.isWrite;
            if (mayRetry(call)) {
                route(call);
            } else {
                fail(
                        call,
                        new MurmurException.ConnectionLost(
                                "the connection to " + link.address() + " broke before the answer: " + reason,
                                effectSoFar(call)));
            }
        }
    }

    private static Effect effectSoFar(Call call) {
        return call.mayHaveHappened ? Effect.UNKNOWN : Effect.NONE;
    }

    /** Finds the calls whose time, or whose attempt's time, is over. */
    private void sweep() {
        long now = clock.monotonicNanos();
        for (Link link : linkList) {
            List<Call> late = null;
            for (Call call : link.inFlight().values()) {
                if (call.attemptDeadlineNanos - now <= 0) {
                    late = late == null ? new ArrayList<>() : late;
                    late.add(call);
                }
            }
            if (late != null) {
                link.suspectUntil(now + SUSPECT_NANOS);
                for (Call call : late) {
                    link.forget(call);
                    late(call, link);
                }
            }
        }
        List<Call> parked = new ArrayList<>(unrouted);
        unrouted.clear();
        for (Call call : parked) {
            if (call.deadlineNanos - now <= 0) {
                fail(
                        call,
                        new MurmurException.ConnectionLost(
                                "no node could be reached in time: " + reasons(), effectSoFar(call)));
            } else {
                route(call);
            }
        }
    }

    private void late(Call call, Link link) {
        call.mayHaveHappened |= call.isWrite;
        if (mayRetry(call)) {
            route(call);
        } else {
            fail(
                    call,
                    new MurmurException.Timeout(
                            "timeout: " + link.address() + " did not answer in time", 0, 0, effectSoFar(call)));
        }
    }

    /** Why no node can be reached, for people. From any thread. */
    String reasons() {
        StringBuilder all = new StringBuilder();
        for (Link link : linkList) {
            all.append(all.isEmpty() ? "" : "; ")
                    .append(link.address())
                    .append(": ")
                    .append(link.isReady() ? "connected" : link.lastReason());
        }
        return all.toString();
    }

    private void fetchRing() {
        if (fetchingRing) {
            return;
        }
        fetchingRing = true;
        Call call = new Call(
                null, ClientRequest.GetRing::new, false, false, clock.monotonicNanos() + TimeUnit.SECONDS.toNanos(2));
        pending.incrementAndGet();
        call.reply.whenComplete((reply, failure) -> {
            fetchingRing = false;
            if (reply instanceof ClientReply.RingIs answer) {
                adopt(answer.ring());
            } else if (ring == null && !closed) {
                loop.schedule(this::fetchRing, OVERLOAD_BACKOFF_MILLIS, TimeUnit.MILLISECONDS);
            }
        });
        route(call);
    }

    private void adopt(Ring fresh) {
        if (fresh.epoch() < epoch()) {
            return;
        }
        ring = fresh;
        for (Member member : fresh.members()) {
            addLink(member.address());
        }
        firstRing.complete(fresh);
    }

    private void addLink(String address) {
        if (!links.containsKey(address)) {
            Link link = new Link(address, clientName, bootstrap, loop, clock, scratch, this);
            links.put(address, link);
            linkList.add(link);
            link.connect();
        }
    }

    private void complete(Call call, ClientReply reply) {
        pending.decrementAndGet();
        call.reply.complete(reply);
    }

    private void fail(Call call, MurmurException why) {
        pending.decrementAndGet();
        call.reply.completeExceptionally(why);
    }

    /** Fails what is on its way and closes the connections. */
    void close() {
        closed = true;
        linkList.forEach(Link::close);
        reroute();
    }
}
