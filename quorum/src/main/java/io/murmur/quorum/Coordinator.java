package io.murmur.quorum;

import io.murmur.kernel.CacheSettings;
import io.murmur.kernel.Level;
import io.murmur.kernel.Storage;
import io.murmur.kernel.data.Cell;
import io.murmur.kernel.data.HybridClock;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.data.Version;
import io.murmur.kernel.message.AtomicOperation;
import io.murmur.kernel.message.ClientReply;
import io.murmur.kernel.message.ClientReply.Failed;
import io.murmur.kernel.message.ClientReply.Result;
import io.murmur.kernel.message.ClientRequest;
import io.murmur.kernel.message.Failure;
import io.murmur.kernel.message.PeerReply;
import io.murmur.kernel.message.PeerRequest;
import io.murmur.kernel.message.Trace;
import io.murmur.kernel.message.Trace.Reason;
import io.murmur.kernel.ring.Member;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.ring.Ring;
import io.murmur.quorum.Track.Caller;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Any node coordinates any call: it checks the request, finds the owners, and starts a {@link PendingWrite} or {@link PendingRead} for
 * each key, which end by themselves. What those need of the shard (requests out, replies in, time) is here.
 *
 * <p>A coordinator that is no owner has no copy of its own and is a coordinator like any other; there is no forwarding hop.
 */
final class Coordinator {

    private static final int SHARD_BITS = 8;

    /** The longest time to live, in milliseconds: about 100 years, so that no expiry time overflows. */
    private static final long MAX_TTL_MILLIS = Duration.ofDays(36_525).toMillis();

    /** One read in so many chooses its owners in turn instead of by latency. */
    private static final int PROBE_EVERY = 1 << 7;

    final ShardSeams seams;
    final QuorumSettings settings;
    final HybridClock hybridClock;
    final QuorumCounters counters;
    final HedgeBudget hedgeBudget;
    final LateAcknowledgements lateAcknowledgements;
    final Lease.Kept leases = new Lease.Kept();
    final Repairs repairs;
    private final SlowCalls slowCalls = new SlowCalls();
    private final Replica replica;
    /** By the id's counter; the low 8 bits, the same in all ids of a shard, would put them all into few buckets. */
    private final Map<Long, Pending> pending = new HashMap<>();

    private final Map<Key, PendingChange> changes = new HashMap<>();
    private final Map<NodeId, LatencyWindow> latencies = new HashMap<>();
    private final long readTimeoutNanos;
    private final long writeTimeoutNanos;
    private final long slowNanos;
    private long lastId;
    private int calls;
    private int rankings;

    /** Placements by cache replicas and partition, for one ring. */
    private @Nullable Ring placed;

    private Placement[][] placements = new Placement[0][];

    /** The own node as of the last ring that it took part in: one that has left still finishes its clients' calls, and where it stands. */
    private @Nullable Member local;

    Coordinator(
            ShardSeams seams,
            QuorumSettings settings,
            HybridClock hybridClock,
            Replica replica,
            QuorumCounters counters) {
        this.seams = seams;
        this.settings = settings;
        this.hybridClock = hybridClock;
        this.replica = replica;
        this.counters = counters;
        this.hedgeBudget = new HedgeBudget(settings.hedgeShare());
        this.lateAcknowledgements = new LateAcknowledgements(this, settings.maxPending());
        this.readTimeoutNanos = settings.readTimeout().toNanos();
        this.writeTimeoutNanos = settings.writeTimeout().toNanos();
        this.repairs = new Repairs(readTimeoutNanos);
        this.slowNanos = settings.slowThreshold().toNanos();
        // A reply to a request of this node's former life must not be taken for one of this life's.
        this.lastId = seams.random().nextLong() & 0x3FFF_FFFF_FFFFL;
    }

    /** Calls on their way. */
    int pendingCalls() {
        return calls;
    }

    /** Rounds of requests whose replies are waited for: none is left behind by any end of a call, past its deadline. */
    int roundsAwaited() {
        return pending.size();
    }

