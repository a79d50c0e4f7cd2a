package io.murmur.simulation;

import io.murmur.kernel.message.RingMessage;
import io.murmur.kernel.ring.Member;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.ring.Ring;
import io.murmur.kernel.ring.RingChange;
import io.murmur.kernel.ring.RingChange.Abort;
import io.murmur.kernel.ring.RingChange.Leave;
import io.murmur.kernel.ring.RingChange.Move;
import io.murmur.kernel.ring.RingChange.Remove;
import io.murmur.kernel.ring.Transition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One run of a cluster whose ring changes: it founds itself from its seeds, and while clients read and write and faults come, nodes join,
 * leave, move, are lost for good and are removed or replaced, now and then two at a time, and changes are given up halfway. Then all faults
 * and changes end; the ring must come to rest and be the same everywhere, every key is read, and the history is checked, as {@link
 * PlainLoad} or {@link AtomicLoad} says.
 *
 * <p>Some runs are about one thing only, that chance alone would rarely bring about: a node leaves and hears nothing of it, and its clients
 * stay with it. It coordinates by a ring in which it is an owner, and what is an owner still by the newest ring gets its requests. With its
 * own copy, one such owner makes a majority of the old owners and none of the new: nothing but the epoch that a request carries is in the
 * way of a write that is acknowledged and lost.
 *
 * <p>A node is lost for good only while no other lost one is a member: two losses may take a majority of a key's owners with them, against
 * which nothing helps.
 */
public final class ChangeScenario {

    private static final int MOST_NODES = 15;
    private static final int REPLICAS = 3;
    private static final Duration FOUNDING = Duration.ofMinutes(2);
    private static final Duration LONGEST_RUN = Duration.ofMinutes(30);
    private static final Duration LONGEST_RETURN = Duration.ofMinutes(1);
    private static final Duration TO_REST = Duration.ofMinutes(10);
    private static final Duration LONGEST_UNHEARD = Duration.ofMinutes(2);

    /** One seed in so many is about a node that leaves and does not hear of it. */
    private static final int LEAVES_UNHEARD_EVERY = 4;

    private static final Duration LOOK_AGAIN = Duration.ofMillis(500);
    private static final long MOST_EVENTS = 20_000_000;

    /**
     * What a process is told at its start, and not by the network.
     *
     * @param self who and where it is
     * @param seeds ids of the nodes to begin with, the same for all
     * @param initialNodes the cluster is founded when the seeds have met so many
     * @param replaces the dead member whose place it is to take, or null
     */
    public record Plan(
            Member self,
            List<NodeId> seeds,
            int initialNodes,
            int partitions,
            int replicas,
            @Nullable NodeId replaces) {}

    /** Starts a process over what its disk holds. */
    @FunctionalInterface
    public interface ClusterFactory {
        SimulatedProcess start(NodeSeams seams, Plan plan) throws Exception;
    }

    private final long seed;
    private final ScenarioSettings settings;
    private final World world;
    private final RandomGenerator random;
    private final boolean leavesUnheard;
    private final int initialNodes;
    private final int partitions;
    private final List<NodeId> seeds = new ArrayList<>();
    private final Map<NodeId, Member> machines = new LinkedHashMap<>();
    private final List<NodeId> spares = new ArrayList<>();
    private final Map<NodeId, NodeId> replacements = new LinkedHashMap<>();
    private final Load load;
    private final FaultSchedule faults;
    private final int zones;
    private final long gapMillis;
    private boolean isOver;

