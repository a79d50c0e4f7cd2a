package io.murmur.simulation;

import io.murmur.kernel.Timers;
import io.murmur.kernel.message.Message;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.ring.Ring;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A whole cluster in one thread under a seed, as FoundationDB and TigerBeetle test theirs. Nodes run on {@link NodeSeams}: their
 * messages, timers, threads and disks are entries in one queue ordered by simulated time, and all that is left to chance is drawn from
 * generators under the seed. So equal seeds give equal runs, a run of minutes takes milliseconds, and faults come as often as wanted.
 *
 * <p>A kill ends a node's life: its timers and tasks are gone; messages under way still arrive, possibly at its next life. A crash takes
 * what the disk has not synced as well. A life also ends inside a disk call ({@link SimulatedCrash}), when it calls {@link
 * io.murmur.kernel.Fatal#stop}, or when the disk does not let it start; then the world starts the node again by itself after a while.
 * What any task throws otherwise is a {@link Violation}.
 *
 * <p>On one thread; nothing here blocks or reads the time of day.
 */
public final class World {

    private final WorldSettings settings;
    private final ProcessFactory factory;
    private final Transcript transcript;
    private final SplittableRandom random;
    private final TraceDigest digest = new TraceDigest();
    private final Agenda agenda = new Agenda(digest);
    private final Names names = new Names();
    private final Counts counts = new Counts();
    private final SimulatedNetwork network;
    private final Map<NodeId, Machine> machines = new LinkedHashMap<>();
    private final List<Violation> violations = new ArrayList<>();
    private final TreeMap<Long, Ring> rings = new TreeMap<>();
    private @Nullable Ring ring;

    public World(long seed, WorldSettings settings, ProcessFactory factory, Transcript transcript) {
        this.settings = settings;
        this.factory = factory;
        this.transcript = transcript;
        this.random = new SplittableRandom(seed);
        this.network =
                new SimulatedNetwork(agenda, random.split(), digest, transcript, names, counts, settings.network());
    }

    // ---- who is there

    /** Adds a machine, not yet started, that {@link #startAll} starts. */
    public void addNode(NodeId id, String name) {
        addSpare(id, name);
        machine(id).isInstalled = true;
    }

    /** Adds a machine that is not there until it is started. */
    public void addSpare(NodeId id, String name) {
        SplittableRandom own = random.split();
        Port port = network.port(id, name, true);
        machines.put(id, new Machine(port, new SimulatedDisk(own.split()), own));
    }

    /** Adds a client, an endpoint of the same network. */
    public ClientSeams addClient(NodeId id, String name, BiConsumer<NodeId, Message> receiver) {
        Port port = network.port(id, name, false);
        SimulatedClock clock = new SimulatedClock(agenda, () -> 0, 0);
        port.open(clock, receiver);
        return new ClientSeams(
                id,
                clock,
                new SimulatedTimers(agenda, Runnable::run),
                (to, message) -> network.send(port, to, message));
    }

    /** The ring all nodes see from now on. */
    public void publish(Ring next) {
        ring = next;
    }

    Ring ring() {
        return Objects.requireNonNull(ring, "no ring has been published");
    }

    /** The epoch of the newest ring that is published or that a process has. */
    long ringEpoch() {
        Ring newest = newestRing();
        return newest == null ? 0 : newest.epoch();
    }

    /** The newest ring that is published or that a process has; null when there is none. */
    public @Nullable Ring newestRing() {
        Ring newest = ring;
        for (Machine machine : machines.values()) {
            Ring known = machine.life == null ? null : machine.life.ring();
            if (known != null) {
                compare(machine, known);
                if (newest == null || known.epoch() > newest.epoch()) {
                    newest = known;
                }
            }
        }
        return newest;
    }

    /** The newest ring that any process had when that was looked at, be they all down now; null when there was none. */
    @Nullable
    Ring newestRingEver() {
        return rings.isEmpty() ? null : rings.lastEntry().getValue();
    }

    /** Of each epoch there is one ring, whoever has it. */
    @SuppressWarnings("ReferenceEquality") // The same object need not be compared again.
    private void compare(Machine machine, Ring known) {
        if (machine.lastRing != known) {
            machine.lastRing = known;
            Ring former = rings.putIfAbsent(known.epoch(), known);
            if (former != null && !former.equals(known)) {
                violation(new Violation(
                        "there is one ring of each epoch (invariant 7)",
                        machine.port.name + " has " + known + ", another had " + former));
            }
        }
    }

    /** The ring a node's process has; null when it has none, or the node is down. */
    public @Nullable Ring ringOf(NodeId id) {
        Life life = machine(id).life;
        return life == null ? null : life.ring();
    }

    /** Looks at a node's process on its own thread; without effect when it is down, or is down by then. */
    public void look(NodeId id, Consumer<SimulatedProcess> task) {
        Life life = machine(id).life;
        if (life != null) {
            life.look(task);
        }
    }

    /** All nodes that are there, up or down, in the order they were added: no spare machines, and none that is lost. */
    public List<NodeId> nodes() {
        List<NodeId> nodes = new ArrayList<>();
        machines.forEach((id, machine) -> {
            if (machine.isInstalled && !machine.isLost) {
                nodes.add(id);
            }
        });
        return nodes;
    }

    /** Whether a node has been lost for good. */
    public boolean isLost(NodeId id) {
        return machine(id).isLost;
    }

    private Machine machine(NodeId id) {
        return Objects.requireNonNull(machines.get(id), () -> "no node " + id);
    }

    // ---- life and death

    public boolean isUp(NodeId id) {
        return machine(id).life != null;
    }

    /** Starts a node over its disk; without effect on one that is up. */
    public void start(NodeId id) {
        Machine machine = machine(id);
        if (machine.life == null && !machine.isLost) {
            machine.isInstalled = true;
            note(machine.port.name, "starts");
            counts.add("starts");
            Life life = new Life(this, machine);
            machine.life = life;
            life.start(factory);
        }
    }

    public void startAll() {
        nodes().forEach(this::start);
    }

    /** Ends a node for good: its disk is gone, and it is never started again. */
    public void lose(NodeId id) {
        Machine machine = machine(id);
        note(machine.port.name, "is lost for good");
        counts.add("losses");
        end(machine);
        machine.isLost = true;
    }

    /** Ends a node's process at once, as kill -9 does; without effect on one that is down. It stays down until started. */
    public void kill(NodeId id) {
        Machine machine = machine(id);
        if (machine.life != null) {
            note(machine.port.name, "is killed");
            counts.add("kills");
            end(machine);
            machine.disk.kill();
        }
    }

    /** Cuts a node's power, be its process up or down: what its disk has not synced is kept in part. It stays down until started. */
    public void crash(NodeId id) {
        Machine machine = machine(id);
        note(machine.port.name, "crashes");
        counts.add("crashes");
        end(machine);
        machine.disk.crash();
    }

    private void end(Machine machine) {
        if (machine.life != null) {
            machine.life.end();
            machine.life = null;
        }
        machine.downSinceNanos = agenda.nowNanos();
    }

    /** The machine dies inside a disk call. */
    void died(Machine machine) {
        counts.add("crashes inside a disk call");
        crash(machine.port.id);
        startLater(machine);
    }

    /** The process has ended itself, or could not start. */
    void stopped(Machine machine, String reason) {
        note(machine.port.name, "stops: " + reason);
        counts.add("stops");
        end(machine);
        machine.disk.kill();
        startLater(machine);
    }

    private void startLater(Machine machine) {
        long delayNanos = machine.random.nextLong(1, settings.restart().toNanos());
        agenda.after(delayNanos, () -> start(machine.port.id));
    }

    /** A process has thrown what it must not. It is ended, since its state is anyone's guess. */
    void threw(Machine machine, Throwable thrown) {
        StringWriter trace = new StringWriter();
        thrown.printStackTrace(new PrintWriter(trace));
        violation(new Violation("nothing is thrown", machine.port.name + " threw " + trace));
        end(machine);
        machine.disk.kill();
    }

    /** Whether one node believes another to be alive: it lags behind both ways of being unreachable. */
    boolean isBelievedAlive(Machine observer, NodeId other) {
        Machine observed = machines.get(other);
        if (observed == null) {
            return false;
        }
        long longAgo = agenda.nowNanos() - settings.suspicion().toNanos();
        if (observed.life == null && observed.downSinceNanos <= longAgo) {
            return false;
        }
        Long there = network.cutSinceNanos(observer.port.id, other);
        Long back = network.cutSinceNanos(other, observer.port.id);
        return (there == null || there > longAgo) && (back == null || back > longAgo);
    }

    // ---- faults

    SimulatedNetwork network() {
        return network;
    }

    public void conditions(NetworkConditions conditions) {
        note("network", conditions.toString());
        network.conditions(conditions);
    }

    public NetworkConditions conditions() {
        return network.conditions();
    }

    /** From now on messages from these to those vanish, one way. The result mends it. */
    public Runnable cut(Set<NodeId> from, Set<NodeId> to) {
        counts.add("cuts");
        note("network", "cut from " + namesOf(from) + " to " + namesOf(to));
        Cut cut = network.cut(from, to);
        return () -> {
            note("network", "mended from " + namesOf(from) + " to " + namesOf(to));
            network.mend(cut);
        };
    }

    /** From now on no message about rings reaches a node; the result mends it. It goes by an old ring while it speaks with everybody. */
    public Runnable deafen(NodeId node) {
        note(machine(node).port.name, "hears of no ring");
        network.deafen(node, true);
        return () -> {
            note(machine(node).port.name, "hears of rings again");
            network.deafen(node, false);
        };
    }

    /** Whether no message about rings reaches a node just now. */
    boolean isDeaf(NodeId node) {
        return network.isDeaf(node);
    }

    /** Sets a node's wall clock this far from the true time; it jumps there. */
    public void skew(NodeId id, long millis) {
        note(machine(id).port.name, "clock is now " + millis + " ms off");
        machine(id).skewMillis = millis;
    }

    /** Makes a node's tasks take so many times as long; 1 is normal. */
    public void slowDown(NodeId id, int factor) {
        note(machine(id).port.name, "shard is " + factor + " times as slow");
        machine(id).slowness = factor;
    }

    /** Makes a node's log and background tasks take so many times as long; 1 is normal. */
    public void slowDisk(NodeId id, int factor) {
        note(machine(id).port.name, "disk is " + factor + " times as slow");
        machine(id).diskSlowness = factor;
    }

    /** Freezes a node, as SIGSTOP does. */
    public void stall(NodeId id, Duration duration) {
        Machine machine = machine(id);
        if (machine.life != null) {
            counts.add("stalls");
            note(machine.port.name, "stalls for " + duration.toMillis() + " ms");
            machine.life.stall(duration.toNanos());
        }
    }

    /** A node's disk, to be filled, armed and damaged. */
    public SimulatedDisk disk(NodeId id) {
        return machine(id).disk;
    }

    /** Ends all faults of network, speed and disk, and starts every node that is down. Clocks stay as they are. */
    public void heal() {
        note("world", "heals");
        network.mendAll();
        network.conditions(settings.network());
        for (Machine machine : machines.values()) {
            machine.slowness = 1;
            machine.diskSlowness = 1;
            machine.disk.heal();
        }
        startAll();
    }

    // ---- time

    /** Simulated time since the beginning, in nanoseconds. */
    public long nowNanos() {
        return agenda.nowNanos();
    }

    /** How many events have been noted down so far. */
    long events() {
        return agenda.events();
    }

    /** Something the harness does later. */
    public Timers.Timer after(Duration delay, Runnable task) {
        return agenda.after(delay.toNanos(), task);
    }

    public void run(Duration duration) {
        long end = agenda.nowNanos() + duration.toNanos();
        while (agenda.step(end)) {
            // Each step is one event.
        }
    }

    /** Runs until the condition holds, at most so long; answers whether it does. */
    public boolean runUntil(BooleanSupplier condition, Duration atMost) {
        long end = agenda.nowNanos() + atMost.toNanos();
        while (!condition.getAsBoolean()) {
            if (!agenda.step(end)) {
                return condition.getAsBoolean();
            }
        }
        return true;
    }

    Agenda agenda() {
        return agenda;
    }

    // ---- chance, and what came of it

    WorldSettings settings() {
        return settings;
    }

    /** A new stream of chance, a function of the seed and of the order in which streams are asked for. */
    public RandomGenerator stream() {
        return random.split();
    }

    RandomGenerator stream(RandomGenerator parent) {
        return new SplittableRandom(parent.nextLong());
    }

    /** A hash over every event and message so far: equal for equal seeds. */
    public long digest() {
        return digest.value();
    }

    public SortedMap<String, Integer> counts() {
        return counts.all();
    }

    void count(String what) {
        counts.add(what);
    }

    /** Adds up what the processes have counted that are up. */
    void countOfProcesses() {
        nodes().forEach(node -> look(node, process -> process.counts().forEach(counts::add)));
    }

    Names names() {
        return names;
    }

    /** Writes a line into the transcript. */
    public void note(String who, String what) {
        transcript.write(agenda.nowNanos(), who, () -> what);
    }

    public void violation(Violation violation) {
        note("VIOLATION", violation.toString());
        violations.add(violation);
    }

    public List<Violation> violations() {
        return List.copyOf(violations);
    }

    private String namesOf(Set<NodeId> ids) {
        return ids.stream().map(names::of).sorted().toList().toString();
    }
}