    void coordinate(ClientRequest request, Consumer<ClientReply> reply) {
        long id = request.id();
        switch (request) {
            case ClientRequest.Get get -> get(get, get.key(), get.level(), one(id, get.traced(), reply));
            case ClientRequest.Put put ->
                put(
                        put,
                        put.key(),
                        put.value(),
                        put.timeToLiveMillis(),
                        put.level(),
                        put.sloppy(),
                        one(id, put.traced(), reply));
            case ClientRequest.Delete delete -> delete(delete, one(id, delete.traced(), reply));
            case ClientRequest.GetAll all -> getAll(all, reply);
            case ClientRequest.PutAll all -> putAll(all, reply);
            case ClientRequest.Change asked -> change(asked, one(id, asked.traced(), reply));
            case ClientRequest.GetRing ignored -> {
                Ring ring = seams.ring().current();
                reply.accept(new ClientReply.RingIs(id, ring.epoch(), ring));
            }
        }
    }

    private Caller one(long id, boolean traced, Consumer<ClientReply> reply) {
        return (result, track) -> {
            keepIfSlow(track);
            Trace trace = traced && track != null ? track.trace() : null;
            reply.accept(new ClientReply.One(id, seams.ring().current().epoch(), result, trace));
        };
    }

    private void getAll(ClientRequest.GetAll all, Consumer<ClientReply> reply) {
        List<Key> keys = all.keys();
        Batch batch = new Batch(all.id(), keys.size(), settings.maxReplyBytes(), reply);
        seams.storage().expect(keys);
        for (int i = 0; i < keys.size(); i++) {
            get(all, keys.get(i), all.level(), batch.entry(i));
        }
    }

    private void putAll(ClientRequest.PutAll all, Consumer<ClientReply> reply) {
        List<ClientRequest.Entry> entries = all.entries();
        Batch batch = new Batch(all.id(), entries.size(), settings.maxReplyBytes(), reply);
        for (int i = 0; i < entries.size(); i++) {
            ClientRequest.Entry entry = entries.get(i);
            put(all, entry.key(), entry.value(), all.timeToLiveMillis(), all.level(), all.sloppy(), batch.entry(i));
        }
    }

    private void get(ClientRequest request, Key key, @Nullable Level asked, Caller caller) {
        CacheSettings cache = settings.caches().get(key.cache());
        Failure refusal = refusal(key, cache);
        if (refusal != null || cache == null) {
            fail(caller, refusal, key);
            return;
        }
        Level level = asked == null ? cache.readLevel() : asked;
        if (level.equals(Level.ANY)) {
            fail(caller, new Failure.BadRequest("level ANY is for writes; read at ONE or above"), key);
            return;
        }
        Placement placement = placement(key, cache.replicas());
        boolean asksOneAlone = asksOneAlone(level);
        boolean isSampled = asksOneAlone && seams.random().nextDouble() < settings.backgroundRepairShare();
        if (asksOneAlone && !isSampled && isReadAtOnce(request, key, placement, caller)) {
            return;
        }
        Track track = track(Trace.Kind.GET, request.deadlineNanos(), key, level, placement, readTimeoutNanos, caller);
        new PendingRead(new ReadCall(this, track, placement, isSampled)).start();
    }

    /**
     * Answers a read of one owner when that is this node, and its copy is in memory: what a {@link PendingRead} would come to, without its
     * books. Where somebody wants the books, or the partition moves, they are kept.
     */
    private boolean isReadAtOnce(ClientRequest request, Key key, Placement placement, Caller caller) {
        if (placement.self < 0
                || placement.lists.length > 1
                || slowNanos == 0
                || (request instanceof ClientRequest.Get get && get.traced())) {
            return false;
        }
        Storage.ReadOutcome.Found found = seams.storage().readAtOnce(key);
        if (found == null) {
            return false;
        }
        counters.reads++;
        hedgeBudget.earn();
        Cell cell = found.cell();
        // Looking at the clock would be a tenth of all this: only what expires needs it, and no deadline has a use for
        // "too late" here.
        boolean canExpire = cell instanceof Cell.Live live && live.expiresAtMillis() != Cell.NEVER;
        Cell.Live visible = Cell.visible(cell, canExpire ? seams.clock().wallMillis() : 0);
        caller.answer(new ClientReply.Value(visible, cell == null ? null : cell.version(), 1), null);
        return true;
    }