    private ChangeScenario(
            long seed, ScenarioSettings settings, ClusterFactory factory, Load.Draw draw, Transcript transcript) {
        this.seed = seed;
        this.settings = settings;
        this.world =
                new World(seed, WorldSettings.DEFAULT, seams -> factory.start(seams, plan(seams.id())), transcript);
        this.random = world.stream();
        this.zones = random.nextInt(1, 4);
        this.leavesUnheard = seed % LEAVES_UNHEARD_EVERY == 0;
        this.initialNodes = leavesUnheard ? REPLICAS + random.nextInt(1, 3) : random.nextInt(1, 8);
        this.partitions = random.nextBoolean() || leavesUnheard ? 4 : 16;
        this.gapMillis = random.nextLong(300, leavesUnheard ? 1_500 : 6_000);
        int seedCount = random.nextInt(1, Math.min(3, initialNodes) + 1);
        for (int i = 0; i < MOST_NODES; i++) {
            String name = String.valueOf((char) ('a' + i));
            NodeId id = Topology.idOf(name, i + 1);
            String zone = "zone-" + i % zones;
            machines.put(id, new Member(id, name, name, 7000, "region", zone, 1 + random.nextInt(2)));
            if (i < initialNodes) {
                world.addNode(id, name);
            } else {
                world.addSpare(id, name);
                spares.add(id);
            }
            if (i < seedCount) {
                seeds.add(id);
            }
        }
        this.load = draw.at(new Load.Place(
                seed,
                world,
                random,
                leavesUnheard ? this::askable : world::nodes,
                () -> LevelMix.MAJORITIES.withLoose(settings.looseShare(), random),
                Quorum::ofAny,
                false,
                settings));
        long maxSkewMillis =
                random.nextBoolean() ? ClusterScenario.MAX_CLOCK_DRIFT.toMillis() / 2 : random.nextLong(50);
        this.faults = leavesUnheard
                ? new FaultSchedule(world, world.stream(), maxSkewMillis, List.of(FaultSchedule.Kind.LOSS))
                : new FaultSchedule(world, world.stream(), maxSkewMillis, true);
    }

    private Plan plan(NodeId id) {
        Member self = Objects.requireNonNull(machines.get(id));
        return new Plan(self, seedsFor(id), initialNodes, partitions, REPLICAS, replacements.get(id));
    }

    /** Whoever starts a further node names members that are there; the founders keep the seeds they were told. */
    private List<NodeId> seedsFor(NodeId id) {
        Ring ring = world.newestRingEver();
        if (ring == null || seeds.contains(id)) {
            return List.copyOf(seeds);
        }
        return ring.members().stream()
                .map(Member::id)
                .filter(member -> !world.isLost(member) && !member.equals(id))
                .limit(3)
                .toList();
    }

    /** Whom clients may ask: any node, but half of the time those who hear of no ring, when there are any. Their clients do not either. */
    private List<NodeId> askable() {
        List<NodeId> nodes = world.nodes();
        List<NodeId> deaf = nodes.stream().filter(world::isDeaf).toList();
        List<NodeId> askable = new ArrayList<>(nodes);
        while (!deaf.isEmpty() && askable.size() < 2 * nodes.size()) {
            askable.addAll(deaf);
        }
        return askable;
    }

    /** Runs a seed once. */
    public static Outcome run(long seed, ClusterFactory factory, Transcript transcript) {
        return run(seed, ScenarioSettings.DEFAULT, factory, transcript);
    }

    /** Runs a seed once. */
    public static Outcome run(long seed, ScenarioSettings settings, ClusterFactory factory, Transcript transcript) {
        return run(seed, settings, factory, PlainLoad::new, transcript);
    }

    static Outcome run(
            long seed, ScenarioSettings settings, ClusterFactory factory, Load.Draw draw, Transcript transcript) {
        return new ChangeScenario(seed, settings, factory, draw, transcript).run();
    }

