package io.murmur.membership;

import io.murmur.kernel.ring.Member;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.ring.Ring;
import io.murmur.kernel.ring.RingChange;
import io.murmur.simulation.NetworkConditions;
import io.murmur.simulation.NodeSeams;
import io.murmur.simulation.Transcript;
import io.murmur.simulation.Violation;
import io.murmur.simulation.World;
import io.murmur.simulation.WorldSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One run: nodes found a cluster while machines crash and the network loses, repeats and reorders; operators ask for changes wherever they
 * like; then faults end, and the ring must come to rest, be the same everywhere, and change again when asked.
 */
final class RingScenario {

    private static final Duration LONGEST_RETURN = Duration.ofMinutes(2);

    private final World world;
    private final RandomGenerator random;
    private final PlantedBug bug;
    private final List<NodeId> nodes;
    private final int seeds;
    private final Genesis.Terms terms;
    private final RingHistory history;
    private final Map<NodeId, MembershipProcess> processes = new LinkedHashMap<>();
    private final List<Asked> asked = new ArrayList<>();
    private final long gapMillis;
    private int weights = 1;
    private boolean isCalm;

    /** What an operator asked, and was told. */
    private static final class Asked {
        final RingChange change;
        final MembershipProcess life;

        @Nullable
        Answer answer;

        Asked(RingChange change, MembershipProcess life) {
            this.change = change;
            this.life = life;
        }
    }

    private RingScenario(long seed, PlantedBug bug, Transcript transcript) {
        this.world = new World(seed, WorldSettings.DEFAULT, this::start, transcript);
        this.random = world.stream();
        this.bug = bug;
        this.nodes = Nodes.ids(random.nextInt(3, 8));
        this.seeds = random.nextInt(1, 4);
        this.terms =
                new Genesis.Terms(Nodes.PARTITIONS, random.nextInt(1, 4), random.nextInt(1, nodes.size() + 1), seeds);
        this.history = new RingHistory(world::violation);
        this.gapMillis = random.nextLong(30, 600);
        for (int node = 0; node < nodes.size(); node++) {
            world.addNode(nodes.get(node), Nodes.name(node));
        }
    }

    static List<Violation> run(long seed, PlantedBug bug) {
        return new RingScenario(seed, bug, Transcript.NONE).run();
    }

    /** What happened, as a number. */
    static long digest(long seed) {
        RingScenario scenario = new RingScenario(seed, PlantedBug.NONE, Transcript.NONE);
        scenario.run();
        return scenario.world.digest();
    }

    static List<Violation> replay(long seed, PlantedBug bug) {
        return new RingScenario(seed, bug, Transcript.to(System.out::println)).run();
    }

    /** How many rings a run saw. */
    static long epochs(long seed) {
        RingScenario scenario = new RingScenario(seed, PlantedBug.NONE, Transcript.NONE);
        scenario.run();
        return scenario.history.epochs();
    }

    private MembershipProcess start(NodeSeams seams) throws Exception {
        NodeId self = seams.id();
        int number = nodes.indexOf(self);
        MembershipProcess process = new MembershipProcess(seams, bug, ring -> history.adopted(self, ring));
        if (process.ring() == null) {
            history.none(self);
        }
        processes.put(self, process);
        // Now and then a node comes back at another port.
        Member member = Nodes.member(number);
        int port = random.nextInt(8) == 0 ? random.nextInt(7000, 8000) : member.port();
        return process.founding(terms, this::met)
                .joining(new Member(
                        self, member.name(), member.host(), port, member.region(), member.zone(), member.weight()))
                .gossiping(nodes);
    }

    /** As if gossip had not heard of any ring: only the agreement itself keeps a second first ring away. */
    private Genesis.Met met() {
        List<Member> ringless = new ArrayList<>();
        for (int node = 0; node < nodes.size(); node++) {
            MembershipProcess process = processes.get(nodes.get(node));
            if (process != null && process.ring() == null && random.nextInt(4) > 0) {
                ringless.add(Nodes.member(node));
            }
        }
        return new Genesis.Met(ringless, nodes.subList(0, seeds), false);
    }

    private List<Violation> run() {
        fault();
        world.startAll();
        operate();
        world.run(Duration.ofSeconds(random.nextInt(5, 25)));
        isCalm = true;
        world.heal();
        mustCome("every change is answered", this::areAnswered);
        // What some voter has accepted and nobody follows up is finished by then.
        world.run(Duration.ofMillis(3 * MembershipProcess.SETTINGS.finishMillis()));
        mustCome("the ring comes to rest and is the same everywhere", this::isAtRest);
        Asked one = Objects.requireNonNull(ask(nodes.get(random.nextInt(nodes.size())), moveOfAMember()));
        Asked other = Objects.requireNonNull(ask(nodes.get(random.nextInt(nodes.size())), moveOfAMember()));
        mustCome("two operators at once are both answered", this::areAnswered);
        if (!(one.answer instanceof Answer.Begun) && !(other.answer instanceof Answer.Begun)) {
            world.violation(new Violation("of two changes one begins", one.answer + " and " + other.answer));
        }
        mustCome("the ring comes to rest again", this::isAtRest);
        history.check();
        asked.forEach(this::checkTruth);
        return world.violations();
    }

    private void mustCome(String what, BooleanSupplier condition) {
        // Looked at now and then: each look costs more than an event.
        long end = world.nowNanos() + LONGEST_RETURN.toNanos();
        while (!condition.getAsBoolean()) {
            if (world.nowNanos() > end) {
                world.violation(new Violation(what, "not within " + LONGEST_RETURN + ": " + state()));
                return;
            }
            world.run(Duration.ofMillis(100));
        }
    }