    /** Some of the reads that ask one owner alone, and so find nothing out, are followed by a comparison of all owners. */
    private static boolean asksOneAlone(Level level) {
        return level.equals(Level.ONE)
                || level.equals(Level.LOCAL_ONE)
                || (level instanceof Level.Count count && count.replicas() == 1);
    }

    private void put(
            ClientRequest request,
            Key key,
            byte[] value,
            long timeToLiveMillis,
            @Nullable Level asked,
            boolean sloppy,
            Caller caller) {
        CacheSettings cache = settings.caches().get(key.cache());
        Failure refusal = refusal(key, cache);
        if (refusal == null) {
            refusal = refusal(value, timeToLiveMillis);
        }
        if (refusal != null || cache == null) {
            fail(caller, refusal, key);
            return;
        }
        long expiresAtMillis =
                expiry(timeToLiveMillis, cache.timeToLive(), seams.clock().wallMillis());
        write(
                Trace.Kind.PUT,
                request,
                key,
                asked,
                sloppy,
                cache,
                () -> new Cell.Live(hybridClock.stamp(), expiresAtMillis, value),
                caller);
    }

    private void delete(ClientRequest.Delete delete, Caller caller) {
        CacheSettings cache = settings.caches().get(delete.key().cache());
        Failure refusal = refusal(delete.key(), cache);
        if (refusal != null || cache == null) {
            fail(caller, refusal, delete.key());
            return;
        }
        write(
                Trace.Kind.DELETE,
                delete,
                delete.key(),
                delete.level(),
                delete.sloppy(),
                cache,
                () -> new Cell.Tombstone(hybridClock.stamp()),
                caller);
    }

    private void write(
            Trace.Kind kind,
            ClientRequest request,
            Key key,
            @Nullable Level asked,
            boolean sloppy,
            CacheSettings cache,
            PendingWrite.Stamp stamp,
            Caller caller) {
        Placement placement = placement(key, cache.replicas());
        Level level = asked == null ? cache.writeLevel() : asked;
        if (level.equals(Level.SERIAL) && sloppy) {
            fail(caller, new Failure.BadRequest("level SERIAL is for owners alone; nobody can stand in for them"), key);
            return;
        }
        Track track = track(kind, request.deadlineNanos(), key, level, placement, writeTimeoutNanos, caller);
        if (level.equals(Level.SERIAL)) {
            Cell cell = stamp.stamped();
            change(track, placement, Writing.of(cell), new Writing(this, track, cell.version()));
            return;
        }
        // It is newer than the ballot promised ahead, which would only be refused.
        leases.drop(key);
        new PendingWrite(this, track, stamp, placement, sloppy).start();
    }

    private Track track(
            Trace.Kind kind,
            long askedNanos,
            Key key,
            Level level,
            Placement placement,
            long timeoutNanos,
            Caller caller) {
        long now = seams.clock().monotonicNanos();
        long deadline = now + Math.min(askedNanos - now, timeoutNanos);
        return new Track(this, kind, key, level, placement, now, deadline, caller);
    }