    private Outcome run() {
        int operators = leavesUnheard ? 1 : random.nextInt(1, 3);
        String scenario = initialNodes + " nodes at first, " + seeds.size() + " seeds, " + zones + " zones, "
                + partitions + " partitions, " + operators + " operators, " + load + "; " + faults;
        world.note("world", "seed " + seed + ": " + scenario);
        world.startAll();
        if (!world.runUntil(() -> world.newestRing() != null, FOUNDING)) {
            violate("a cluster is founded", "no ring after " + FOUNDING);
            return outcome(scenario);
        }
        faults.begin();
        for (int number = 1; number <= operators; number++) {
            new Operator(number).start();
        }
        load.start();
        finish("the workload");
        isOver = true;
        faults.end();
        world.heal();
        if (!world.runUntil(() -> world.nodes().stream().allMatch(world::isUp), LONGEST_RETURN)) {
            violate("after faults end, nodes return", "not all nodes could be started");
        }
        if (!world.runUntil(this::isAtRest, TO_REST)) {
            violate("after faults end, the ring comes to rest and is the same everywhere (invariant 7)", standing());
        }
        new Equality(world, () -> isAtRest() ? world.newestRing() : null).await(ClusterScenario.TO_EQUALITY);
        world.run(settings.settling());
        Ring ring = world.newestRing();
        if (ring != null) {
            List<NodeId> members = ring.members().stream().map(Member::id).toList();
            load.startAudit(members);
            finish("the audit");
        }
        return outcome(scenario);
    }

    /** Every node that is there has the same ring, no change is under way, nobody lost is a member, and who was started to join has. */
    private boolean isAtRest() {
        Ring newest = world.newestRing();
        if (newest == null || newest.transition() != null) {
            return false;
        }
        for (Member member : newest.members()) {
            if (world.isLost(member.id())) {
                return false;
            }
        }
        return world.nodes().stream().allMatch(node -> newest.equals(world.ringOf(node)));
    }

    private String standing() {
        StringBuilder text = new StringBuilder("newest " + world.newestRing());
        for (NodeId node : world.nodes()) {
            Ring ring = world.ringOf(node);
            text.append(", ")
                    .append(world.names().of(node))
                    .append(world.isUp(node) ? " at " : " down at ")
                    .append(ring == null ? 0 : ring.epoch());
        }
        return text.toString();
    }

    private void finish(String what) {
        long mostEvents = world.events() + MOST_EVENTS;
        boolean ended = world.runUntil(() -> load.isDone() || world.events() > mostEvents, LONGEST_RUN);
        if (!ended || world.events() > mostEvents) {
            violate("runs end", what + " does not");
        }
    }

    private void violate(String promise, String evidence) {
        world.violation(new Violation(promise, evidence));
    }

    private Outcome outcome(String scenario) {
        load.check(world.nowNanos()).forEach(world::violation);
        return new Outcome(seed, scenario, world.violations(), world.digest(), world.counts());
    }

    /** Somebody at a terminal: looks at the newest ring, and has it changed by way of any node. */
    private final class Operator {

        private final ClientSeams seams;
        private final RandomGenerator chance = world.stream();
        private long lastId;

        Operator(int number) {
            String name = "operator-" + number;
            seams = world.addClient(Topology.idOf("}", number), name, (from, message) -> {
                if (message instanceof RingMessage.ChangeAnswered answered) {
                    world.count(answered.refusal() == null ? "changes begun" : "changes refused");
                }
            });
        }

        void start() {
            seams.timers().after(Duration.ofMillis(chance.nextLong(2 * gapMillis)), () -> {
                Ring ring = world.newestRing();
                if (ring != null) {
                    act(ring);
                }
                start();
            });
        }

        private void act(Ring ring) {
            RingChange mending = mending(ring);
            if (mending != null) {
                ask(mending);
            } else if (!isOver && leavesUnheard && isNobodyDeaf() && ring.transition() == null) {
                List<Member> members = ring.members();
                if (members.size() > REPLICAS) {
                    leaveUnheard(members.get(chance.nextInt(members.size())).id());
                } else {
                    startSpare(null);
                }
            } else if (!isOver && !(leavesUnheard && isAnyMemberDeaf(ring))) {
                change(ring);
            }
        }

        /** What must be done for those who are lost: nobody else will. */
        private @Nullable RingChange mending(Ring ring) {
            Transition transition = ring.transition();
            if (transition != null) {
                NodeId subject = transition.change().subject();
                boolean isStuck = transition.members().stream().anyMatch(member -> world.isLost(member.id()))
                        && !(transition.change() instanceof Remove);
                return isStuck && chance.nextInt(3) == 0 ? new Abort(subject) : null;
            }
            for (Member member : ring.members()) {
                // A replacement whose joining was given up does not try again.
                if (world.isLost(member.id()) && (isOver || !isBeingReplaced(member.id()))) {
                    return new Remove(member.id());
                }
            }
            return null;
        }

