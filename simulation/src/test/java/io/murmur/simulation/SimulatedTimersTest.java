package io.murmur.simulation;

import io.murmur.kernel.Clock;
import io.murmur.kernel.Timers;
import io.murmur.simulation.contract.TimersContract;
import java.util.function.BooleanSupplier;

class SimulatedTimersTest extends TimersContract {

    private final NodeHarness harness = new NodeHarness(1);
    private final Thread thread = Thread.currentThread();

    @Override
    protected Timers timers() {
        return harness.seams(NodeHarness.A).timers();
    }

    @Override
    protected Clock clock() {
        return harness.seams(NodeHarness.A).clock();
    }

    @Override
    protected void onOwner(Runnable task) {
        harness.seams(NodeHarness.A).shard().execute(task);
    }

    @Override
    protected boolean isOnOwner() {
        return Thread.currentThread().equals(thread);
    }

    @Override
    protected void await(BooleanSupplier condition) {
        harness.await(condition);
    }
}