    /** An atomic operation. */
    <R> void change(Key key, long deadlineNanos, Change<R> change, Consumer<ChangeOutcome<R>> then) {
        CacheSettings cache = settings.caches().get(key.cache());
        Failure refusal = refusal(key, cache);
        if (refusal != null || cache == null) {
            then.accept(new ChangeOutcome.Failed<>(refusal == null ? Replica.unknownCache(key.cache()) : refusal));
            return;
        }
        Placement placement = placement(key, cache.replicas());
        Operation<R> operation = new Operation<>(then);
        Track track =
                track(Trace.Kind.CHANGE, deadlineNanos, key, Level.SERIAL, placement, writeTimeoutNanos, operation);
        change(track, placement, change, new ChangeCall.Told<>() {
            @Override
            public void done(R answer, @Nullable Version version, int holders, int required) {
                counters.changes++;
                operation.outcome = new ChangeOutcome.Done<>(answer, version, holders);
                track.end(new ClientReply.Value(null, version, holders));
            }

            @Override
            public void failed(Failure failure) {
                counters.changesFailed++;
                operation.outcome = new ChangeOutcome.Failed<>(failure);
                track.end(new Failed(failure));
            }
        });
    }

    /** An atomic operation of a client. */
    private void change(ClientRequest.Change asked, Caller caller) {
        Key key = asked.key();
        CacheSettings cache = settings.caches().get(key.cache());
        Failure refusal = refusal(key, cache);
        if (refusal == null) {
            refusal = refusal(asked.operation());
        }
        if (refusal != null || cache == null) {
            fail(caller, refusal, key);
            return;
        }
        Placement placement = placement(key, cache.replicas());
        Track track = track(
                Trace.Kind.CHANGE, asked.deadlineNanos(), key, Level.SERIAL, placement, writeTimeoutNanos, caller);
        change(
                track,
                placement,
                new ClientChange(asked.operation(), cache.timeToLive()),
                new ChangeCall.Told<ClientChange.Answer>() {
                    @Override
                    public void done(ClientChange.Answer answer, @Nullable Version version, int holders, int required) {
                        counters.changes++;
                        track.heldBy(holders);
                        track.end(answer.result(version));
                    }

                    @Override
                    public void failed(Failure failure) {
                        counters.changesFailed++;
                        track.end(new Failed(failure));
                    }
                });
    }

    private @Nullable Failure refusal(AtomicOperation operation) {
        return switch (operation) {
            case AtomicOperation.PutIfAbsent it -> refusal(it.value(), it.timeToLiveMillis());
            case AtomicOperation.Replace it -> refusal(it.value(), it.timeToLiveMillis());
            case AtomicOperation.CompareAndSet it -> refusal(it.value(), it.timeToLiveMillis());
            case AtomicOperation.GetAndPut it -> refusal(it.value(), it.timeToLiveMillis());
            case AtomicOperation.Increment it -> refusal(it.timeToLiveMillis());
            case AtomicOperation.CompareAndRemove ignored -> null;
            case AtomicOperation.GetAndRemove ignored -> null;
        };
    }

    /** Who waits for an atomic operation. */
    private final class Operation<R> implements Caller {
        private final Consumer<ChangeOutcome<R>> then;
        private @Nullable ChangeOutcome<R> outcome;

        private Operation(Consumer<ChangeOutcome<R>> then) {
            this.then = then;
        }

        @Override
        public void answer(Result result, @Nullable Track track) {
            keepIfSlow(track);
            then.accept(Objects.requireNonNull(outcome));
        }
    }

    /** An atomic operation of a call that has begun: with those of the same key that are under way. */
    <R> void change(Track track, Placement placement, Change<R> change, ChangeCall.Told<R> told) {
        ChangeCall<R> call = new ChangeCall<>(track, change, told);
        PendingChange underway = changes.get(track.key);
        if (underway == null) {
            PendingChange first = new PendingChange(this, track.key, placement, call);
            changes.put(track.key, first);
            first.begin();
        } else if (underway.isFull()) {
            counters.overloaded++;
            call.fail(new Failure.Overloaded(
                    PendingChange.MOST_WAITING + " operations on one key wait at the coordinator"));
        } else {
            counters.changesCombined++;
            underway.add(call);
        }
    }

    /** All operations on the key that were under way have been answered. */
    void ended(PendingChange change) {
        changes.remove(change.key(), change);
    }

    /** What an operation wants is more than is allowed. */
    @Nullable
    Failure refusal(Change.Step<?> step) {
        return step instanceof Change.Step.Put<?> put ? refusal(put.value()) : null;
    }

