package io.murmur.node;

import io.murmur.client.internal.SystemClock;
import io.murmur.client.internal.Transport;
import io.murmur.kernel.Clock;
import io.murmur.kernel.Timers;
import io.murmur.simulation.contract.TimersContract;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;

/** The event loop's timers keep the promise that the simulated ones keep. */
class NodeTimersContractTest extends TimersContract {

    private final EventLoopGroup group = Transport.loops(1, "timers");
    private final EventLoop loop = group.next();

    @AfterEach
    void stop() {
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }

    @Override
    protected Timers timers() {
        return new LoopTimers(loop);
    }

    @Override
    protected Clock clock() {
        return new SystemClock();
    }

    @Override
    protected void onOwner(Runnable task) {
        loop.execute(task);
    }

    @Override
    protected boolean isOnOwner() {
        return loop.inEventLoop();
    }

    @Override
    protected void await(BooleanSupplier condition) {
        Await.until("the contract's condition", condition);
    }
}
