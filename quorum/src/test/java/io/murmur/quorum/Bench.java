package io.murmur.quorum;

import static org.assertj.core.api.Assertions.assertThat;

import io.murmur.kernel.CacheSettings;
import io.murmur.kernel.Clock;
import io.murmur.kernel.Durability;
import io.murmur.kernel.Hints;
import io.murmur.kernel.Level;
import io.murmur.kernel.Limits;
import io.murmur.kernel.RingSource;
import io.murmur.kernel.Storage;
import io.murmur.kernel.Timers;
import io.murmur.kernel.data.Cell;
import io.murmur.kernel.data.Digest;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.data.Version;
import io.murmur.kernel.message.ClientReply;
import io.murmur.kernel.message.ClientRequest;
import io.murmur.kernel.message.Failure;
import io.murmur.kernel.message.Message;
import io.murmur.kernel.message.PeerReply;
import io.murmur.kernel.message.PeerRequest;
import io.murmur.kernel.message.Trace;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.ring.Ring;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The shard of node 1, an owner of every key; the other owners, its storage and its clock are moved by hand. */
final class Bench {

    static final CacheSettings CACHE = CacheSettings.named("cache");
    static final CacheSettings BRIEF =
            new CacheSettings("brief", 3, Level.QUORUM, Level.QUORUM, Durability.INTERVAL, Duration.ofMinutes(1));
    static final Key KEY = Key.of("cache", "key");
    static final NodeId SELF = Layouts.node(1);
    static final NodeId SECOND = Layouts.node(2);
    static final NodeId THIRD = Layouts.node(3);
    static final long WALL_MILLIS = 1_000_000;
    static final int SHARD = 5;

    private static final long START_NANOS = 5_000_000_000L;

    /** A message that has left. */
    record Sent(NodeId to, Message message) {}

    private record Due(long atNanos, long order, Runnable task) {}

    /** Answers at once, or, when slow, once it is told to; refuses with a fault while it has one. */
    static final class HandStorage implements Storage {
        final Map<Key, Cell> held = new HashMap<>();
        private final Deque<Runnable> waiting = new ArrayDeque<>();
        /** The readings promised, in the order in which they were. */
        final List<Long> promises = new ArrayList<>();

        boolean isSlow;
        boolean isInMemory;
        boolean isLate;
        int reads;
        int joins;

        @Nullable
        StorageFault fault;

        @Nullable
        Durability lastDurability;

        @Override
        public void read(Key key, Consumer<ReadOutcome> then) {
            reads++;
            does(() -> then.accept(
                    fault == null ? new ReadOutcome.Found(held.get(key)) : new ReadOutcome.Refused(fault, "told so")));
        }

        @Override
        public ReadOutcome.@Nullable Found readAtOnce(Key key) {
            return isInMemory ? new ReadOutcome.Found(held.get(key)) : null;
        }

        @Override
        public void join(Key key, Cell cell, Durability durability, Consumer<JoinOutcome> then) {
            joins++;
            lastDurability = durability;
            does(() -> then.accept(
                    fault == null
                            ? new JoinOutcome.Held(held.merge(key, cell, Cell::joinPresent), isLate)
                            : new JoinOutcome.Refused(fault, "told so")));
        }

        @Override
        public void promise(long reading, Consumer<PromiseOutcome> then) {
            promises.add(reading);
            does(() -> then.accept(
                    fault == null ? new PromiseOutcome.Kept() : new PromiseOutcome.Refused(fault, "told so")));
        }

        @Override
        public void settled(Runnable then) {
            does(then);
        }

        private void does(Runnable work) {
            if (isSlow) {
                waiting.add(work);
            } else {
                work.run();
            }
        }

        @Override
        public void scan(int firstSlot, int lastSlot, @Nullable Key after, int limit, Consumer<ScanOutcome> then) {
            throw new AssertionError("nobody scans here");
        }

        /** What was read is read now, and what was joined is durable now. */
        void catchUp() {
            while (!waiting.isEmpty()) {
                waiting.removeFirst().run();
            }
        }
    }

    /** A hint that the shard has asked for. */
    record Hinted(NodeId owner, Key key, Cell cell, Consumer<Boolean> then) {}

    /** Keeps hints at once, or, when slow, once it is told to; refuses while it is full. */
    static final class HandHints implements Hints {
        final List<Hinted> asked = new ArrayList<>();
        private final Deque<Hinted> waiting = new ArrayDeque<>();
        boolean isSlow;
        boolean isFull;

        @Override
        public void keep(NodeId target, Key key, Cell cell, Consumer<Boolean> then) {
            Hinted hinted = new Hinted(target, key, cell, then);
            asked.add(hinted);
            if (isSlow) {
                waiting.add(hinted);
            } else {
                then.accept(!isFull);
            }
        }

        void catchUp() {
            while (!waiting.isEmpty()) {
                waiting.removeFirst().then().accept(!isFull);
            }
        }

        List<NodeId> owners() {
            return asked.stream().map(Hinted::owner).toList();
        }

