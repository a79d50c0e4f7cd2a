package io.murmur.quorum;

import static org.assertj.core.api.Assertions.assertThat;

import io.murmur.kernel.CacheSettings;
import io.murmur.kernel.Clock;
import io.murmur.kernel.Durability;
import io.murmur.kernel.Hints;
import io.murmur.kernel.Level;
import io.murmur.kernel.RingSource;
import io.murmur.kernel.Storage;
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
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.ring.Ring;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * One key of a few nodes, changed atomically by way of all of them at once, and written plainly as well, while messages are lost, doubled
 * and reordered, clocks differ and nodes crash; all by a seed.
 *
 * <p>The value is a list of words. An atomic operation adds a word of its own behind it and answers what was there before; so what each
 * answers says which came before it, in which order, and that none was lost or done twice.
 */
final class Register {

    private static final long START_NANOS = 5_000_000_000L;
    private static final Duration RESTART = Duration.ofMillis(250);
    private static final Duration LONGEST_CALL = Duration.ofSeconds(1);

    private record Due(long atNanos, long order, Runnable task) {}

    /** What outlives a crash. */
    private static final class Disk {
        final Map<Key, Cell> held = new HashMap<>();
        long promise;
        long reading;
    }

    /** Joins and promises wait for the log, in order; what has not come out of it when the process ends never has been. */
    private final class LoggedStorage implements Storage {
        private final Disk disk;
        private final Deque<Runnable> log = new ArrayDeque<>();

        LoggedStorage(Disk disk) {
            this.disk = disk;
        }

        @Override
        public void read(Key key, Consumer<ReadOutcome> then) {
            then.accept(new ReadOutcome.Found(disk.held.get(key)));
        }

        @Override
        public void join(Key key, Cell cell, Durability durability, Consumer<JoinOutcome> then) {
            log.add(() -> {
                disk.reading = Math.max(disk.reading, cell.version().reading());
                then.accept(new JoinOutcome.Held(disk.held.merge(key, cell, Cell::joinPresent)));
            });
        }

        @Override
        public void promise(long reading, Consumer<PromiseOutcome> then) {
            if (forgetsPromises) {
                then.accept(new PromiseOutcome.Kept());
                return;
            }
            log.add(() -> {
                disk.promise = Math.max(disk.promise, reading);
                disk.reading = Math.max(disk.reading, reading);
                then.accept(new PromiseOutcome.Kept());
            });
        }

        @Override
        public void settled(Runnable then) {
            log.add(then);
        }

        @Override
        public void scan(int firstSlot, int lastSlot, @Nullable Key after, int limit, Consumer<ScanOutcome> then) {
            throw new AssertionError("nobody scans here");
        }

        void sync() {
            for (int count = log.size(); count > 0; count--) {
                log.removeFirst().run();
            }
        }
    }

    /** A node's life. */
    private final class Node {
        final NodeId id;
        final LoggedStorage storage;
        final QuorumShard shard;
        boolean isDown;

        Node(NodeId id) {
            this.id = id;
            Disk disk = disks.computeIfAbsent(id, none -> new Disk());
            this.storage = new LoggedStorage(disk);
            long skewMillis = skews.computeIfAbsent(id, none -> random.nextLong(201) - 100);
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
                Due due = new Due(nanos + delay.toNanos(), timersSet++, () -> {
                    if (!isDown) {
                        task.run();
                    }
                });
                timers.add(due);
                return () -> timers.remove(due);
            };
            ShardSeams seams = new ShardSeams(
                    id,
                    clock,
                    handTimers,
                    (to, message) -> send(this, to, message),
                    storage,
                    other -> true,
                    new Random(random.nextLong()),
                    new RingSource() {
                        @Override
                        public Ring current() {
                            return ring;
                        }

                        @Override
                        public void newerAt(NodeId node) {}
                    },
                    Hints.NONE);
            shard = new QuorumShard(
                    seams,
                    Bench.withBackgroundRepairShare(QuorumSettings.of(Map.of("cache", CACHE), 0), 0),
                    disk.reading,
                    disk.promise);
        }

