package io.murmur.quorum;

import static org.assertj.core.api.Assertions.assertThat;

import io.murmur.kernel.CacheSettings;
import io.murmur.kernel.Clock;
import io.murmur.kernel.Durability;
import io.murmur.kernel.Hints;
import io.murmur.kernel.Level;
import io.murmur.kernel.RingSource;
import io.murmur.kernel.Timers;
import io.murmur.kernel.data.Cell;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.data.Version;
import io.murmur.kernel.message.ClientReply;
import io.murmur.kernel.message.ClientRequest;
import io.murmur.kernel.message.Failure;
import io.murmur.kernel.message.Message;
import io.murmur.kernel.message.PeerReply;
import io.murmur.kernel.message.PeerRequest;
import io.murmur.kernel.ring.Member;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.ring.Ring;
import io.murmur.kernel.ring.RingChange;
import io.murmur.kernel.ring.RingPlanner;
import io.murmur.kernel.ring.RingSteps;
import io.murmur.kernel.ring.Slots;
import io.murmur.kernel.ring.Transition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * A few nodes with their shards, clients that read and write one key by way of any of them, and a ring that changes under all of this, at
 * random moments and under a seed. The nodes learn of rings at different times; catching up is done as {@link RingSteps} demands it.
 *
 * <p>Every answer is checked: no read or write ends below what was answered before it began (invariants 2, 3, 6 and 7).
 */
final class MovingRing {

    private static final int PARTITIONS = 4;
    /** More writes of one key at once would mostly supersede one another. */
    private static final int MOST_CALLS = 4;

    private static final long START_NANOS = 5_000_000_000L;

    private record Due(long atNanos, long order, Runnable task) {}

    /** A node's shard and what it stands on. */
    private final class Node implements RingSource {
        final NodeId id;
        final Bench.HandStorage storage = new Bench.HandStorage();
        final QuorumShard shard;
        Ring ring;
        boolean isCut;
        boolean hasTakenPart;

        Node(NodeId id, Ring ring, long skewMillis) {
            this.id = id;
            this.ring = ring;
            this.hasTakenPart = ring.member(id) != null;
            storage.isSlow = random.nextBoolean();
            Clock clock = new Clock() {
                @Override
                public long monotonicNanos() {
                    return nanos;
                }

                @Override
                public long wallMillis() {
                    return Bench.WALL_MILLIS + skewMillis + (nanos - START_NANOS) / 1_000_000;
                }
            };
            Timers handTimers = (delay, task) -> {
                Due due = new Due(nanos + delay.toNanos(), timersSet++, task);
                timers.add(due);
                return () -> timers.remove(due);
            };
            ShardSeams seams = new ShardSeams(
                    id,
                    clock,
                    handTimers,
                    (to, message) -> send(this, to, message),
                    storage,
                    other -> !cutForAWhile.contains(other),
                    new Random(random.nextLong()),
                    this,
                    Hints.NONE);
            shard = new QuorumShard(seams, QuorumSettings.of(Map.of("cache", cache), 0), 0, 0);
            shard.ringChanged();
        }

        @Override
        public Ring current() {
            return ring;
        }

        @Override
        public void newerAt(NodeId other) {
            Node asked = node(other);
            travel(this, asked, () -> travel(asked, this, () -> adopt(asked.ring)));
        }

        /** The shard is told a little later than the ring is there. */
        void adopt(Ring newer) {
            if (newer.epoch() > ring.epoch()) {
                ring = newer;
                onTheirWay.add(() -> {
                    hasTakenPart |= ring.member(id) != null;
                    shard.ringChanged();
                });
            }
        }

        void receive(NodeId from, Message message) {
            switch (message) {
                case PeerRequest request -> shard.receive(from, request);
                case PeerReply reply -> shard.receive(from, reply);
                default -> throw new AssertionError("nobody sends this here: " + message);
            }
        }
    }

    final Random random;
    final List<Failure> failures = new ArrayList<>();
    Ring latest;
    int answered;
    int changed;

    private final boolean isPlanned;
    private final double trouble;
    private final CacheSettings cache;
    private final Level readLevel;
    private final Level writeLevel;
    private final int partition;
    /** All who are members or may become one. */
    private final List<Member> candidates;

    private final Map<NodeId, Node> nodes = new LinkedHashMap<>();
    private final List<Runnable> onTheirWay = new ArrayList<>();
    private final PriorityQueue<Due> timers =
            new PriorityQueue<>(Comparator.comparingLong(Due::atNanos).thenComparingLong(Due::order));
    private final Set<NodeId> cutForAWhile = new HashSet<>();
    /** Whom a node has caught up from, by the epoch since which the partition moves. */
    private final Map<String, Set<NodeId>> caughtUpFrom = new LinkedHashMap<>();