        /** The values that are kept for an owner, in the order in which they came. */
        List<String> valuesFor(NodeId owner) {
            return asked.stream()
                    .filter(hinted -> hinted.owner().equals(owner))
                    .map(hinted -> new String(((Cell.Live) hinted.cell()).value(), StandardCharsets.UTF_8))
                    .toList();
        }
    }

    final HandHints hints = new HandHints();
    final HandStorage storage = new HandStorage();
    final List<Sent> sent = new ArrayList<>();
    final List<ClientReply> replies = new ArrayList<>();
    final Set<NodeId> dead = new HashSet<>();
    /** Whom the node was told to ask for a newer ring. */
    final Set<NodeId> askedForRing = new HashSet<>();

    final QuorumShard shard;
    Ring ring;

    private final PriorityQueue<Due> timers =
            new PriorityQueue<>(Comparator.comparingLong(Due::atNanos).thenComparingLong(Due::order));
    private long nanos = START_NANOS;
    private long timersSet;
    private long lastCall;

    /** One region with three owners. */
    Bench() {
        this(Layouts.ring(3));
    }

    Bench(Ring ring) {
        this(ring, UnaryOperator.identity());
    }

    Bench(Ring ring, UnaryOperator<QuorumSettings> change) {
        this(ring, change, 1, 0);
    }

    Bench(Ring ring, UnaryOperator<QuorumSettings> change, long seed, long greatestReading) {
        this.ring = ring;
        Clock clock = new Clock() {
            @Override
            public long monotonicNanos() {
                return nanos;
            }

            @Override
            public long wallMillis() {
                return WALL_MILLIS + (nanos - START_NANOS) / 1_000_000;
            }
        };
        Timers handTimers = (delay, task) -> {
            Due due = new Due(nanos + delay.toNanos(), timersSet++, task);
            timers.add(due);
            return () -> timers.remove(due);
        };
        ShardSeams seams = new ShardSeams(
                SELF,
                clock,
                handTimers,
                (to, message) -> sent.add(new Sent(to, message)),
                storage,
                node -> !dead.contains(node),
                new Random(seed),
                new RingSource() {
                    @Override
                    public Ring current() {
                        return Bench.this.ring;
                    }

                    @Override
                    public void newerAt(NodeId node) {
                        askedForRing.add(node);
                    }
                },
                hints);
        Map<String, CacheSettings> caches = Map.of("cache", CACHE, "brief", BRIEF);
        shard = new QuorumShard(
                seams,
                change.apply(withBackgroundRepairShare(QuorumSettings.of(caches, SHARD), 0)),
                greatestReading,
                0);
    }

    long nanos() {
        return nanos;
    }

    /** Later than any timeout. */
    long inFiveSeconds() {
        return nanos + 5_000_000_000L;
    }

    int timersWaiting() {
        return timers.size();
    }

    void pass(Duration time) {
        long until = nanos + time.toNanos();
        while (!timers.isEmpty() && timers.peek().atNanos() <= until) {
            Due due = timers.remove();
            nanos = Math.max(nanos, due.atNanos());
            due.task().run();
        }
        nanos = until;
    }

    void call(ClientRequest request) {
        shard.coordinate(request, replies::add);
    }

    void put(String value, @Nullable Level level) {
        call(new ClientRequest.Put(++lastCall, 1, inFiveSeconds(), KEY, bytes(value), 0, level));
    }

    void putSloppily(String value, @Nullable Level level) {
        call(new ClientRequest.Put(++lastCall, 1, inFiveSeconds(), KEY, bytes(value), 0, level, true, false));
    }

    void putTraced(String value, @Nullable Level level, boolean sloppy) {
        call(new ClientRequest.Put(++lastCall, 1, inFiveSeconds(), KEY, bytes(value), 0, level, sloppy, true));
    }

    void getTraced(@Nullable Level level) {
        call(new ClientRequest.Get(++lastCall, 1, inFiveSeconds(), KEY, level, true));
    }

    void get(@Nullable Level level) {
        call(new ClientRequest.Get(++lastCall, 1, inFiveSeconds(), KEY, level));
    }

    /** The messages of a kind that have left for a node. */
    <M> List<M> sentTo(NodeId node, Class<M> kind) {
        return sent.stream()
                .filter(one -> one.to().equals(node) && kind.isInstance(one.message()))
                .map(one -> kind.cast(one.message()))
                .toList();
    }

    <M> M lastTo(NodeId node, Class<M> kind) {
        List<M> all = sentTo(node, kind);
        assertThat(all).as("sent to " + node).isNotEmpty();
        return all.get(all.size() - 1);
    }

    void acknowledge(NodeId from) {
        shard.receive(
                from, new PeerReply.Joined(lastTo(from, PeerRequest.Join.class).id(), 1, null));
    }

    /** A stand-in has made the last hint it got durable. */
    void keep(NodeId standIn) {
        shard.receive(
                standIn,
                new PeerReply.Kept(lastTo(standIn, PeerRequest.Hint.class).id(), 1));
    }

