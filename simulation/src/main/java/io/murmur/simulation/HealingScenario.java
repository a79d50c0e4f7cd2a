package io.murmur.simulation;

import io.murmur.kernel.Level;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.message.ClientRequest;
import io.murmur.kernel.ring.Member;
import io.murmur.kernel.ring.NodeId;
import io.murmur.simulation.Operation.Delete;
import io.murmur.simulation.Operation.Put;
import io.murmur.simulation.Operation.Result;
import java.time.Duration;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One run in which nothing else can hide whether a replica that was away is brought up to date: one node is away while there are writes and no
 * reads; power is cut to all others when they have said that they keep what it missed; it returns over a lossy network. Then all owners must
 * become equal without any call (invariant 4). With processes that only keep hints it is proved of these, and with such as only compare what they
 * hold, of that.
 */
public final class HealingScenario {

    private static final Duration TO_EQUALITY = Duration.ofMinutes(2);
    private static final Duration LONGEST_RUN = Duration.ofMinutes(10);

    /** All calls have ended by then, and what they left behind is on disk. */
    private static final Duration AFTERMATH = Duration.ofSeconds(4);

    private final long seed;
    private final World world;
    private final RandomGenerator random;
    private final Topology topology;
    private final double loss;

    private HealingScenario(long seed, ProcessFactory factory, Transcript transcript) {
        this.seed = seed;
        this.world = new World(seed, WorldSettings.DEFAULT, factory, transcript);
        this.random = world.stream();
        this.topology = Topology.draw(random);
        this.loss = random.nextBoolean() ? 0 : random.nextDouble(0.3);
        for (Member member : topology.members()) {
            world.addNode(member.id(), member.name());
        }
        world.publish(topology.ring());
    }

    /** Runs a seed once. */
    public static Outcome run(long seed, ProcessFactory factory, Transcript transcript) {
        return new HealingScenario(seed, factory, transcript).run();
    }

    private Outcome run() {
        List<NodeId> nodes = topology.ids();
        NodeId absentee = nodes.get(random.nextInt(nodes.size()));
        List<NodeId> others =
                nodes.stream().filter(node -> !node.equals(absentee)).toList();
        String scenario = topology + "; one away; " + Math.round(loss * 100) + "% of messages lost when it returns";
        world.note("world", "seed " + seed + ": " + scenario);
        world.startAll();
        world.run(Duration.ofSeconds(1));
        write(nodes, "before");
        if (random.nextBoolean()) {
            world.kill(absentee);
        } else {
            world.crash(absentee);
        }
        world.run(Duration.ofSeconds(random.nextInt(3)));
        write(others, "meanwhile");
        world.run(AFTERMATH);
        if (random.nextBoolean()) {
            others.forEach(world::crash);
            world.run(Duration.ofMillis(random.nextInt(3_000)));
            others.forEach(world::start);
        }
        world.conditions(NetworkConditions.CALM.withLoss(loss));
        world.start(absentee);
        world.run(Duration.ofSeconds(20));
        world.heal();
        new Equality(world, topology::ring).await(TO_EQUALITY);
        return new Outcome(seed, scenario, world.violations(), world.digest(), world.counts());
    }

    private void write(List<NodeId> coordinators, String name) {
        SimulatedClient client = new SimulatedClient(
                world,
                Topology.idOf("~", name.length()),
                name,
                new History(),
                new Writes(coordinators, name, 20 + random.nextInt(80)),
                ClusterScenario.CLIENT_PATIENCE);
        client.start();
        if (!world.runUntil(client::isDone, LONGEST_RUN)) {
            world.violation(new Violation("runs end", "the writes do not"));
        }
    }

    private final class Writes implements Script {
        private final List<NodeId> coordinators;
        private final String name;
        private int left;

        Writes(List<NodeId> coordinators, String name, int left) {
            this.coordinators = coordinators;
            this.name = name;
            this.left = left;
        }

        @Override
        public @Nullable Call next() {
            if (left-- == 0) {
                return null;
            }
            NodeId coordinator = coordinators.get(random.nextInt(coordinators.size()));
            Key key = Key.of(ClusterScenario.CACHE.name(), "key-" + random.nextInt(40));
            return Call.of(
                    coordinator,
                    random.nextInt(4) == 0 ? Level.ONE : Level.QUORUM,
                    key,
                    random.nextInt(4) == 0 ? new Delete() : new Put(name + "." + left, ClientRequest.TTL_NONE));
        }

        @Override
        public long pauseNanos() {
            return random.nextLong(20_000_000);
        }

        @Override
        public void ended(Call call, List<Result> results) {}
    }
}
