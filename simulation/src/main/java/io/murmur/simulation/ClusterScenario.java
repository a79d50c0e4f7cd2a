package io.murmur.simulation;

import io.murmur.kernel.CacheSettings;
import io.murmur.kernel.Durability;
import io.murmur.kernel.Level;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.ring.Member;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.random.RandomGenerator;

/**
 * One run: a cluster, clients and faults, all drawn from the seed; then all faults end, every node returns, and every key is read.
 * Before that, all owners must have become equal by themselves (invariant 4). Afterwards the history is checked, as {@link PlainLoad} or
 * {@link AtomicLoad} says.
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
    private final Load load;
    private final FaultSchedule faults;

    private ClusterScenario(
            long seed, ScenarioSettings settings, ProcessFactory factory, Load.Draw draw, Transcript transcript) {
        this.seed = seed;
        this.settings = settings;
        this.world = new World(seed, WorldSettings.DEFAULT, factory, transcript);
        this.random = world.stream();
        this.topology = Topology.draw(random);
        for (Member member : topology.members()) {
            world.addNode(member.id(), member.name());
        }
        world.publish(topology.ring());
        this.load = draw.at(new Load.Place(
                seed,
                world,
                random,
                topology::ids,
                () -> LevelMix.draw(random, topology.regions()).withLoose(settings.looseShare(), random),
                operation -> Quorum.of(operation, topology.ring(), replicasOf(operation.key())),
                true,
                settings));
        long maxSkewMillis = random.nextBoolean() ? MAX_CLOCK_DRIFT.toMillis() / 2 : random.nextLong(50);
        this.faults = new FaultSchedule(world, world.stream(), maxSkewMillis, false);
    }

    /** Runs a seed once. */
    public static Outcome run(long seed, ProcessFactory factory, Transcript transcript) {
        return run(seed, ScenarioSettings.DEFAULT, factory, transcript);
    }

    /** Runs a seed once. */
    public static Outcome run(long seed, ScenarioSettings settings, ProcessFactory factory, Transcript transcript) {
        return run(seed, settings, factory, PlainLoad::new, transcript);
    }

    static Outcome run(
            long seed, ScenarioSettings settings, ProcessFactory factory, Load.Draw draw, Transcript transcript) {
        return new ClusterScenario(seed, settings, factory, draw, transcript).run();
    }

    private Outcome run() {
        String scenario = topology + "; " + load + "; " + faults;
        world.note("world", "seed " + seed + ": " + scenario);
        faults.begin();
        world.startAll();
        load.start();
        finish("the workload");
        faults.end();
        world.heal();
        if (!world.runUntil(this::allAreUp, LONGEST_RETURN)) {
            world.violation(new Violation("after faults end, nodes return", "not all nodes could be started"));
        }
        new Equality(world, topology::ring).await(TO_EQUALITY);
        world.run(settings.settling());
        long healedNanos = world.nowNanos();
        load.startAudit(topology.ids());
        finish("the audit");
        load.check(healedNanos).forEach(world::violation);
        return new Outcome(seed, scenario, world.violations(), world.digest(), world.counts());
    }

    private void finish(String what) {
        long mostEvents = world.events() + MOST_EVENTS;
        boolean ended = world.runUntil(() -> load.isDone() || world.events() > mostEvents, LONGEST_RUN);
        if (!ended || world.events() > mostEvents) {
            world.violation(new Violation("runs end", what + " does not"));
        }
    }

    private boolean allAreUp() {
        return world.nodes().stream().allMatch(world::isUp);
    }
}