        void receive(NodeId from, Message message) {
            if (isDown) {
                return;
            }
            switch (message) {
                case PeerRequest request -> shard.receive(from, request);
                case PeerReply reply -> shard.receive(from, reply);
                default -> throw new AssertionError("nobody sends this here: " + message);
            }
        }
    }

    private static final CacheSettings CACHE = CacheSettings.named("cache");

    /** A call and what came of it. */
    static final class Call {
        final String word;
        final boolean isPlain;
        final long began;
        long ended = Long.MAX_VALUE;
        /** What was there before, or for a read what is there; null when it has not been done. */
        @Nullable
        List<String> seen;

        @Nullable
        Version version;

        @Nullable
        Failure failure;

        Call(String word, boolean isPlain, long began) {
            this.word = word;
            this.isPlain = isPlain;
            this.began = began;
        }

        boolean isRead() {
            return word.isEmpty();
        }

        boolean isDone() {
            return ended != Long.MAX_VALUE && failure == null;
        }

        /** What the key held right after it. */
        List<String> left() {
            List<String> left = new ArrayList<>(isPlain ? List.of() : Objects.requireNonNull(seen));
            if (!isRead()) {
                left.add(word);
            }
            return left;
        }

        @Override
        public String toString() {
            return (isPlain ? "put " : isRead() ? "read " : "add ") + word + " of " + seen + " " + began + ".." + ended
                    + " " + version + (failure == null ? "" : " " + failure);
        }
    }

    final Random random;
    final List<Call> calls = new ArrayList<>();
    /** A mistake to be noticed: promises are answered before they are durable, and lost in a crash. */
    boolean forgetsPromises;
    /** Whether there are reads at QUORUM, and many calls of one node at once. */
    boolean isCrowded;

    private final Ring ring;
    private final double trouble;
    private final double plainShare;
    private final Map<NodeId, Disk> disks = new HashMap<>();
    private final Map<NodeId, Long> skews = new HashMap<>();
    private final Map<NodeId, Node> nodes = new LinkedHashMap<>();
    private final List<Runnable> onTheirWay = new ArrayList<>();
    private final PriorityQueue<Due> timers =
            new PriorityQueue<>(Comparator.comparingLong(Due::atNanos).thenComparingLong(Due::order));

    private long nanos = START_NANOS;
    private long timersSet;
    private long moment;
    private int pending;

    /**
     * @param trouble how many messages are lost or doubled, 0 to 1
     * @param plainShare how many of the calls are plain writes, 0 to 1
     */
    Register(long seed, double trouble, double plainShare) {
        random = new Random(seed);
        this.trouble = trouble;
        this.plainShare = plainShare;
        ring = random.nextBoolean() ? Layouts.ring(3) : Layouts.withoutOwnersInFirstRegion();
        ring.members().forEach(member -> nodes.put(member.id(), new Node(member.id())));
    }

    private Node anyNode() {
        return new ArrayList<>(nodes.values()).get(random.nextInt(nodes.size()));
    }

    private void send(Node from, NodeId to, Message message) {
        for (int copies = random.nextDouble() < trouble ? random.nextInt(3) : 1; copies > 0; copies--) {
            onTheirWay.add(() -> Objects.requireNonNull(nodes.get(to)).receive(from.id, message));
        }
    }

    void run(int steps, boolean withCrashes) {
        for (int i = 0; i < steps; i++) {
            int chance = random.nextInt(100);
            if (chance < 60 && !onTheirWay.isEmpty()) {
                onTheirWay.remove(random.nextInt(onTheirWay.size())).run();
            } else if (chance < 80) {
                anyNode().storage.sync();
            } else if (chance < 88) {
                for (int calls = isCrowded ? random.nextInt(4) : 1; calls > 0; calls--) {
                    call();
                }
            } else if (chance < 89 && withCrashes) {
                crash(anyNode());
            } else if (chance > 92) {
                pass(Duration.ofMillis(random.nextInt(withCrashes ? 20 : 6)));
            }
        }
        calmDown();
    }

    private void crash(Node node) {
        if (node.isDown || nodes.values().stream().anyMatch(other -> other.isDown)) {
            return;
        }
        node.isDown = true;
        pending -= (int) calls.stream()
                .filter(call -> call.ended == Long.MAX_VALUE && owners.get(call) == node)
                .count();
        calls.stream().filter(call -> owners.get(call) == node).forEach(owners::remove);
        // By then its clock is past all that it has stamped, as that of a node that is no owner has to be.
        timers.add(new Due(nanos + RESTART.toNanos(), timersSet++, () -> nodes.put(node.id, new Node(node.id))));
    }

    private final Map<Call, Node> owners = new HashMap<>();

    private void call() {
        Node node =
                isCrowded && random.nextInt(3) > 0 ? nodes.values().iterator().next() : anyNode();
        if (node.isDown || pending >= (isCrowded ? 12 : 5)) {
            return;
        }
        pending++;
        int number = calls.size();
        long deadline = nanos + LONGEST_CALL.toNanos();
        double chance = random.nextDouble();
        if (chance < plainShare) {
            Call call = begin("put" + number, true, node);
            ClientRequest put =
                    new ClientRequest.Put(number, 1, deadline, Bench.KEY, Bench.bytes(call.word), 0, Level.QUORUM);
            node.shard.coordinate(put, reply -> {
                ClientReply.Result result = ((ClientReply.One) reply).result();
                if (result instanceof ClientReply.Written written) {
                    call.version = written.version();
                }
                end(call, result instanceof ClientReply.Failed failed ? failed.failure() : null);
            });
        } else if (chance < plainShare + (1 - plainShare) / (isCrowded ? 1.5 : 3)) {
            Call call = begin("", false, node);
            Level level = isCrowded && random.nextInt(4) > 0 ? Level.QUORUM : Level.SERIAL;
            node.shard.coordinate(new ClientRequest.Get(number, 1, deadline, Bench.KEY, level), reply -> {
                ClientReply.Result result = ((ClientReply.One) reply).result();
                if (result instanceof ClientReply.Value value) {
                    call.seen = words(value.cell());
                    call.version = value.seen();
                }
                end(call, result instanceof ClientReply.Failed failed ? failed.failure() : null);
            });
        } else {
            Call call = begin("add" + number, false, node);
            Change<List<String>> add = (current, now) -> {
                List<String> before = words(current);
                List<String> after = new ArrayList<>(before);
                after.add(call.word);
                return new Change.Step.Put<>(Bench.bytes(String.join(" ", after)), Cell.NEVER, before);
            };
            node.shard.change(Bench.KEY, deadline, add, outcome -> {
                switch (outcome) {
                    case ChangeOutcome.Done<List<String>> done -> {
                        call.seen = done.answer();
                        call.version = done.version();
                        end(call, null);
                    }
                    case ChangeOutcome.Failed<List<String>> failed -> end(call, failed.failure());
                }
            });
        }
    }

    private static List<String> words(Cell.@Nullable Live cell) {
        String text = cell == null ? "" : new String(cell.value(), StandardCharsets.UTF_8);
        return text.isEmpty() ? List.of() : Arrays.asList(text.split(" "));
    }

    private Call begin(String word, boolean isPlain, Node node) {
        Call call = new Call(word, isPlain, moment++);
        calls.add(call);
        owners.put(call, node);
        return call;
    }

    private void end(Call call, @Nullable Failure failure) {
        if (owners.remove(call) == null) {
            return;
        }
        pending--;
        call.failure = failure;
        call.ended = moment++;
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

    private void calmDown() {
        for (int i = 0; i < 300; i++) {
            for (int round = 0; round < 4; round++) {
                List<Runnable> arriving = List.copyOf(onTheirWay);
                onTheirWay.clear();
                arriving.forEach(Runnable::run);
                nodes.values().forEach(node -> node.storage.sync());
            }
            pass(Duration.ofMillis(10));
        }
        for (Node node : nodes.values()) {
            assertThat(node.shard.pendingCalls()).isZero();
            assertThat(node.shard.roundsAwaited()).isZero();
        }
        assertThat(owners).isEmpty();
    }

    long sum(ToLongFunction<QuorumStatistics> count) {
        return nodes.values().stream()
                .mapToLong(node -> count.applyAsLong(node.shard.statistics()))
                .sum();
    }

    /**
     * That all that was done happened one after the other, each between its beginning and its end: by what each has seen, and by the
     * versions of what each has left, which must agree.
     */
    void check() {
        List<Call> done = calls.stream().filter(Call::isDone).toList();
        for (Call one : done) {
            List<String> left = one.left();
            assertThat(left).as("%s", one).doesNotHaveDuplicates();
            for (String word : left) {
                Call other = byWord(word);
                assertThat(other.failure == null || other.failure.effect() == Failure.Effect.UNKNOWN)
                        .as("%s sees %s", one, other)
                        .isTrue();
                assertThat(other.began).as("%s sees %s", one, other).isLessThan(one.ended);
            }
            for (Call other : done) {
                if (other.ended < one.began) {
                    checkOrder(other, one);
                }
            }
        }
    }

    private Call byWord(String word) {
        return calls.stream().filter(call -> call.word.equals(word)).findFirst().orElseThrow();
    }

    /** The later one has seen what the earlier one left, or what came of that. */
    private void checkOrder(Call earlier, Call later) {
        String both = earlier + ", then " + later;
        if (earlier.version != null) {
            assertThat(later.version).as(both).isNotNull();
            if (later.isRead()) {
                assertThat(later.version).as(both).isGreaterThanOrEqualTo(earlier.version);
            } else {
                assertThat(later.version).as(both).isGreaterThan(earlier.version);
            }
        }
        if (later.isPlain) {
            return;
        }
        List<String> before = earlier.left();
        List<String> seen = Objects.requireNonNull(later.seen);
        boolean goesOn =
                seen.size() >= before.size() && seen.subList(0, before.size()).equals(before);
        if (!goesOn) {
            // Then a plain write has come in between, of which it was made: one that had not ended before the earlier
            // one began.
            assertThat(seen).as(both).isNotEmpty();
            Call base = byWord(seen.get(0));
            assertThat(base.isPlain).as(both).isTrue();
            assertThat(base.ended).as(both).isGreaterThan(earlier.began);
        }
    }
}
