package io.murmur.simulation;

import io.murmur.kernel.Clock;
import io.murmur.kernel.message.Message;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.ring.Ring;
import java.io.IOException;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One process of one node, from its start to its end. All that runs on its behalf runs through {@link #run}; after the end nothing does,
 * so a crash takes timers, queued tasks and replies with it.
 */
final class Life {

    private final World world;
    private final Machine machine;
    private final LifeCalendar calendar;
    private final SimulatedThread shard;
    private final SimulatedThread log;
    private final RandomGenerator random;
    private final Clock clock;
    private boolean over;
    private @Nullable SimulatedProcess process;

    Life(World world, Machine machine) {
        this.world = world;
        this.machine = machine;
        this.random = world.stream(machine.random);
        WorldSettings settings = world.settings();
        this.calendar = new LifeCalendar(world.agenda());
        this.clock = new SimulatedClock(world.agenda(), () -> machine.skewMillis, random.nextLong(1L << 40));
        this.shard =
                new SimulatedThread(calendar, () -> taskNanos(settings.shardTaskMicros(), machine.slowness), this::run);
        this.log = new SimulatedThread(
                calendar, () -> taskNanos(settings.logTaskMicros(), machine.diskSlowness), this::run);
    }

    private long taskNanos(long mostMicros, int slowness) {
        return slowness * (1 + random.nextLong(mostMicros * 1_000));
    }

    /** Recovers and opens the port. */
    void start(ProcessFactory factory) {
        run(() -> {
            try {
                process = factory.start(seams());
                machine.port.open(clock, this::receive);
            } catch (IOException e) {
                world.stopped(machine, "cannot start: " + e.getMessage());
            } catch (RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new IllegalStateException("start failed", e);
            }
        });
    }

    private NodeSeams seams() {
        WorldSettings settings = world.settings();
        return new NodeSeams(
                machine.port.id,
                clock,
                new SimulatedTimers(calendar, shard),
                (to, message) -> {
                    if (!over) {
                        world.network().send(machine.port, to, message);
                    }
                },
                machine.disk,
                shard,
                log,
                task -> calendar.after(
                        taskNanos(settings.backgroundTaskMicros(), machine.diskSlowness), () -> run(task)),
                world.stream(random),
                (reason, cause) -> {
                    throw new NodeStopped(reason, cause);
                },
                other -> world.isBelievedAlive(machine, other),
                world::ring);
    }

    private void receive(NodeId from, Message message) {
        shard.execute(() -> {
            if (process != null) {
                process.receive(from, message);
            }
        });
    }

    private void run(Runnable task) {
        if (over) {
            return;
        }
        try {
            task.run();
        } catch (SimulatedCrash e) {
            world.died(machine);
        } catch (NodeStopped e) {
            world.stopped(machine, e.reason());
        } catch (Throwable e) {
            world.threw(machine, e);
        }
    }

    @Nullable
    Ring ring() {
        return process == null ? null : process.ring();
    }

    /** Looks at the process on its own thread; without effect when it has ended by then. */
    void look(Consumer<SimulatedProcess> task) {
        shard.execute(() -> {
            if (process != null) {
                task.accept(process);
            }
        });
    }

    void stall(long nanos) {
        shard.stall(nanos);
        log.stall(nanos);
    }

    void end() {
        over = true;
        process = null;
        calendar.end();
        machine.port.close();
    }
}