    private @Nullable Failure refusal(byte[] value) {
        return value.length <= settings.limits().maxValueBytes()
                ? null
                : new Failure.BadRequest("a value of " + value.length + " bytes; at most "
                        + settings.limits().maxValueBytes() + " are allowed (limits.max-value-bytes)");
    }

    /** Whether a value has expired here, and may be alive by a clock that is as far behind as clocks may be. */
    boolean hasExpiredJustNow(Cell cell, long wallMillis) {
        long apart = 2 * settings.maxClockDrift().toMillis();
        return cell instanceof Cell.Live live
                && wallMillis >= live.expiresAtMillis()
                && wallMillis - live.expiresAtMillis() <= apart;
    }

    /**
     * When a value expires that is stored now.
     *
     * @param ofCache the cache's own time to live, null when it has none
     */
    static long expiry(long timeToLiveMillis, @Nullable Duration ofCache, long wallMillis) {
        long millis = timeToLiveMillis == ClientRequest.TTL_OF_CACHE && ofCache != null
                ? Math.min(ofCache.toMillis(), MAX_TTL_MILLIS)
                : timeToLiveMillis;
        return millis <= 0 ? Cell.NEVER : wallMillis + millis;
    }

    private @Nullable Failure refusal(byte[] value, long timeToLiveMillis) {
        Failure refusal = refusal(value);
        return refusal == null ? refusal(timeToLiveMillis) : refusal;
    }

    private static @Nullable Failure refusal(long timeToLiveMillis) {
        return timeToLiveMillis >= ClientRequest.TTL_NONE && timeToLiveMillis <= MAX_TTL_MILLIS
                ? null
                : new Failure.BadRequest("a time to live of " + timeToLiveMillis + " ms; 1 to " + MAX_TTL_MILLIS
                        + " are allowed, 0 for the cache's own, -1 for none");
    }

    private @Nullable Failure refusal(Key key, @Nullable CacheSettings cache) {
        if (cache == null) {
            return Replica.unknownCache(key.cache());
        }
        if (key.bytes().length > settings.limits().maxKeyBytes()) {
            return new Failure.BadRequest("a key of " + key.bytes().length + " bytes; at most "
                    + settings.limits().maxKeyBytes() + " are allowed (limits.max-key-bytes)");
        }
        if (calls >= settings.maxPending()) {
            counters.overloaded++;
            return new Failure.Overloaded(calls + " calls are pending at the coordinator");
        }
        return null;
    }

    private static void fail(Caller caller, @Nullable Failure refusal, Key key) {
        caller.answer(new Failed(refusal == null ? Replica.unknownCache(key.cache()) : refusal), null);
    }

    /** A call is pending from here on. */
    void begun() {
        calls++;
    }

    /** A call has been answered, or is about to be. */
    void ended(Track call) {
        calls--;
        if (isSlow(call)) {
            counters.slowCalls++;
        }
    }

    private boolean isSlow(Track call) {
        return call.tookNanos() >= slowNanos;
    }

    private void keepIfSlow(@Nullable Track call) {
        if (call != null && isSlow(call)) {
            slowCalls.add(call);
        }
    }

    /** Calls on their way, those that began first first. */
    List<Trace> underway(int most) {
        long now = seams.clock().monotonicNanos();
        return pending.values().stream()
                .map(Pending::track)
                .filter(Track::isUnderway)
                .sorted(Comparator.comparingLong((Track call) -> now - call.startedNanos)
                        .reversed())
                .limit(most)
                .map(Track::trace)
                .toList();
    }

    /** The last calls that were slow, the latest first. What is left of them, as late answers, goes on to be noted. */
    List<Trace> slow() {
        return slowCalls.latestFirst().stream().map(Track::trace).toList();
    }

    /** The owners of a key by the current ring. */
    Placement placement(Key key, int replicas) {
        return placement(key.slot(), replicas);
    }