    private long nanos = START_NANOS;
    private long timersSet;
    private long calls;
    private int pending;
    private int changesLeft;
    private @Nullable Version floor;
    private final Set<Cell> bases = new HashSet<>();

    /** @param isPlanned nothing is lost, nobody dies, and time stands still while anything is on its way: no call may fail */
    MovingRing(long seed, boolean isPlanned) {
        random = new Random(seed);
        this.isPlanned = isPlanned;
        trouble = isPlanned ? 0 : random.nextInt(3) * 0.1;
        changesLeft = 1 + random.nextInt(4);
        int[] regions = switch (random.nextInt(4)) {
            case 0 -> new int[] {2 + random.nextInt(2), 2 + random.nextInt(2)};
            case 1 -> new int[] {2};
            default -> new int[] {3 + random.nextInt(3)};
        };
        candidates = Layouts.members(regions);
        List<Member> first = new ArrayList<>(candidates);
        if (random.nextBoolean() && regions[regions.length - 1] > 2) {
            first.remove(first.size() - 1);
        }
        int replicas = 2 + random.nextInt(2);
        latest = RingPlanner.first(PARTITIONS, replicas, first);
        partition = latest.partitionOf(Bench.KEY.slot());
        int ofCache = random.nextInt(3) == 0 ? 1 + random.nextInt(replicas) : replicas;
        cache = new CacheSettings("cache", ofCache, Level.QUORUM, Level.QUORUM, Durability.FSYNC, null);
        switch (random.nextInt(5)) {
            case 0 -> {
                readLevel = Level.ONE;
                writeLevel = Level.ALL;
            }
            case 1 -> readLevel = writeLevel = Level.EACH_QUORUM;
            case 2 -> readLevel = writeLevel = Level.LOCAL_QUORUM;
            default -> readLevel = writeLevel = Level.QUORUM;
        }
        for (Member member : candidates) {
            nodes.put(member.id(), new Node(member.id(), latest, random.nextInt(401) - 200));
        }
    }

    private Node node(NodeId id) {
        return Objects.requireNonNull(nodes.get(id));
    }

    private String region(NodeId id) {
        return candidates.stream()
                .filter(member -> member.id().equals(id))
                .findFirst()
                .orElseThrow()
                .region();
    }

    private Node anyNode() {
        return new ArrayList<>(nodes.values()).get(random.nextInt(nodes.size()));
    }

    private void send(Node from, NodeId to, Message message) {
        Node receiver = node(to);
        travel(from, receiver, () -> receiver.receive(from.id, message));
    }

    private void travel(Node from, Node to, Runnable arrival) {
        for (int copies = random.nextDouble() < trouble ? random.nextInt(3) : 1; copies > 0; copies--) {
            onTheirWay.add(() -> {
                if (!from.isCut && !to.isCut) {
                    arrival.run();
                }
            });
        }
    }

    void run(int steps) {
        for (int i = 0; i < steps; i++) {
            step();
        }
    }

    private void step() {
        int chance = random.nextInt(100);
        if (chance < 55 && !onTheirWay.isEmpty()) {
            onTheirWay.remove(random.nextInt(onTheirWay.size())).run();
        } else if (chance < 65) {
            anyNode().storage.catchUp();
        } else if (chance < 75) {
            call();
        } else if (chance < 80) {
            changeRing();
        } else if (chance < 90) {
            catchUp();
        } else if (chance < 94) {
            Node one = anyNode();
            Node other = anyNode();
            travel(other, one, () -> one.adopt(other.ring));
        } else if (chance < 96) {
            cutOrMend();
        } else if (!isPlanned || isIdle()) {
            pass(Duration.ofMillis(1 + random.nextInt(20)));
        }
    }

    private boolean isIdle() {
        nodes.values().forEach(node -> node.storage.catchUp());
        return onTheirWay.isEmpty();
    }

    private void pass(Duration time) {
        long until = nanos + time.toNanos();
        while (!timers.isEmpty() && timers.peek().atNanos() <= until) {
            Due due = timers.remove();
            nanos = Math.max(nanos, due.atNanos());
            due.task().run();
        }
        nanos = until;
    }

