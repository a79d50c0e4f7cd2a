package io.murmur.simulation;

import io.murmur.kernel.CacheSettings;
import io.murmur.kernel.Durability;
import io.murmur.kernel.Level;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.ring.Member;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/**
 * One run: a cluster, clients and faults, all drawn from the seed; then all faults end, every node returns, and every key is read.
 * Before that, all owners must have become equal by themselves (invariant 4). Afterwards the history is checked for invariants 1, 2, 3, 5
 * and 6, that all that was acknowledged is there, and that no value was invented or came back.
 */
public final class ClusterScenario {

    /** The cache most calls are about. */
    public static final CacheSettings CACHE = CacheSettings.named("cache");

    /** One of whose keys not every owner of a partition is an owner; every second cold key is in it, in runs of an even seed. */
    public static final CacheSettings SMALL =
            new CacheSettings("small", 2, Level.LOCAL_QUORUM, Level.LOCAL_QUORUM, Durability.FSYNC, null);

    /** All caches; processes must know them. */
    public static final Map<String, CacheSettings> CACHES = Map.of(CACHE.name(), CACHE, SMALL.name(), SMALL);

    /** How many owners a key has in each region. */
    public static int replicasOf(Key key) {
        return Objects.requireNonNull(CACHES.get(key.cache())).replicas();
    }

    /** The cache of every second cold key. */
    static String coldCache(long seed) {
        return (seed % 2 == 0 ? SMALL : CACHE).name();
    }

    /** No two wall clocks differ by more, ever; processes must tolerate that much. */
    public static final Duration MAX_CLOCK_DRIFT = Duration.ofMillis(500);

    /** How long clients wait for an answer; coordinators must give up earlier. */
    public static final Duration CLIENT_PATIENCE = Duration.ofMillis(1_500);

    /** Within this all owners are equal when faults have ended, with processes that compare them every few seconds. */
    static final Duration TO_EQUALITY = Duration.ofMinutes(1);

    private static final Duration LONGEST_RUN = Duration.ofMinutes(30);
    private static final Duration LONGEST_RETURN = Duration.ofSeconds(60);
    private static final long MOST_EVENTS = 5_000_000;

    private final long seed;
    private final ScenarioSettings settings;
    private final World world;
    private final RandomGenerator random;
    private final Topology topology;
    private final Workload workload;
    private final FaultSchedule faults;
    private final History history = new History();

    private ClusterScenario(long seed, ScenarioSettings settings, ProcessFactory factory, Transcript transcript) {
        this.seed = seed;
        this.settings = settings;
        this.world = new World(seed, WorldSettings.DEFAULT, factory, transcript);
        this.random = world.stream();
        this.topology = Topology.draw(random);
        for (Member member : topology.members()) {
            world.addNode(member.id(), member.name());
        }
        world.publish(topology.ring());
        LevelMix levels = LevelMix.draw(random, topology.regions()).withLoose(settings.looseShare(), random);
        this.workload = Workload.draw(random, topology::ids, levels, CACHE.name(), coldCache(seed));
        long maxSkewMillis = random.nextBoolean() ? MAX_CLOCK_DRIFT.toMillis() / 2 : random.nextLong(50);
        this.faults = new FaultSchedule(world, world.stream(), maxSkewMillis, false);
    }

    /** Runs a seed once. */
    public static Outcome run(long seed, ProcessFactory factory, Transcript transcript) {
        return run(seed, ScenarioSettings.DEFAULT, factory, transcript);
    }

    /** Runs a seed once. */
    public static Outcome run(long seed, ScenarioSettings settings, ProcessFactory factory, Transcript transcript) {
        return new ClusterScenario(seed, settings, factory, transcript).run();
    }

    private Outcome run() {
        String scenario = topology + "; " + workload + "; " + faults;
        world.note("world", "seed " + seed + ": " + scenario);
        faults.begin();
        world.startAll();
        List<SimulatedClient> clients = new ArrayList<>();
        for (int number = 1; number <= workload.clients(); number++) {
            String name = "client-" + number;
            clients.add(startClient(name, number, workload.script(name, world.stream())));
        }
        finish(clients, "the workload");
        faults.end();
        world.heal();
        if (!world.runUntil(this::allAreUp, LONGEST_RETURN)) {
            world.violation(new Violation("after faults end, nodes return", "not all nodes could be started"));
        }
        new Equality(world, topology::ring).await(TO_EQUALITY);
        world.run(settings.settling());
        long healedNanos = world.nowNanos();
        Script audit = new Audit(world, topology.ids(), workload.keys(), world.stream());
        finish(List.of(startClient("auditor", workload.clients() + 1, audit)), "the audit");
        return outcome(scenario, healedNanos);
    }

    private SimulatedClient startClient(String name, int number, Script script) {
        SimulatedClient client =
                new SimulatedClient(world, Topology.idOf("~", number), name, history, script, CLIENT_PATIENCE);
        client.start();
        return client;
    }

    private void finish(List<SimulatedClient> clients, String what) {
        long mostEvents = world.events() + MOST_EVENTS;
        boolean ended = world.runUntil(
                () -> clients.stream().allMatch(SimulatedClient::isDone) || world.events() > mostEvents, LONGEST_RUN);
        if (!ended || world.events() > mostEvents) {
            world.violation(new Violation("runs end", what + " does not"));
        }
    }

    private boolean allAreUp() {
        return world.nodes().stream().allMatch(world::isUp);
    }

    private Outcome outcome(String scenario, long healedNanos) {
        Function<Operation, String> words = world.names()::of;
        OrderCheck order = new OrderCheck(
                operation -> Quorum.of(operation, topology.ring(), replicasOf(operation.key())),
                settings.purgeAfter(),
                words);
        ValueCheck values =
                new ValueCheck(MAX_CLOCK_DRIFT, Duration.ofNanos(1_000 * FaultSchedule.MOST_STRAGGLER_MICROS), words);
        order.check(history).forEach(world::violation);
        values.check(history).forEach(world::violation);
        new PresenceCheck(healedNanos, settings.purgeAfter(), words)
                .check(history)
                .forEach(world::violation);
        return new Outcome(seed, scenario, world.violations(), world.digest(), world.counts());
    }
}
