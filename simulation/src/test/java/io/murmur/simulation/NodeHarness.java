package io.murmur.simulation;

import io.murmur.kernel.message.Message;
import io.murmur.kernel.ring.Member;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.ring.RingPlanner;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BooleanSupplier;

/** A world of nodes a, b, c whose processes do nothing but what the test tells their seams to. */
final class NodeHarness {

    static final NodeId A = Topology.idOf("a", 1);
    static final NodeId B = Topology.idOf("b", 2);
    static final NodeId C = Topology.idOf("c", 3);

    record Arrival(NodeId at, NodeId from, Message message) {}

    final List<Arrival> arrivals = new ArrayList<>();
    final List<String> lines = new ArrayList<>();
    final World world;
    private final Map<NodeId, NodeSeams> seams = new LinkedHashMap<>();

    NodeHarness(long seed) {
        this(seed, seams -> (from, message) -> {});
    }

    /**
     * @param process what is behind the seams, told after the arrival is noted
     */
    NodeHarness(long seed, ProcessFactory process) {
        world = new World(
                seed,
                WorldSettings.DEFAULT,
                own -> {
                    seams.put(own.id(), own);
                    SimulatedProcess behind = process.start(own);
                    return (from, message) -> {
                        arrivals.add(new Arrival(own.id(), from, message));
                        behind.receive(from, message);
                    };
                },
                Transcript.to(lines::add));
        List<Member> members = new ArrayList<>();
        for (NodeId id : List.of(A, B, C)) {
            String name = String.valueOf((char) (id.high() >>> 56));
            world.addNode(id, name);
            members.add(new Member(id, name, name, 1, "region", "zone-" + name, 1));
        }
        world.publish(RingPlanner.first(4, 3, members));
        world.startAll();
    }

    NodeSeams seams(NodeId id) {
        return Objects.requireNonNull(seams.get(id));
    }

    void await(BooleanSupplier condition) {
        if (!world.runUntil(condition, Duration.ofSeconds(10))) {
            throw new AssertionError("not within 10 simulated seconds");
        }
    }

    long arrivalsAt(NodeId id) {
        return arrivals.stream().filter(arrival -> arrival.at().equals(id)).count();
    }
}