    private void cutOrMend() {
        if (trouble == 0) {
            return;
        }
        Node node = anyNode();
        if (node.isCut || cutForAWhile.isEmpty()) {
            node.isCut = !node.isCut;
            cutForAWhile.clear();
            nodes.values().stream().filter(other -> other.isCut).forEach(other -> cutForAWhile.add(other.id));
        }
    }

    private void call() {
        Node node = anyNode();
        if (pending >= MOST_CALLS) {
            return;
        }
        if (writeLevel.equals(Level.LOCAL_QUORUM)
                && !(node.hasTakenPart
                        && Objects.equals(
                                region(node.id), region(candidates.get(0).id())))) {
            return;
        }
        @Nullable Version before = floor;
        long deadline = nanos + 5_000_000_000L;
        Key key = Bench.KEY;
        ClientRequest request = switch (random.nextInt(5)) {
            case 0, 1 -> new ClientRequest.Get(++calls, 1, deadline, key, readLevel);
            case 2 -> new ClientRequest.Delete(++calls, 1, deadline, key, writeLevel);
            default -> new ClientRequest.Put(++calls, 1, deadline, key, Bench.bytes("value " + calls), 0, writeLevel);
        };
        pending++;
        if (areInOrder() && random.nextInt(3) == 0) {
            change(node, before, deadline);
            return;
        }
        node.shard.coordinate(request, reply -> {
            pending--;
            check(before, ((ClientReply.One) reply).result());
        });
    }

    /** Whether plain reads and writes are in one order with atomic operations. */
    private boolean areInOrder() {
        return readLevel.equals(Level.QUORUM) && writeLevel.equals(Level.QUORUM);
    }

    /** Answers what it has changed, of which there is no other change. */
    private void change(Node node, @Nullable Version before, long deadline) {
        byte[] value = Bench.bytes("change " + calls);
        Change<Optional<Cell.Live>> change =
                (current, now) -> new Change.Step.Put<>(value, Cell.NEVER, Optional.ofNullable(current));
        node.shard.change(Bench.KEY, deadline, change, outcome -> {
            pending--;
            switch (outcome) {
                case ChangeOutcome.Done<Optional<Cell.Live>> done -> {
                    Version version = Objects.requireNonNull(done.version());
                    answered++;
                    changed++;
                    if (before != null) {
                        assertThat(version).as("changed after %s", before).isGreaterThan(before);
                    }
                    done.answer().ifPresent(basis -> {
                        if (before != null) {
                            assertThat(basis.version())
                                    .as("made of, after %s", before)
                                    .isGreaterThanOrEqualTo(before);
                        }
                        assertThat(bases.add(basis))
                                .as("changed once: %s", basis)
                                .isTrue();
                    });
                    raise(version);
                }
                case ChangeOutcome.Failed<Optional<Cell.Live>> failed -> {
                    // A plain write may have come over what was in doubt when the ring changed.
                    if (failed.failure().effect() == Failure.Effect.NONE || !isPlanned) {
                        failures.add(failed.failure());
                    }
                }
            }
        });
    }

    private void check(@Nullable Version before, ClientReply.Result result) {
        switch (result) {
            case ClientReply.Value value -> {
                answered++;
                if (before != null) {
                    assertThat(value.seen()).as("read after %s", before).isGreaterThanOrEqualTo(before);
                }
                if (!readLevel.equals(Level.ONE) && value.seen() != null) {
                    raise(value.seen());
                }
            }
            case ClientReply.Written written -> {
                answered++;
                if (before != null) {
                    assertThat(written.version()).as("written after %s", before).isGreaterThan(before);
                }
                raise(written.version());
            }
            case ClientReply.Failed failed -> failures.add(failed.failure());
        }
    }

    private void raise(Version version) {
        floor = floor == null || version.isAfter(floor) ? version : floor;
    }

    private void changeRing() {
        Transition underWay = latest.transition();
        if (changesLeft == 0 || (underWay != null && random.nextInt(8) != 0)) {
            return;
        }
        Member member = candidates.get(random.nextInt(candidates.size()));
        boolean isMember =
                latest.members().stream().anyMatch(other -> other.id().equals(member.id()));
        RingChange change;
        if (underWay != null) {
            change = new RingChange.Abort(underWay.change().subject());
        } else if (!isMember) {
            @Nullable NodeId dead = deadOf(member.region());
            change = dead == null ? new RingChange.Join(member) : new RingChange.Replace(dead, member);
        } else if (node(member.id()).isCut) {
            change = new RingChange.Remove(member.id());
        } else if (random.nextInt(4) == 0) {
            change = new RingChange.Move(member.id(), "zone-" + random.nextInt(3), 1 + random.nextInt(3));
        } else {
            change = new RingChange.Leave(member.id());
        }
        long left = latest.members().stream()
                .filter(other -> other.region().equals(member.region()))
                .count();
        // What the only owner had goes with it.
        boolean losesCells = RingSteps.goneAtOnce(change) != null && (left <= 1 || mustReadAll());
        if (losesCells || (change instanceof RingChange.Leave && left <= 1)) {
            return;
        }
        try {
            latest = RingSteps.begin(latest, change);
            changesLeft--;
            anyNode().adopt(latest);
        } catch (RingSteps.Refused e) {
            throw new AssertionError(change + " of " + latest, e);
        }
    }