    /** The owners of a slot by the current ring. */
    Placement placement(int slot, int replicas) {
        Ring ring = seams.ring().current();
        if (!ring.equals(placed)) {
            placed = ring;
            findSelf(ring);
            placements = new Placement[ring.replicas() + 1][ring.partitions()];
        }
        int capped = Math.min(replicas, ring.replicas());
        int partition = ring.partitionOf(slot);
        Placement known = placements[capped][partition];
        if (known == null) {
            known = new Placement(ring, partition, capped, seams.self(), local);
            placements[capped][partition] = known;
        }
        return known;
    }

    private void findSelf(Ring ring) {
        Member now = ring.member(seams.self());
        local = now == null ? local : now;
    }

    /** The places of a placement that are believed to be alive. */
    int alive(Placement placement) {
        int alive = 0;
        for (int place = 0; place < placement.size(); place++) {
            if (place == placement.self || isAlive(placement.owners.get(place))) {
                alive |= 1 << place;
            }
        }
        return alive;
    }

    boolean isAlive(NodeId node) {
        return node.equals(seams.self()) || seams.liveness().isAlive(node);
    }

    /**
     * Places in order of preference for reading: the own node, the own zone, the own region, and each by observed latency. Now and then
     * in turn instead, so that an owner that was slow is found again when it has recovered.
     */
    int[] nearest(Placement placement) {
        boolean probe = ++rankings % PROBE_EVERY == 0;
        int[] places = new int[placement.size()];
        long[] distances = new long[places.length];
        for (int place = 0; place < places.length; place++) {
            long distance = distance(placement, place, probe);
            int at = place;
            while (at > 0 && distances[at - 1] > distance) {
                distances[at] = distances[at - 1];
                places[at] = places[at - 1];
                at--;
            }
            distances[at] = distance;
            places[at] = place;
        }
        return places;
    }

    private long distance(Placement placement, int place, boolean probe) {
        if (place == placement.self) {
            return -1;
        }
        int bit = 1 << place;
        if (probe) {
            return Math.floorMod(place + rankings / PROBE_EVERY, placement.size());
        }
        long ring = (placement.zoneMask & bit) != 0 ? 0 : (placement.regionMasks[0] & bit) != 0 ? 1 : 2;
        return (ring << 50) + Math.min(latency(placement.owners.get(place)).meanNanos(), (1L << 50) - 1);
    }

    LatencyWindow latency(NodeId owner) {
        return latencies.computeIfAbsent(owner, ignored -> new LatencyWindow());
    }

    /** An id for a further round of requests; the shard is in its low 8 bits. */
    long nextId() {
        lastId = (lastId + 1) & 0x3FFF_FFFF_FFFFL;
        return (lastId << SHARD_BITS) | settings.shard();
    }

    void expect(long id, Pending call) {
        pending.put(id >>> SHARD_BITS, call);
    }

    void forget(long id) {
        pending.remove(id >>> SHARD_BITS);
    }

    /** Asks an owner; the own copy is asked directly, and may have answered when this returns. */
    void ask(Track call, Placement placement, int place, PeerRequest request, Reason why) {
        NodeId owner = placement.owners.get(place);
        call.asked(owner, request, why);
        if (place == placement.self) {
            replica.handle(owner, request, reply -> receive(seams.self(), reply));
        } else {
            seams.network().send(owner, request);
        }
    }

    /** Asks a node that is no owner to keep a cell for one. */
    void askStandIn(Track call, NodeId standIn, PeerRequest.Hint request) {
        call.asked(standIn, request, Reason.ABSENCE);
        seams.network().send(standIn, request);
    }

    /** Keeps hints of a cell for owners that are away. */
    void hint(Track call, Placement placement, int absent, Cell cell) {
        for (int place = 0; place < placement.size(); place++) {
            if ((absent & (1 << place)) != 0) {
                hint(call, placement.owners.get(place), cell, ignored -> {});
            }
        }
    }