    void supersede(NodeId from, Version greater) {
        shard.receive(
                from, new PeerReply.Joined(lastTo(from, PeerRequest.Join.class).id(), 1, greater));
    }

    /** The node answers the last read or digest read as an owner that holds this cell. */
    void answer(NodeId from, @Nullable Cell held) {
        answer(from, lastTo(from, PeerRequest.class), held);
    }

    void answer(NodeId from, PeerRequest request, @Nullable Cell held) {
        shard.receive(
                from,
                switch (request) {
                    case PeerRequest.Read read -> new PeerReply.CellIs(read.id(), 1, held);
                    case PeerRequest.ReadDigest read ->
                        new PeerReply.DigestIs(read.id(), 1, held == null ? null : Digest.of(held));
                    case PeerRequest.Join join -> throw new AssertionError("not a read: " + join);
                    case PeerRequest.Hint hint -> throw new AssertionError("not a read: " + hint);
                    case PeerRequest.Prepare prepare -> new PeerReply.Promised(prepare.id(), 1, held, true, List.of());
                    case PeerRequest.Accept accept -> throw new AssertionError("not a read: " + accept);
                });
    }

    /** The node refuses the last request it got. */
    void refuse(NodeId from, Failure failure) {
        refuse(from, lastTo(from, PeerRequest.class), failure);
    }

    void refuse(NodeId from, PeerRequest request, Failure failure) {
        long epoch = failure instanceof Failure.StaleRing stale ? stale.epoch() : 1;
        shard.receive(from, new PeerReply.Refused(request.id(), epoch, failure));
    }

    /** The node refuses its last request by a ring of its own. */
    void refuseByRing(NodeId from, long epoch) {
        refuse(from, new Failure.StaleRing(epoch, Failure.Effect.NONE));
    }

    /** The shard learns of a ring. */
    void adopt(Ring next) {
        ring = next;
        shard.ringChanged();
    }

    /** The ring of the next epoch, of which the shard has yet to be told, with the members and owners of this one. */
    void moveRing(Ring next) {
        ring = Layouts.atEpoch(ring.epoch() + 1, next);
    }

    /** What came with the last reply. */
    @Nullable
    Trace trace() {
        assertThat(replies).isNotEmpty();
        return ((ClientReply.One) replies.get(replies.size() - 1)).trace();
    }

    ClientReply.Result result() {
        assertThat(replies).hasSize(1);
        return ((ClientReply.One) replies.get(0)).result();
    }

    <R> R result(Class<R> kind) {
        assertThat(result()).isInstanceOf(kind);
        return kind.cast(result());
    }

    /** What the only call, a read, found; null for nothing. */
    @Nullable
    String value() {
        Cell.Live live = result(ClientReply.Value.class).cell();
        return live == null ? null : new String(live.value(), StandardCharsets.UTF_8);
    }

    /** The failure of the only call, which must be of this kind. */
    <F> F failure(Class<F> kind) {
        Failure failure = result(ClientReply.Failed.class).failure();
        assertThat(failure).isInstanceOf(kind);
        return kind.cast(failure);
    }

    static QuorumSettings withHedgeShare(QuorumSettings settings, double share) {
        return changed(settings, share, settings.backgroundRepairShare(), settings.slowThreshold());
    }

    static QuorumSettings withBackgroundRepairShare(QuorumSettings settings, double share) {
        return changed(settings, settings.hedgeShare(), share, settings.slowThreshold());
    }

    static QuorumSettings withSlowThreshold(QuorumSettings settings, Duration threshold) {
        return changed(settings, settings.hedgeShare(), settings.backgroundRepairShare(), threshold);
    }

    private static QuorumSettings changed(
            QuorumSettings settings, double hedgeShare, double backgroundRepairShare, Duration slowThreshold) {
        return new QuorumSettings(
                settings.caches(),
                settings.limits(),
                settings.readTimeout(),
                settings.writeTimeout(),
                settings.maxClockDrift(),
                settings.maxPending(),
                settings.maxReplyBytes(),
                hedgeShare,
                backgroundRepairShare,
                settings.forgottenAfter(),
                slowThreshold,
                settings.shard());
    }

    static QuorumSettings withBounds(QuorumSettings settings, Limits limits, int maxPending, long maxReplyBytes) {
        return new QuorumSettings(
                settings.caches(),
                limits,
                settings.readTimeout(),
                settings.writeTimeout(),
                settings.maxClockDrift(),
                maxPending,
                maxReplyBytes,
                settings.hedgeShare(),
                settings.backgroundRepairShare(),
                settings.forgottenAfter(),
                settings.slowThreshold(),
                settings.shard());
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static Version version(long wallMillis, NodeId node) {
        return new Version(wallMillis << 16, node);
    }

    /** A value written by way of the second node. */
    static Cell.Live live(long wallMillis, String value) {
        return new Cell.Live(version(wallMillis, SECOND), Cell.NEVER, bytes(value));
    }
}
