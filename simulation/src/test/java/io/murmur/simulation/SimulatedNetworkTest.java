package io.murmur.simulation;

import io.murmur.kernel.Clock;
import io.murmur.kernel.Network;
import io.murmur.kernel.ring.NodeId;
import io.murmur.simulation.contract.NetworkContract;
import java.util.Queue;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

class SimulatedNetworkTest extends NetworkContract {

    private @Nullable NodeHarness harness;

    @Override
    protected Pair connect(Queue<Arrival> arrivalsAtA, Queue<Arrival> arrivalsAtB) {
        NodeHarness made = new NodeHarness(1, seams -> (from, message) -> {
            if (!seams.id().equals(NodeHarness.C)) {
                (seams.id().equals(NodeHarness.A) ? arrivalsAtA : arrivalsAtB).add(new Arrival(from, message));
            }
        });
        harness = made;
        return new Pair(party(made.seams(NodeHarness.A)), party(made.seams(NodeHarness.B)));
    }

    private static Party party(NodeSeams seams) {
        return new Party() {
            @Override
            public NodeId id() {
                return seams.id();
            }

            @Override
            public Network network() {
                return seams.network();
            }

            @Override
            public Clock clock() {
                return seams.clock();
            }

            @Override
            public void onOwner(Runnable task) {
                seams.shard().execute(task);
            }
        };
    }

    @Override
    protected void await(BooleanSupplier condition) {
        if (harness == null) {
            throw new IllegalStateException("not connected");
        }
        harness.await(condition);
    }
}
