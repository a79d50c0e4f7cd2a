package io.murmur.gossip.scale;

import io.murmur.gossip.GossipListener;
import io.murmur.gossip.GossipSeams;
import io.murmur.gossip.Gossiper;
import io.murmur.kernel.Clock;
import io.murmur.kernel.Network;
import io.murmur.kernel.Timers;
import io.murmur.kernel.message.EndpointAttributes;
import io.murmur.kernel.message.EndpointDigest;
import io.murmur.kernel.message.EndpointLoad;
import io.murmur.kernel.message.EndpointState;
import io.murmur.kernel.message.EndpointStatus;
import io.murmur.kernel.message.GossipMessage;
import io.murmur.kernel.message.Message;
import io.murmur.kernel.ring.Member;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.wire.GossipCodec;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Many gossipers on one queue of events under a seed. Messages are handed over as they are, being immutable, and their bytes are counted
 * as the codec would write them.
 *
 * <p>A node that hears of a newer ring asks the one that has it, which takes two ways over the network, and has it then; either way may be
 * lost, and then the next message says it again.
 */
final class Crowd {

    private static final long SECOND = 1_000_000_000L;
    private static final long GENESIS_MILLIS = 1_700_000_000_000L;
    private static final int SEEDS = 3;

    private final CrowdConditions conditions;
    private final SplittableRandom random;
    private final PriorityQueue<Event> agenda = new PriorityQueue<>(1 << 16);
    private final List<Machine> machines = new ArrayList<>();
    private final Map<NodeId, Machine> byId = new HashMap<>();
    private final List<NodeId> seeds = new ArrayList<>();
    private final Set<Long> cuts = new HashSet<>();
    private long nowNanos;
    private long sequence;
    private long bytes;
    private long messages;
    private long falseConvictions;

    Crowd(long seed, CrowdConditions conditions) {
        this.conditions = conditions;
        this.random = new SplittableRandom(seed);
        for (int i = 0; i < conditions.nodes(); i++) {
            NodeId id = new NodeId(random.nextLong(), random.nextLong());
            Machine machine = new Machine(id, i);
            machines.add(machine);
            byId.put(id, machine);
            if (i < SEEDS) {
                seeds.add(id);
            }
        }
    }

    // ---- what happens

    void startAll() {
        machines.forEach(Machine::start);
    }

    void start(int node) {
        machines.get(node).start();
    }

    /** The process is gone, with what it knew. */
    void crash(int node) {
        machines.get(node).life = null;
    }

    /** The process stands still. */
    void pause(int node, Duration length) {
        Life life = machines.get(node).life;
        if (life != null) {
            life.pause(length.toNanos());
        }
    }

    /** No message passes from the one to the other any more. */
    void cut(int from, int to) {
        cuts.add((long) from << 32 | to);
    }

    void mend(int from, int to) {
        cuts.remove((long) from << 32 | to);
    }

    void run(Duration length) {
        runUntil(nowNanos + length.toNanos());
    }

    /** Runs until this is so, and answers how many seconds it took; at most this long, and answers NaN then. Looks each 50 ms. */
    double secondsUntil(BooleanSupplier isSo, Duration most) {
        long began = nowNanos;
        long until = nowNanos + most.toNanos();
        while (nowNanos < until) {
            if (isSo.getAsBoolean()) {
                return (nowNanos - began) / (double) SECOND;
            }
            runUntil(Math.min(until, nowNanos + SECOND / 20));
        }
        return isSo.getAsBoolean() ? (nowNanos - began) / (double) SECOND : Double.NaN;
    }

    private void runUntil(long until) {
        while (true) {
            Event next = agenda.peek();
            if (next == null || next.atNanos > until) {
                nowNanos = until;
                return;
            }
            agenda.remove();
            if (!next.cancelled) {
                nowNanos = next.atNanos;
                next.life.handle(next);
            }
        }
    }

    // ---- what is known of it

    int nodes() {
        return machines.size();
    }

    NodeId id(int node) {
        return machines.get(node).id;
    }

    Gossiper gossiper(int node) {
        return Objects.requireNonNull(machines.get(node).life, "the node is down").gossiper;
    }

    /** Whether every node that runs believes this one to be alive, or not. */
    boolean allBelieve(int node, boolean alive) {
        NodeId id = machines.get(node).id;
        for (Machine machine : machines) {
            if (machine.life != null && machine.number != node && machine.life.gossiper.isAlive(id) != alive) {
                return false;
            }
        }
        return true;
    }

    boolean allAreAliveToAll() {
        for (int i = 0; i < machines.size(); i++) {
            if (machines.get(i).life != null && !allBelieve(i, true)) {
                return false;
            }
        }
        return true;
    }

    boolean allHaveRing(long epoch) {
        for (Machine machine : machines) {
            if (machine.life != null && machine.life.gossiper.own().digest().ringEpoch() < epoch) {
                return false;
            }
        }
        return true;
    }

    /** How often a node that ran was taken for not alive by one that had taken it for alive. */
    long falseConvictions() {
        return falseConvictions;
    }

    long falseConvictionsBy(int node) {
        return machines.get(node).falseConvictions;
    }

    long suspicions() {
        long sum = 0;
        for (Machine machine : machines) {
            sum += machine.life == null ? 0 : machine.life.gossiper.suspicions();
        }
        return sum;
    }

    long bytes() {
        return bytes;
    }

    long messages() {
        return messages;
    }

    // ---- how it comes about

    /** A message that arrives, or a task that is due. */
    private static final class Event implements Comparable<Event>, Timers.Timer {
        private final long atNanos;
        private final long sequence;
        private final Life life;
        private final Runnable task;
        /** Whether it happens to the process, rather than in it. */
        private final boolean fromOutside;