    /**
     * Keeps a hint of a cell for an owner that is away.
     *
     * @param then whether it is durable
     */
    void hint(Track call, NodeId owner, Cell cell, Consumer<Boolean> then) {
        call.askedForHint(seams.self(), owner);
        seams.hints().keep(owner, call.key, cell, kept -> {
            if (kept) {
                counters.hintsKept++;
            } else {
                counters.hintsRefused++;
            }
            call.answeredForHint(owner, kept);
            then.accept(kept);
        });
    }

    /** Joins a cell into the stale owners' copies. */
    void repair(Track call, Placement placement, int stale, long id, Cell cell, Reason why) {
        repair(
                call,
                placement,
                stale,
                new PeerRequest.Join(id, placement.epoch, call.deadlineNanos, call.key, cell),
                why);
    }

    /** Has the stale owners do this. */
    void repair(Track call, Placement placement, int stale, PeerRequest.Join join, Reason why) {
        for (int place = 0; place < placement.size(); place++) {
            if ((stale & (1 << place)) != 0) {
                counters.repairs++;
                ask(call, placement, place, join, why);
            }
        }
    }

    /** Whether the partition has changed since a call was placed: its owners refuse it, or soon will. */
    boolean isOutdated(Placement placement) {
        return seams.ring().current().since(placement.partition) != placement.epoch;
    }

    /** Whether a ring of this epoch, by which an owner has refused, has yet to come here: then a call can be routed again. */
    boolean isYetToCome(long epoch) {
        return epoch > seams.ring().current().epoch();
    }

    /** A newer ring has been adopted: whatever it makes outdated is routed again, without waiting for refusals. */
    void ringChanged() {
        findSelf(seams.ring().current());
        // In the order in which they were asked, since routing again sends messages; and some of them end others'
        // rounds or begin new ones.
        long[] rounds =
                pending.keySet().stream().mapToLong(Long::longValue).sorted().toArray();
        for (long round : rounds) {
            Pending call = pending.get(round);
            if (call != null) {
                call.ringChanged();
            }
        }
    }

    /** A reply has come: late, repeated or foreign ones find nobody waiting. */
    void receive(NodeId from, PeerReply reply) {
        if (isYetToCome(reply.epoch())) {
            seams.ring().newerAt(from);
        }
        Pending call = pending.get(reply.id() >>> SHARD_BITS);
        if (call == null) {
            return;
        }
        call.track().answered(from, reply);
        int place = call.placement().placeOf(from);
        if (place >= 0) {
            call.receive(reply.id(), place, reply);
        } else {
            call.receiveFromStandIn(reply.id(), from, reply);
        }
    }

    /** Gathers the results of a call of several keys, in the order of its keys. */
    private final class Batch {
        private final long id;
        private final Result[] results;
        private final Consumer<ClientReply> reply;
        private @Nullable Track slowest;
        private long bytesLeft;
        private int missing;

        Batch(long id, int size, long maxBytes, Consumer<ClientReply> reply) {
            this.id = id;
            this.results = new Result[size];
            this.bytesLeft = maxBytes;
            this.reply = reply;
            this.missing = size;
            if (size == 0) {
                end();
            }
        }

        Caller entry(int index) {
            return (result, track) -> {
                if (track != null && (slowest == null || track.tookNanos() > slowest.tookNanos())) {
                    slowest = track;
                }
                results[index] = bounded(result);
                if (--missing == 0) {
                    end();
                }
            };
        }

        private Result bounded(Result result) {
            if (result instanceof ClientReply.Value value && value.cell() != null) {
                bytesLeft -= value.cell().value().length;
                if (bytesLeft < 0) {
                    return new Failed(new Failure.Overloaded("the reply would exceed " + settings.maxReplyBytes()
                            + " bytes; ask for fewer keys at once"));
                }
            }
            return result;
        }

        private void end() {
            // Alone, since a batch of many keys would leave no room for any other call.
            keepIfSlow(slowest);
            List<Result> all = Arrays.asList(results);
            reply.accept(new ClientReply.Many(id, seams.ring().current().epoch(), all));
        }
    }
}
