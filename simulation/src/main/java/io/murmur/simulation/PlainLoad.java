package io.murmur.simulation;

import io.murmur.kernel.ring.NodeId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Reads and writes at levels. The history is checked for invariants 1, 2, 3, 5 and 6, that all that was acknowledged is there, and that no
 * value was invented or came back.
 */
final class PlainLoad implements Load {

    /** One seed in so many has a crowd besides. */
    private static final int CROWD_EVERY = 4;

    private static final int CROWD_AT = 2;
    private static final int CROWD = 12;

    private final Place place;
    private final Workload workload;
    private final History history = new History();
    private final List<SimulatedClient> clients = new ArrayList<>();

    PlainLoad(Place place) {
        this.place = place;
        this.workload = Workload.draw(
                place.random(),
                place.coordinators(),
                place.levels().get(),
                ClusterScenario.CACHE.name(),
                ClusterScenario.coldCache(place.seed()));
    }

    @Override
    public void start() {
        for (int number = 1; number <= workload.clients(); number++) {
            String name = "client-" + number;
            start(name, workload.script(name, place.world().stream()));
        }
        if (place.seed() % CROWD_EVERY == CROWD_AT) {
            startCrowd();
        }
    }

    private void startCrowd() {
        World world = place.world();
        for (int number = 1; number <= CROWD; number++) {
            String name = "crowd-" + number;
            start(
                    name,
                    new Crowd(
                            name,
                            workload.hotKeys().get(0),
                            workload.levels(),
                            place.coordinators(),
                            world::nowNanos,
                            world.stream()));
        }
    }

    @Override
    public void startAudit(List<NodeId> coordinators) {
        World world = place.world();
        world.countOfProcesses();
        start("auditor", new Audit(world, coordinators, workload.keys(), world.stream()));
    }

    private void start(String name, Script script) {
        SimulatedClient client = new SimulatedClient(
                place.world(),
                Topology.idOf("~", clients.size() + 1),
                name,
                history,
                script,
                ClusterScenario.CLIENT_PATIENCE);
        clients.add(client);
        client.start();
    }

    @Override
    public boolean isDone() {
        return clients.stream().allMatch(SimulatedClient::isDone);
    }

    @Override
    public List<Violation> check(long healedNanos) {
        Function<Operation, String> words = place.world().names()::of;
        Duration purgeAfter = place.settings().purgeAfter();
        List<Violation> violations = new ArrayList<>();
        violations.addAll(new OrderCheck(place.quorums(), purgeAfter, words).check(history));
        violations.addAll(new ValueCheck(
                        ClusterScenario.MAX_CLOCK_DRIFT,
                        Duration.ofNanos(1_000 * FaultSchedule.MOST_STRAGGLER_MICROS),
                        words)
                .check(history));
        if (place.ringRests()) {
            violations.addAll(new PresenceCheck(healedNanos, purgeAfter, words).check(history));
        }
        return violations;
    }

    @Override
    public String toString() {
        return workload.toString();
    }
}
