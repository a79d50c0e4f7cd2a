package io.murmur.client;

import io.murmur.client.internal.Connection.Obstacle;
import io.murmur.client.internal.Opening;
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
import io.netty.channel.EventLoop;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
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
    private static final long RING_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final long BACKOFF_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    /** A read's attempt gets this share of the call's time, so that there is time for another when a node has stopped. */
    private static final int ATTEMPT_SHARE = 3;

    private static final long NEVER = Long.MAX_VALUE;
    private static final long LEAST_ATTEMPT_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final EventLoop loop;
    private final Opening opening;
    private final Clock clock;
    private final @Nullable String zone;
    private final int maxInFlight;
    private final RetryBudget retryBudget = new RetryBudget();
    private final Map<String, Link> links = new LinkedHashMap<>();
    private final List<Link> linkList = new CopyOnWriteArrayList<>();
    private final List<String> seeds;

    /** Calls that no node can take now, or that wait out a backoff. */
    private final Deque<Call> parked = new ArrayDeque<>();

    private final CompletableFuture<Ring> firstRing = new CompletableFuture<>();

    private final Queue<Call> submitted = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean drainIsDue = new AtomicBoolean();
    private final AtomicInteger pending = new AtomicInteger();
    private final Runnable drain = this::drain;

    private volatile @Nullable Ring ring;
    private boolean fetchingRing;
    private int turn;
    private volatile boolean closed;
    private final AtomicLong retries = new AtomicLong();

    Router(EventLoop loop, Opening opening, @Nullable String zone, int maxInFlight, List<String> seeds) {
        this.loop = loop;
        this.opening = opening;
        this.clock = opening.clock();
        this.zone = zone;
        this.maxInFlight = maxInFlight;
        this.seeds = List.copyOf(seeds);
    }

    void start() {
        loop.execute(() -> {
            seeds.forEach(this::addLink);
            fetchRing(null);
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

    int connectedNodes() {
        return (int) linkList.stream().filter(Link::isReady).count();
    }

    long retries() {
        return retries.get();
    }

    /** Whether the current thread is the client's own. */
    boolean isOwnThread() {
        return loop.inEventLoop();
    }

    /** Takes a call over. From any thread; calls made together are handed over together. */
    void submit(Call call) {
        if (pending.incrementAndGet() > maxInFlight) {
            fail(
                    call,
                    new MurmurException.Overloaded(
                            "overloaded: " + maxInFlight + " calls of this client are in flight (maxInFlight)",
                            Effect.NONE));
            return;
        }
        submitted.add(call);
        if (drainIsDue.compareAndSet(false, true)) {
            try {
                loop.execute(drain);
            } catch (RejectedExecutionException e) {
                // The client was closed and its thread has ended.
                drain();
            }
        }
    }

    /** Routes what was submitted; once the client is closed, fails it, and then on any thread. */
    void drain() {
        drainIsDue.set(false);
        for (Call call = submitted.poll(); call != null; call = submitted.poll()) {
            if (closed) {
                failClosed(call);
            } else {
                retryBudget.earn();
                route(call);
            }
        }
    }

    private void failClosed(Call call) {
        fail(call, new MurmurException.ConnectionLost("the client was closed", call.effect()));
    }

    private void route(Call call) {
        long now = clock.monotonicNanos();
        long left = call.deadlineNanos - now;
        if (closed) {
            failClosed(call);
        } else if (left <= 0) {
            fail(call, unreachable("no node could be reached in time", call.effect()));
        } else {
            boolean mayTryAgain = (!call.isWrite || call.retryUnknown) && call.attempts < MOST_ATTEMPTS - 1;
            long attempt = mayTryAgain ? Math.min(left, Math.max(left / ATTEMPT_SHARE, LEAST_ATTEMPT_NANOS)) : left;
            Link link = choose(call);
            if (link == null || !link.send(call, epoch(), now, attempt)) {
                park(call, now);
            }
        }
    }

    private void park(Call call, long notBeforeNanos) {
        call.notBeforeNanos = notBeforeNanos;
        parked.add(call);
    }

    /** Routes what waited for a node, or has waited long enough. */
    private void unpark() {
        long now = clock.monotonicNanos();
        for (int i = parked.size(); i > 0; i--) {
            Call call = parked.removeFirst();
            if (closed || call.notBeforeNanos - now <= 0 || call.deadlineNanos - now <= 0) {
                route(call);
            } else {
                parked.add(call);
            }
        }
    }

    private long epoch() {
        Ring known = ring;
        return known == null ? 0 : known.epoch();
    }

    /** An owner of the key, in turn, those in the own zone first; else any node. Nodes that are suspect or failed this call come last. */
    private @Nullable Link choose(Call call) {
        Link best = null;
        int bestRank = Integer.MAX_VALUE;
        turn++;
        Ring known = ring;
        Key key = call.key;
        if (known != null && key != null) {
            List<NodeId> owners = known.owners(known.partitionOf(key.slot()));
            int start = call.prefersFirstOwner ? 0 : turn;
            for (int i = 0; i < owners.size(); i++) {
                Member owner = known.member(owners.get(Math.floorMod(start + i, owners.size())));
                Link link = owner == null ? null : links.get(owner.address());
                if (owner != null && link != null && link.isReady() && !link.isRetired()) {
                    int rank = rank(link, call) + (zone == null || zone.equals(owner.zone()) ? 0 : 1);
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
            int rank = rank(link, call) + 2;
            if (link.isReady() && !link.isRetired() && rank < bestRank) {
                best = link;
                bestRank = rank;
            }
        }
        return best;
    }

    private static int rank(Link link, Call call) {
        return (link.isSuspect() ? 8 : 0) + (link.address().equals(call.triedLast) ? 4 : 0);
    }

    @Override
    public void replied(Link link, Call call, ClientReply reply) {
        if (reply instanceof ClientReply.One one && one.result() instanceof Failed failed) {
            failed(link, call, reply, failed.failure());
        } else {
            complete(call, reply);
        }
        if (reply.epoch() > epoch() && !(reply instanceof ClientReply.RingIs)) {
            fetchRing(link);
        }
    }

    private void failed(Link link, Call call, ClientReply reply, Failure failure) {
        if (failure.effect() == Effect.UNKNOWN) {
            call.leftOpen();
        }
        long backoffNanos = switch (failure) {
            case Failure.BadRequest ignored -> NEVER;
            case Failure.Forbidden ignored -> NEVER;
            case Failure.Timeout ignored -> 0;
            case Failure.ClockDrift ignored -> 0;
            case Failure.StorageFailed ignored -> 0;
            // What these wait for takes a moment: less load, a node that returns, the new ring.
            case Failure.Overloaded ignored -> BACKOFF_NANOS * call.attempts;
            case Failure.Unavailable ignored -> BACKOFF_NANOS * call.attempts;
            case Failure.StaleRing ignored -> BACKOFF_NANOS * call.attempts;
        };
        if (failure instanceof Failure.StaleRing) {
            fetchRing(link);
        }
        if (backoffNanos == NEVER || !mayRetry(call, backoffNanos)) {
            complete(call, reply);
        } else if (backoffNanos == 0) {
            route(call);
        } else {
            park(call, clock.monotonicNanos() + backoffNanos);
        }
    }

    /** Whether the call may be sent once more; counts it. */
    private boolean mayRetry(Call call, long afterNanos) {
        boolean safe = !call.isWrite || call.retryUnknown || !call.mayHaveHappened;
        boolean may = safe
                && !closed
                && call.attempts < MOST_ATTEMPTS
                && call.deadlineNanos - clock.monotonicNanos() > afterNanos
                && retryBudget.spend();
        if (may) {
            retries.incrementAndGet();
        }
        return may;
    }

    @Override
    public void linkReady() {
        unpark();
    }

    @Override
    public void linkLost(Link link, List<Call> sent, List<Call> unsent, String reason) {
        for (Call call : sent) {
            call.leftOpen();
            if (mayRetry(call, 0)) {
                route(call);
            } else {
                fail(
                        call,
                        new MurmurException.ConnectionLost(
                                "the connection to " + link.address() + " broke before the answer: " + reason,
                                call.effect()));
            }
        }
        // Nobody has seen these: to send them elsewhere is no retry.
        unsent.forEach(this::route);
        if (isHopeless() && !firstRing.isDone()) {
            firstRing.completeExceptionally(unreachable("no node can be spoken to", Effect.NONE));
        }
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
                link.suspect(now + SUSPECT_NANOS);
                late.forEach(call -> late(call, link, now));
            } else if (link.isToBeAskedAgain(now)) {
                askAgain(link, now);
            }
        }
        linkList.removeIf(this::leaves);
        unpark();
        if (ring == null) {
            fetchRing(null);
        }
    }

    /** One question finds out whether a suspect node answers again. Calls that did would be late once more, all those of a moment. */
    private void askAgain(Link link, long now) {
        link.suspect(now + SUSPECT_NANOS);
        Call question = new Call(null, ClientRequest.GetRing::new, false, false, false, now + SUSPECT_NANOS);
        question.reply.whenComplete((reply, failure) -> {
            if (failure == null) {
                link.trust();
            }
        });
        link.send(question, epoch(), now, SUSPECT_NANOS);
    }

    /** Lets a link go whose node is not of the ring any more and has answered all it was asked. */
    private boolean leaves(Link link) {
        boolean leaves = link.isRetired() && link.inFlight().isEmpty();
        if (leaves) {
            links.remove(link.address());
            link.close();
        }
        return leaves;
    }

    private void late(Call call, Link link, long now) {
        call.leftOpen();
        if (mayRetry(call, 0)) {
            link.forget(call);
            route(call);
        } else if (call.deadlineNanos - now > 0) {
            // No other attempt is allowed, so this one may have all the time there is.
            call.attemptDeadlineNanos = call.deadlineNanos;
        } else {
            link.forget(call);
            fail(
                    call,
                    new MurmurException.Timeout(
                            "timeout: " + link.address() + " did not answer in time", 0, 0, call.effect()));
        }
    }

    /** The failure of a call, or of a start, for which there was no node. From any thread. */
    MurmurException unreachable(String what, Effect effect) {
        // A node that may come back may take these credentials.
        boolean isRefused = isHopeless() && linkList.stream().anyMatch(link -> link.obstacle() == Obstacle.CREDENTIALS);
        return isRefused
                ? new MurmurException.NotAuthenticated("not authenticated: " + reasons(), effect)
                : new MurmurException.ConnectionLost(what + ": " + reasons(), effect);
    }

    /** Whether no node can be spoken to until somebody changes something. */
    private boolean isHopeless() {
        return linkList.stream().allMatch(link -> !link.isReady() && link.obstacle() != Obstacle.PASSING);
    }

    /** Why no node can be reached, for people. */
    private String reasons() {
        StringBuilder all = new StringBuilder();
        for (Link link : linkList) {
            all.append(all.isEmpty() ? "" : "; ")
                    .append(link.address())
                    .append(": ")
                    .append(link.isReady() ? "connected" : link.lastReason());
        }
        return all.toString();
    }

    /** Asks the node that has shown to know a newer ring, or any when that cannot be asked. */
    private void fetchRing(@Nullable Link from) {
        if (fetchingRing || closed) {
            return;
        }
        fetchingRing = true;
        long now = clock.monotonicNanos();
        Call call = new Call(null, ClientRequest.GetRing::new, false, false, false, now + RING_NANOS);
        call.reply.whenComplete((reply, failure) -> {
            fetchingRing = false;
            if (reply instanceof ClientReply.RingIs answer) {
                adopt(answer.ring());
            }
        });
        if (from == null || !from.send(call, epoch(), now, RING_NANOS / ATTEMPT_SHARE)) {
            route(call);
        }
    }

    private void adopt(Ring fresh) {
        if (fresh.epoch() < epoch()) {
            return;
        }
        ring = fresh;
        Set<String> addresses = new HashSet<>(seeds);
        for (Member member : fresh.members()) {
            addresses.add(member.address());
            addLink(member.address());
        }
        linkList.forEach(link -> link.retire(!addresses.contains(link.address())));
        firstRing.complete(fresh);
    }

    private void addLink(String address) {
        if (!links.containsKey(address)) {
            Link link = new Link(address, opening, loop, this);
            links.put(address, link);
            linkList.add(link);
            link.connect();
        }
    }

    private void complete(Call call, ClientReply reply) {
        settled(call);
        call.reply.complete(reply);
    }

    private void fail(Call call, MurmurException why) {
        settled(call);
        call.reply.completeExceptionally(why);
    }

    /** The client's own questions, which have no key, do not count as calls in flight. */
    private void settled(Call call) {
        if (call.key != null) {
            pending.decrementAndGet();
        }
    }

    /** Fails what is on its way and closes the connections. */
    void close() {
        closed = true;
        linkList.forEach(Link::close);
        unpark();
    }
}
