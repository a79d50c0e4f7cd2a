package io.murmur.simulation;

import io.murmur.kernel.Timers.Timer;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.ring.NodeId;
import io.murmur.simulation.register.RegisterAction;
import io.murmur.simulation.register.RegisterAction.Read;
import io.murmur.simulation.register.RegisterOperation;
import io.murmur.simulation.register.RegisterOperation.Result;
import io.murmur.simulation.register.RegisterOperation.Unknown;
import java.time.Duration;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Has nodes do atomic operations, one at a time, and writes down what it knows. It stands beside the node it asks: what it asks for and
 * what it is told takes its time but is not lost, unless the node ends meanwhile. Then, and when it has no patience any more, the outcome is
 * unknown.
 */
final class AtomicClient {

    private static final long MOST_WAY_NANOS = 2_000_000;
    private static final Duration ASK_AGAIN = Duration.ofMillis(50);

    private final World world;
    private final String name;
    private final Script script;
    private final RandomGenerator random;
    private int asked;
    private @Nullable Timer givingUp;
    private boolean done;

    /**
     * What it is about to ask.
     *
     * @param coordinator whom
     */
    record Call(NodeId coordinator, Key key, RegisterAction action) {}

    /** What it does, one call after the other. */
    interface Script {

        /** The next call, or null when there is none; another one when the former could not even be asked, since the node is down. */
        @Nullable
        Call next();

        /** How long to wait before it. */
        long pauseNanos();

        void ended(Call call, RegisterOperation operation);
    }

    AtomicClient(World world, String name, Script script, RandomGenerator random) {
        this.world = world;
        this.name = name;
        this.script = script;
        this.random = random;
    }

    void start() {
        world.after(Duration.ofNanos(script.pauseNanos()), this::call);
    }

    boolean isDone() {
        return done;
    }

    private void call() {
        Call call = script.next();
        if (call == null) {
            done = true;
        } else if (world.isUp(call.coordinator())) {
            ask(call);
        } else {
            world.after(ASK_AGAIN, this::call);
        }
    }

    private void ask(Call call) {
        int number = ++asked;
        long invokedNanos = world.nowNanos();
        Duration timeout = Duration.ofMillis(random.nextLong(
                200, ClusterScenario.CLIENT_PATIENCE.minusMillis(100).toMillis()));
        world.note(
                name,
                call.action() + " of " + Names.text(call.key()) + " by "
                        + world.names().of(call.coordinator()));
        givingUp = world.after(
                ClusterScenario.CLIENT_PATIENCE, () -> end(call, number, invokedNanos, new Unknown("no answer")));
        onTheWay(() -> world.look(
                call.coordinator(),
                process -> process.change(
                        call.key(),
                        call.action(),
                        timeout,
                        result -> onTheWay(() -> end(call, number, invokedNanos, result)))));
    }

    private void onTheWay(Runnable arrival) {
        world.after(Duration.ofNanos(random.nextLong(MOST_WAY_NANOS)), arrival);
    }

    private void end(Call call, int number, long invokedNanos, Result result) {
        if (number != asked || givingUp == null) {
            return;
        }
        givingUp.cancel();
        givingUp = null;
        RegisterOperation operation = new RegisterOperation(
                name + " at " + world.names().of(call.coordinator()),
                call.action(),
                invokedNanos,
                world.nowNanos(),
                result);
        world.note(name, operation.toString());
        world.count(counted(call.action())
                + switch (result) {
                    case RegisterOperation.Done ignored -> " done";
                    case RegisterOperation.NotDone not -> " not done: " + not.why();
                    case Unknown unknown -> " unknown: " + unknown.why();
                });
        script.ended(call, operation);
        start();
    }

    private static String counted(RegisterAction action) {
        return switch (action) {
            case Read ignored -> "reads at SERIAL";
            case RegisterAction.Write write when !write.atomic() -> "plain writes";
            case RegisterAction.Delete delete when !delete.atomic() -> "plain writes";
            default -> "atomic operations";
        };
    }
}