        private final boolean isMessage;
        private boolean cancelled;

        Event(long atNanos, long sequence, Life life, Runnable task, boolean fromOutside, boolean isMessage) {
            this.atNanos = atNanos;
            this.sequence = sequence;
            this.life = life;
            this.task = task;
            this.fromOutside = fromOutside;
            this.isMessage = isMessage;
        }

        @Override
        public void cancel() {
            cancelled = true;
        }

        @Override
        public int compareTo(Event other) {
            int byTime = Long.compare(atNanos, other.atNanos);
            return byTime != 0 ? byTime : Long.compare(sequence, other.sequence);
        }
    }

    private Event add(long delayNanos, Life life, Runnable task, boolean fromOutside, boolean isMessage) {
        Event event = new Event(nowNanos + delayNanos, sequence++, life, task, fromOutside, isMessage);
        agenda.add(event);
        return event;
    }

    private long delayNanos() {
        long mostMicros = random.nextInt(500) == 0 ? 200_000 : 2_000;
        return 1_000 * random.nextLong(200, mostMicros + 1);
    }

    private boolean isLost(int from, int to) {
        return (!cuts.isEmpty() && cuts.contains((long) from << 32 | to)) || random.nextDouble() < conditions.loss();
    }

    /** What outlives a crash. */
    private final class Machine {
        private final NodeId id;
        private final int number;
        private final long skewMillis;
        private long generation;
        private long falseConvictions;
        private @Nullable Life life;

        Machine(NodeId id, int number) {
            this.id = id;
            this.number = number;
            this.skewMillis = random.nextLong(-1000, 1001);
        }

        void start() {
            generation = Math.max(generation + 1, wallMillis() / 1000);
            Life begun = new Life(this);
            life = begun;
            begun.gossiper.start();
            begun.pauseSometimes();
        }

        long wallMillis() {
            return GENESIS_MILLIS + nowNanos / 1_000_000 + skewMillis;
        }

        EndpointState own() {
            Member member =
                    new Member(id, "node-" + number, "10.0.0." + number, 7000, "east", "zone-" + number % 3, 100);
            return new EndpointState(
                    new EndpointDigest(id, generation, 0, 1, 1),
                    new EndpointAttributes(
                            member, 8000, 6379, EndpointStatus.UP, EndpointLoad.NONE, "0.1.0-SNAPSHOT", 1));
        }
    }

    /** From a start to a crash. */
    private final class Life implements GossipListener, Clock, Timers, Network {
        private final Machine machine;
        private final Gossiper gossiper;
        private final Queue<Event> dueTasks = new ArrayDeque<>();
        private final Queue<Event> dueMessages = new ArrayDeque<>();
        private boolean paused;

        Life(Machine machine) {
            this.machine = machine;
            this.gossiper = new Gossiper(
                    new GossipSeams(this, this, this, random.split(), () -> seeds),
                    conditions.settings(),
                    machine.own(),
                    this);
        }

        // The process.

        void handle(Event event) {
            if (machine.life != this) {
                return;
            }
            if (event.fromOutside || !paused) {
                event.task.run();
            } else if (event.isMessage) {
                dueMessages.add(event);
            } else {
                dueTasks.add(event);
            }
        }

        void pauseSometimes() {
            if (conditions.secondsBetweenPauses() > 0) {
                double seconds = -Math.log(1 - random.nextDouble()) * conditions.secondsBetweenPauses();
                add((long) (seconds * SECOND), this, this::pauseAndGoOn, true, false);
            }
        }

        private void pauseAndGoOn() {
            pause(conditions.pauseMillis() * 1_000_000);
            pauseSometimes();
        }

        void pause(long nanos) {
            if (!paused) {
                paused = true;
                add(nanos, this, this::resume, true, false);
            }
        }

        /** Tasks first and then the answers that have come meanwhile, which is what a real event loop may do to us. */
        private void resume() {
            paused = false;
            runAll(dueTasks);
            runAll(dueMessages);
        }

        private void runAll(Queue<Event> events) {
            for (Event due = events.poll(); due != null; due = events.poll()) {
                if (!due.cancelled) {
                    due.task.run();
                }
            }
        }

        // The seams.

        @Override
        public long monotonicNanos() {
            return nowNanos;
        }

        @Override
        public long wallMillis() {
            return machine.wallMillis();
        }

        @Override
        public Timer after(Duration delay, Runnable task) {
            return add(delay.toNanos(), this, task, false, false);
        }

        @Override
        public void send(NodeId to, Message message) {
            GossipMessage gossip = (GossipMessage) message;
            bytes += GossipCodec.frameBytes(gossip);
            messages++;
            Machine receiver = Objects.requireNonNull(byId.get(to));
            Life life = receiver.life;
            if (life != null && !isLost(machine.number, receiver.number)) {
                add(delayNanos(), life, () -> life.gossiper.receive(machine.id, gossip), false, true);
            }
        }

        // The news.

        @Override
        public void learned(NodeId node, EndpointAttributes attributes) {}

        @Override
        public void alive(NodeId node) {}

        @Override
        public void dead(NodeId node) {
            if (Objects.requireNonNull(byId.get(node)).life != null) {
                falseConvictions++;
                machine.falseConvictions++;
            }
        }

        @Override
        public void restarted(NodeId node, long generation) {}

        @Override
        public void newerRing(NodeId holder, long epoch) {
            Machine asked = Objects.requireNonNull(byId.get(holder));
            if (asked.life != null && !isLost(machine.number, asked.number) && !isLost(asked.number, machine.number)) {
                add(delayNanos() + delayNanos(), this, () -> gossiper.ringEpoch(epoch), false, true);
            }
        }

        @Override
        public void generationRaised(long generation) {
            machine.generation = generation;
        }
    }
}
