package io.murmur.quorum;

import io.murmur.kernel.CacheSettings;
import io.murmur.kernel.Clock;
import io.murmur.kernel.Durability;
import io.murmur.kernel.Hints;
import io.murmur.kernel.RingSource;
import io.murmur.kernel.Storage;
import io.murmur.kernel.Storage.JoinOutcome;
import io.murmur.kernel.Storage.PromiseOutcome;
import io.murmur.kernel.Storage.ReadOutcome;
import io.murmur.kernel.Storage.StorageFault;
import io.murmur.kernel.data.Cell;
import io.murmur.kernel.data.Digest;
import io.murmur.kernel.data.HybridClock;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.data.Version;
import io.murmur.kernel.message.Failure;
import io.murmur.kernel.message.PeerReply;
import io.murmur.kernel.message.PeerRequest;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.ring.Ring;
import io.murmur.kernel.ring.Transition;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An owner's side: joins and reads on behalf of coordinators, its own node's and others'; and a stand-in's, which keeps hints. Answers a
 * join only when the storage has said that it is durable (invariant 1), and refuses by name what it must not do.
 *
 * <p>It serves only who sees the partition as it does itself: a request carries the epoch {@link Ring#since since} which its coordinator
 * has known the partition to be so. One of an older epoch is refused, since its quorums need not meet those of today (invariant 7). One of
 * a newer epoch waits for that ring, which is asked of the sender.
 *
 * <p>To atomic operations it is an acceptor of CASPaxos (Rystsov 2018) whose accepted state is the cell that it holds: {@link Ballots} has
 * what it has promised. What is promised and what is settled is judged when a request comes, and the storage's log keeps that order: a
 * promise is answered with what is held once all joins that came before it have taken effect.
 */
final class Replica {

    private final NodeId self;
    private final Clock clock;
    private final HybridClock hybridClock;
    private final Storage storage;
    private final RingSource ring;
    private final Hints hints;
    private final Parked parked;
    private final Ballots ballots;
    private final QuorumSettings settings;
    private final QuorumCounters counters;

    Replica(
            ShardSeams seams,
            QuorumSettings settings,
            HybridClock hybridClock,
            Ballots ballots,
            QuorumCounters counters) {
        this.self = seams.self();
        this.clock = seams.clock();
        this.storage = seams.storage();
        this.ring = seams.ring();
        this.hints = seams.hints();
        this.parked = new Parked(seams.timers(), counters);
        this.hybridClock = hybridClock;
        this.ballots = ballots;
        this.settings = settings;
        this.counters = counters;
    }

    /**
     * Does what is asked and answers once, unless the deadline has passed: nobody waits for the answer then.
     *
     * @param from whose coordinator asks
     */
    void handle(NodeId from, PeerRequest request, Consumer<PeerReply> reply) {
        long leftNanos = request.deadlineNanos() - clock.monotonicNanos();
        if (leftNanos <= 0) {
            counters.expiredRequests++;
            return;
        }
        // Read once, and what it admits is handed to the storage before this returns. So when a later task on this
        // thread finds a newer
        // ring, every join that was accepted by an older one has been called, and Storage.settled covers it: whoever
        // catches up from here
        // misses none (see RingSteps).
        Ring now = ring.current();
        CacheSettings cache = settings.caches().get(request.key().cache());
        long since = now.since(now.partitionOf(request.key().slot()));
        if (cache != null && request.epoch() > since) {
            ring.newerAt(from);
            if (!parked.park(new Parked.Waiting(from, request, reply), leftNanos)) {
                counters.replicaRefusals++;
                Failure full = new Failure.Overloaded("too much waits for the ring of epoch " + request.epoch());
                reply.accept(new PeerReply.Refused(request.id(), now.epoch(), full));
            }
            return;
        }
        Failure refusal = refusal(request, now, since, cache);
        if (refusal != null || cache == null) {
            counters.replicaRefusals++;
            Failure why = refusal != null ? refusal : unknownCache(request.key().cache());
            reply.accept(new PeerReply.Refused(request.id(), now.epoch(), why));
            return;
        }
        long id = request.id();
        long epoch = now.epoch();
        boolean hasCaughtUp = hasCaughtUp(now, now.partitionOf(request.key().slot()), cache.replicas());
        switch (request) {
            case PeerRequest.Join join -> {
                Version version = join.cell().version();
                hybridClock.observe(version);
                Version promised = ballots.outbidding(join.key(), version);
                boolean mayBeMissed = ballots.mayHaveGone(join.key(), version);
                if (promised != null) {
                    ballots.joining(join.key(), version);
                }
                storage.join(
                        join.key(),
                        join.cell(),
                        cache.durability(),
                        outcome -> reply.accept(joined(id, epoch, join, outcome, promised, mayBeMissed)));
            }
            case PeerRequest.Hint hint -> {
                hybridClock.observe(hint.cell().version());
                hints.keep(hint.target(), hint.key(), hint.cell(), kept -> reply.accept(kept(id, epoch, kept)));
            }
            case PeerRequest.Read read ->
                storage.read(
                        read.key(), outcome -> reply.accept(cell(id, epoch, read.key(), shown(outcome, hasCaughtUp))));
            case PeerRequest.ReadDigest read ->
                storage.read(
                        read.key(),
                        outcome -> reply.accept(digest(id, epoch, read.key(), shown(outcome, hasCaughtUp))));
            case PeerRequest.Prepare prepare -> prepare(prepare, epoch, hasCaughtUp, reply);
            case PeerRequest.Accept accept -> accept(accept, epoch, reply);
        }
    }

    private void prepare(PeerRequest.Prepare prepare, long epoch, boolean hasCaughtUp, Consumer<PeerReply> reply) {
        Key key = prepare.key();
        hybridClock.observe(prepare.ballot());
        Version greater = ballots.prepare(key, prepare.ballot(), prepare.id());
        if (greater != null) {
            counters.outbidHere++;
            reply.accept(new PeerReply.Outbid(prepare.id(), epoch, greater));
            return;
        }
        storage.promise(prepare.ballot().reading(), outcome -> {
            switch (outcome) {
                case PromiseOutcome.Kept ignored ->
                    storage.read(key, found -> reply.accept(promised(prepare, epoch, shown(found, hasCaughtUp))));
                case PromiseOutcome.Refused refused ->
                    reply.accept(new PeerReply.Refused(
                            prepare.id(), epoch, failure(refused.fault(), refused.detail(), Failure.Effect.NONE)));
            }
        });
    }

    private PeerReply promised(PeerRequest.Prepare prepare, long epoch, ReadOutcome outcome) {
        return switch (outcome) {
            case ReadOutcome.Found found ->
                new PeerReply.Promised(
                        prepare.id(),
                        epoch,
                        found.cell(),
                        ballots.standing(prepare.key(), found.cell()) == PeerReply.Standing.SETTLED,
                        ballots.links(prepare.key(), prepare.since()));
            case ReadOutcome.Refused refused ->
                new PeerReply.Refused(
                        prepare.id(), epoch, failure(refused.fault(), refused.detail(), Failure.Effect.NONE));
        };
    }

    private void accept(PeerRequest.Accept accept, long epoch, Consumer<PeerReply> reply) {
        Version version = accept.cell().version();
        hybridClock.observe(version);
        Version next = accept.next();
        // Whoever is told that it was outbid takes it that the cell is not here and never was. When the request has
        // come before, and was let
        // through, that is not so: then the answer to that one has to do.
        Consumer<PeerReply> told = ballots.wasLetThrough(accept.key(), version)
                ? answer -> {
                    if (!(answer instanceof PeerReply.Outbid)) {
                        reply.accept(answer);
                    }
                }
                : reply;
        Version greater = ballots.accept(accept.key(), version, next, accept.id());
        ballots.link(accept.key(), accept.links(), greater == null ? version : null);
        if (greater != null) {
            counters.outbidHere++;
            told.accept(new PeerReply.Outbid(accept.id(), epoch, greater));
            return;
        }
        Acceptance acceptance = new Acceptance(accept, epoch, told);
        if (next == null) {
            acceptance.promised = new PromiseOutcome.Kept();
        } else {
            hybridClock.observe(next);
            storage.promise(next.reading(), acceptance::promised);
        }
        storage.join(accept.key(), accept.cell(), Durability.FSYNC, acceptance::joined);
    }

    /** A cell on its way into the storage, and with it the promise of the next ballot. */
    private final class Acceptance {
        private final PeerRequest.Accept accept;
        private final long epoch;
        private final Consumer<PeerReply> reply;
        private @Nullable PromiseOutcome promised;
        private @Nullable JoinOutcome joined;

        private Acceptance(PeerRequest.Accept accept, long epoch, Consumer<PeerReply> reply) {
            this.accept = accept;
            this.epoch = epoch;
            this.reply = reply;
        }

        private void promised(PromiseOutcome outcome) {
            promised = outcome;
            answer();
        }

        private void joined(JoinOutcome outcome) {
            joined = outcome;
            if (outcome instanceof JoinOutcome.Held held) {
                ballots.held(accept.key(), held.cell().version());
            }
            answer();
        }

        private void answer() {
            if (promised != null && joined != null) {
                if (isForGood(joined)) {
                    reply.accept(accepted(promised, joined));
                }
            }
        }

        /**
         * Unless a greater cell that came later is held, which may have been made of this one: then nothing is told, and the coordinator
         * is in doubt.
         */
        private boolean isForGood(JoinOutcome join) {
            return !(join instanceof JoinOutcome.Held held)
                    || !held.mayBeLater()
                    || Cell.compare(held.cell(), accept.cell()) == 0;
        }

        private PeerReply accepted(PromiseOutcome promise, JoinOutcome join) {
            long id = accept.id();
            return switch (join) {
                case JoinOutcome.Refused refused ->
                    new PeerReply.Refused(
                            id, epoch, failure(refused.fault(), refused.detail(), Failure.Effect.UNKNOWN));
                case JoinOutcome.Held held
                when Cell.compare(held.cell(), accept.cell()) != 0 ->
                    new PeerReply.Outbid(id, epoch, held.cell().version());
                case JoinOutcome.Held ignored ->
                    switch (promise) {
                        case PromiseOutcome.Kept kept -> new PeerReply.Accepted(id, epoch);
                        case PromiseOutcome.Refused refused ->
                            new PeerReply.Refused(
                                    id, epoch, failure(refused.fault(), refused.detail(), Failure.Effect.UNKNOWN));
                    };
            };
        }
    }

    /** What waited for a newer ring is served or refused by it, or goes on waiting for a newer one still. */
    void ringChanged() {
        for (Parked.Waiting waiting : parked.release()) {
            handle(waiting.from(), waiting.request(), waiting.reply());
        }
    }

    private @Nullable Failure refusal(PeerRequest request, Ring now, long since, @Nullable CacheSettings cache) {
        if (cache == null) {
            return unknownCache(request.key().cache());
        }
        if (request.epoch() != since || !isForThisNode(request, now, cache)) {
            return new Failure.StaleRing(now.epoch(), Failure.Effect.NONE);
        }
        return switch (request) {
            case PeerRequest.Join join -> drift(join.cell().version());
            case PeerRequest.Hint hint -> drift(hint.cell().version());
            case PeerRequest.Read ignored -> null;
            case PeerRequest.ReadDigest ignored -> null;
            case PeerRequest.Prepare prepare -> drift(prepare.ballot());
            case PeerRequest.Accept accept ->
                drift(accept.next() == null ? accept.cell().version() : accept.next());
        };
    }

    /**
     * Owners are asked for their own copies. For an owner only who is none stands in: a hint on an owner would count one node twice, and
     * one for this node itself would never be handed over.
     */
    private boolean isForThisNode(PeerRequest request, Ring now, CacheSettings cache) {
        int partition = now.partitionOf(request.key().slot());
        boolean owns = now.isOwner(self, partition, cache.replicas());
        return request instanceof PeerRequest.Hint hint
                ? !owns && now.isOwner(hint.target(), partition, cache.replicas())
                : owns;
    }

    private @Nullable Failure drift(Version version) {
        long tooFarAhead = hybridClock.millisTooFarAhead(version);
        return tooFarAhead > 0 ? new Failure.ClockDrift(tooFarAhead, Failure.Effect.NONE) : null;
    }

    static Failure unknownCache(String name) {
        return new Failure.BadRequest("no cache '" + name + "' is configured; add it to 'caches' on every node");
    }

    /**
     * @param promised a greater ballot that had been promised when it came, or null
     * @param mayBeMissed whether one may have been promised before, whose promise has gone since: by an operation of that ballot
     */
    private PeerReply joined(
            long id,
            long epoch,
            PeerRequest.Join join,
            JoinOutcome outcome,
            @Nullable Version promised,
            boolean mayBeMissed) {
        return switch (outcome) {
            case JoinOutcome.Held held -> {
                Version version = held.cell().version();
                ballots.held(join.key(), version);
                if (promised != null) {
                    yield new PeerReply.Outbid(id, epoch, promised.isAfter(version) ? promised : version);
                }
                if (Cell.compare(held.cell(), join.cell()) == 0) {
                    yield new PeerReply.Joined(id, epoch, null);
                }
                // What stands for the forgotten dead is held by nobody.
                boolean isOfNobody = version.node().equals(NodeId.GREATEST);
                yield mayBeMissed || isOfNobody
                        ? new PeerReply.Outbid(id, epoch, version)
                        : new PeerReply.Joined(id, epoch, version);
            }
            case JoinOutcome.Refused refused ->
                new PeerReply.Refused(id, epoch, failure(refused.fault(), refused.detail(), Failure.Effect.UNKNOWN));
        };
    }

    private PeerReply kept(long id, long epoch, boolean kept) {
        if (kept) {
            counters.hintsKept++;
            return new PeerReply.Kept(id, epoch);
        }
        counters.hintsRefused++;
        return new PeerReply.Refused(id, epoch, new Failure.Overloaded("a stand-in's hints"));
    }

    private boolean hasCaughtUp(Ring now, int partition, int replicas) {
        Transition transition = now.transition();
        return now.owners(partition, replicas).contains(self)
                || (transition != null && transition.synced().contains(self));
    }

    /**
     * Who is to become an owner may have been one before, and hold what was deleted since; and the owners may have forgotten the deletion
     * (invariant 5), so that nobody would say that it is older. Until it has caught up, it shows nothing that is as old as that. Nothing is
     * missed by it: whatever was acknowledged, the owners have.
     */
    private ReadOutcome shown(ReadOutcome outcome, boolean hasCaughtUp) {
        if (hasCaughtUp || !(outcome instanceof ReadOutcome.Found found) || found.cell() == null) {
            return outcome;
        }
        long oldMillis = clock.wallMillis()
                - settings.forgottenAfter()
                        .minus(settings.maxClockDrift().multipliedBy(2))
                        .toMillis();
        return found.cell().version().wallMillis() > oldMillis ? outcome : ReadOutcome.Found.NOTHING;
    }

    private PeerReply cell(long id, long epoch, Key key, ReadOutcome outcome) {
        return switch (outcome) {
            case ReadOutcome.Found found ->
                new PeerReply.CellIs(id, epoch, found.cell(), ballots.standing(key, found.cell()));
            case ReadOutcome.Refused refused ->
                new PeerReply.Refused(id, epoch, failure(refused.fault(), refused.detail(), Failure.Effect.NONE));
        };
    }

    private PeerReply digest(long id, long epoch, Key key, ReadOutcome outcome) {
        return switch (outcome) {
            case ReadOutcome.Found found -> {
                Cell cell = found.cell();
                yield new PeerReply.DigestIs(
                        id, epoch, cell == null ? null : Digest.of(cell), ballots.standing(key, cell));
            }
            case ReadOutcome.Refused refused ->
                new PeerReply.Refused(id, epoch, failure(refused.fault(), refused.detail(), Failure.Effect.NONE));
        };
    }

    private static Failure failure(StorageFault fault, String detail, Failure.Effect effect) {
        return switch (fault) {
            case OVERLOADED -> new Failure.Overloaded("a replica's storage: " + detail);
            case DISK_FULL, DAMAGED, STOPPED -> new Failure.StorageFailed(detail, effect);
        };
    }
}