        private boolean isBeingReplaced(NodeId dead) {
            return replacements.entrySet().stream()
                    .anyMatch(entry -> entry.getValue().equals(dead) && !world.isLost(entry.getKey()));
        }

        private void ask(RingChange change) {
            List<NodeId> nodes = world.nodes();
            NodeId node = nodes.get(chance.nextInt(nodes.size()));
            world.count("asked to " + change.getClass().getSimpleName());
            seams.network().send(node, new RingMessage.Change(++lastId, change));
        }

        private void change(Ring ring) {
            List<Member> members = ring.members();
            Member some = members.get(chance.nextInt(members.size()));
            boolean anyLost = members.stream().anyMatch(member -> world.isLost(member.id()));
            switch (chance.nextInt(8)) {
                case 0, 1 -> startSpare(null);
                case 2 -> {
                    if (members.size() > 1) {
                        ask(new Leave(some.id()));
                    }
                }
                case 3 -> ask(new Move(some.id(), "zone-" + chance.nextInt(zones), 1 + chance.nextInt(3)));
                case 4 -> {
                    // Of three voters one may be lost; of one, none.
                    if (ring.transition() == null && !anyLost && members.size() >= 3) {
                        world.lose(some.id());
                        if (chance.nextBoolean()) {
                            startSpare(some.id());
                        }
                    }
                }
                case 5 -> {
                    Transition transition = ring.transition();
                    if (transition != null && chance.nextBoolean()) {
                        ask(new Abort(transition.change().subject()));
                    }
                }
                case 6 -> {
                    Transition transition = ring.transition();
                    if (transition != null
                            && transition.change() instanceof RingChange.Join join
                            && !anyLost
                            && !members.contains(join.member())) {
                        world.lose(join.subject());
                    }
                }
                default -> {}
            }
        }

        /**
         * Until some time after the node is a member no more it goes by the ring in which it was one. Most others it does not reach: they take
         * it for dead and do without it, and do not see what it has the rest accept.
         */
        private void leaveUnheard(NodeId node) {
            world.count("asked to leave unheard");
            ask(new Leave(node));
            Set<NodeId> away = new LinkedHashSet<>(world.nodes());
            away.removeIf(other -> other.equals(node) || chance.nextInt(3) == 0);
            List<Runnable> ends =
                    List.of(world.deafen(node), world.cut(Set.of(node), away), world.cut(away, Set.of(node)));
            long moreMillis = chance.nextLong(3_000, 15_000);
            world.after(LONGEST_UNHEARD, () -> ends.forEach(Runnable::run));
            endOnceGone(node, ends, moreMillis);
        }

        private boolean isNobodyDeaf() {
            return world.nodes().stream().noneMatch(world::isDeaf);
        }

        private boolean isAnyMemberDeaf(Ring ring) {
            return ring.members().stream().anyMatch(member -> world.isDeaf(member.id()));
        }

        private void endOnceGone(NodeId node, List<Runnable> ends, long moreMillis) {
            world.after(LOOK_AGAIN, () -> {
                Ring ring = world.newestRing();
                if (ring != null && ring.member(node) == null) {
                    world.count(isOver ? "left unheard, late" : "left unheard");
                    world.after(Duration.ofMillis(moreMillis), () -> ends.forEach(Runnable::run));
                } else if (world.isDeaf(node)) {
                    if (ring != null && ring.transition() == null && !isOver) {
                        ask(new Leave(node));
                    }
                    endOnceGone(node, ends, moreMillis);
                }
            });
        }

        private void startSpare(@Nullable NodeId dead) {
            if (!spares.isEmpty()) {
                NodeId spare = spares.removeFirst();
                if (dead != null) {
                    replacements.put(spare, dead);
                }
                world.count(dead == null ? "asked to join" : "asked to replace");
                faults.arrive(spare);
                world.start(spare);
            }
        }
    }
}