    private @Nullable NodeId deadOf(String region) {
        for (Member member : latest.members()) {
            if (member.region().equals(region) && node(member.id()).isCut) {
                return member.id();
            }
        }
        return null;
    }

    /** A node that is behind reads what owners hold that have adopted the joint ring, once their older joins have settled. */
    private void catchUp() {
        Ring joint = latest;
        List<NodeId> behind = List.copyOf(RingSteps.behind(joint));
        if (behind.isEmpty()) {
            return;
        }
        Node node = node(behind.get(random.nextInt(behind.size())));
        long since = joint.since(partition);
        if (RingSteps.toCatchUp(joint, node.id).contains(partition)) {
            if (node.ring.since(partition) != since) {
                node.newerAt(anyNode().id);
                return;
            }
            Set<NodeId> read = caughtUpFrom.computeIfAbsent(since + " " + node.id, none -> new TreeSet<>());
            for (NodeId source : RingSteps.sources(joint, node.id, partition)) {
                readFrom(node(source), node, since, read);
            }
            Set<NodeId> enough = new TreeSet<>(read);
            if (joint.owners(partition).contains(node.id)) {
                enough.add(node.id);
            }
            if (!RingSteps.areEnough(joint, partition, enough)
                    || (mustReadAll() && !enough.containsAll(joint.owners(partition)))) {
                return;
            }
        }
        try {
            latest = RingSteps.synced(joint, node.id);
            anyNode().adopt(latest);
        } catch (RingSteps.Refused e) {
            throw new AssertionError(e);
        }
    }

    /**
     * {@link RingSteps#areEnough} is about majorities of all owners. It may pass the one owner of a cache with one replica, and leave an
     * owner behind that has not heard of the change and answers reads at ONE.
     */
    private boolean mustReadAll() {
        return cache.replicas() == 1 || readLevel.equals(Level.ONE);
    }

    private void readFrom(Node source, Node node, long since, Set<NodeId> read) {
        if (source.isCut || node.isCut || source.ring.since(partition) != since || random.nextInt(3) == 0) {
            return;
        }
        source.storage.settled(() -> {
            long reading = source.shard.promises().reading();
            if (reading > 0) {
                node.shard.promises().raiseFloor(0, Slots.COUNT - 1, reading, kept -> {});
            }
            Cell held = source.storage.held.get(Bench.KEY);
            if (held == null) {
                read.add(source.id);
            } else {
                node.shard.promises().joining(Bench.KEY, held.version());
                node.storage.join(Bench.KEY, held, Durability.FSYNC, outcome -> read.add(source.id));
            }
        });
    }

    /** The trouble ends, the change under way comes to its end or stays, and everybody learns of it. */
    void calmDown() {
        nodes.values().forEach(node -> node.isCut = false);
        cutForAWhile.clear();
        nodes.values().forEach(node -> node.adopt(latest));
        drain();
        // Whatever was on its way has ended by then.
        for (int i = 0; i < 200; i++) {
            pass(Duration.ofMillis(10));
            drain();
        }
        for (Node node : nodes.values()) {
            assertThat(node.shard.pendingCalls()).isZero();
            assertThat(node.shard.roundsAwaited()).isZero();
        }
        assertThat(timers).isEmpty();
    }

    void drain() {
        while (!isIdle()) {
            while (!onTheirWay.isEmpty()) {
                onTheirWay.remove(random.nextInt(onTheirWay.size())).run();
            }
        }
    }

    @Override
    public String toString() {
        return writeLevel + " and " + readLevel + " of " + cache.replicas() + " among " + latest;
    }

    long sum(ToLongFunction<QuorumStatistics> count) {
        return nodes.values().stream()
                .mapToLong(node -> count.applyAsLong(node.shard.statistics()))
                .sum();
    }
}