    private String state() {
        StringBuilder state = new StringBuilder();
        processes.forEach((node, process) -> state.append(node.abbreviated())
                .append(' ')
                .append(world.isUp(node) ? "" : "down ")
                .append(process.ring())
                .append(' ')
                .append(process.progress())
                .append("; "));
        return state.toString();
    }

    private boolean isAtRest() {
        Ring ring = null;
        for (NodeId node : nodes) {
            MembershipProcess process = processes.get(node);
            if (!world.isUp(node) || process == null || process.ring() == null) {
                return false;
            }
            Ring own = process.ring();
            if (own.transition() != null || (ring != null && own.epoch() != ring.epoch())) {
                return false;
            }
            ring = own;
        }
        return true;
    }

    private boolean areAnswered() {
        return asked.stream()
                .allMatch(one -> one.answer != null
                        || processes.values().stream().noneMatch(process -> process.equals(one.life)));
    }

    private void checkTruth(Asked one) {
        // Moves and relocations are each asked for once in a run, so whoever shows them was told of them by this very
        // request.
        boolean isUnique = one.change instanceof RingChange.Move || one.change instanceof RingChange.Relocate;
        if (one.answer instanceof Answer.Begun && isUnique && !history.showed(one.change)) {
            world.violation(new Violation("what has begun is seen", one.change + " was never seen"));
        }
        if (one.answer instanceof Answer.Refused refused && isUnique && history.showed(one.change)) {
            world.violation(new Violation("what is refused is not done", one.change + ": " + refused.why()));
        }
    }

    // ---- operators

    private void operate() {
        world.after(Duration.ofMillis(random.nextLong(1_500)), () -> {
            if (!isCalm) {
                int times = random.nextInt(1, 4);
                for (int i = 0; i < times; i++) {
                    ask(nodes.get(random.nextInt(nodes.size())), someChange());
                }
                operate();
            }
        });
    }

    private @Nullable Asked ask(NodeId node, RingChange change) {
        MembershipProcess process = processes.get(node);
        if (process == null || !world.isUp(node)) {
            return null;
        }
        Asked one = new Asked(change, process);
        asked.add(one);
        process.run(keeper -> keeper.change(change, answer -> {
            if (one.answer != null) {
                world.violation(new Violation("a change is answered once", one.answer + ", then " + answer));
            }
            one.answer = answer;
        }));
        return one;
    }

    private RingChange someChange() {
        int number = random.nextInt(nodes.size());
        NodeId node = nodes.get(number);
        return switch (random.nextInt(13)) {
            case 0 -> new RingChange.Leave(node);
            case 1 -> new RingChange.Remove(node);
            case 2, 3 -> new RingChange.Join(Nodes.member(number));
            case 4, 5 -> new RingChange.Abort(node);
            case 8 -> new RingChange.Replace(node, Nodes.member(random.nextInt(nodes.size())));
            case 6, 7 -> new RingChange.Relocate(node, "host-" + weights++, 7000);
            default -> someMove();
        };
    }

    private RingChange someMove() {
        return moveOf(nodes.get(random.nextInt(nodes.size())));
    }

    private RingChange moveOfAMember() {
        Ring ring = Objects.requireNonNull(
                Objects.requireNonNull(processes.get(nodes.getFirst())).ring());
        return moveOf(ring.members().get(random.nextInt(ring.members().size())).id());
    }

    private RingChange moveOf(NodeId node) {
        return new RingChange.Move(node, "zone-" + random.nextInt(4), 1 + weights++);
    }

    // ---- faults

    private void fault() {
        world.after(Duration.ofMillis(random.nextLong(2 * gapMillis)), () -> {
            if (!isCalm) {
                strike();
                fault();
            }
        });
    }

    private void strike() {
        NodeId node = nodes.get(random.nextInt(nodes.size()));
        switch (random.nextInt(9)) {
            case 0 -> {
                world.kill(node);
                later(() -> world.start(node));
            }
            case 1 -> {
                world.crash(node);
                later(() -> world.start(node));
            }
            case 2, 3 -> world.disk(node).crashInside(random.nextInt(1, 12));
            case 4 -> {
                Set<NodeId> one = new LinkedHashSet<>();
                Set<NodeId> other = new LinkedHashSet<>();
                nodes.forEach(each -> (random.nextBoolean() ? one : other).add(each));
                Runnable there = world.cut(one, other);
                Runnable back = world.cut(other, one);
                later(() -> {
                    there.run();
                    back.run();
                });
            }
            case 5 -> {
                Set<NodeId> others = new LinkedHashSet<>(nodes);
                others.remove(node);
                later(random.nextBoolean() ? world.cut(Set.of(node), others) : world.cut(others, Set.of(node)));
            }
            case 6 -> {
                world.conditions(NetworkConditions.CALM
                        .withLoss(random.nextDouble(0.3))
                        .withDuplication(random.nextDouble(0.4))
                        .withDelays(random.nextLong(100, 50_000), random.nextDouble(0.2), 2_000_000));
                later(() -> world.conditions(NetworkConditions.CALM));
            }
            case 7 -> {
                world.slowDisk(node, random.nextInt(2, 200));
                later(() -> world.slowDisk(node, 1));
            }
            default -> world.stall(node, Duration.ofMillis(random.nextLong(10, 1_500)));
        }
    }

    private void later(Runnable end) {
        world.after(Duration.ofMillis(random.nextLong(20, 2_000)), () -> {
            if (!isCalm) {
                end.run();
            }
        });
    }
}
