package io.murmur.simulation;

import io.murmur.kernel.Timers.Timer;
import io.murmur.kernel.data.Cell;
import io.murmur.kernel.message.ClientReply;
import io.murmur.kernel.message.Failure.Effect;
import io.murmur.kernel.message.Message;
import io.murmur.kernel.ring.NodeId;
import io.murmur.simulation.Operation.Failed;
import io.murmur.simulation.Operation.Get;
import io.murmur.simulation.Operation.Read;
import io.murmur.simulation.Operation.Result;
import io.murmur.simulation.Operation.Written;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Does what its script says, one call at a time, and writes down what it knows: when each began and ended, and how. It retries nothing.
 * When no answer comes it gives up, and the outcome is unknown.
 */
final class SimulatedClient {

    private final String name;
    private final World world;
    private final ClientSeams seams;
    private final History history;
    private final Script script;
    private final Duration patience;
    private long lastId;
    private long invokedNanos;
    private @Nullable Call current;
    private @Nullable Timer givingUp;
    private boolean done;

    /**
     * @param patience how long it waits for an answer: more than a coordinator's own timeouts
     */
    SimulatedClient(World world, NodeId id, String name, History history, Script script, Duration patience) {
        this.world = world;
        this.name = name;
        this.history = history;
        this.script = script;
        this.patience = patience;
        this.seams = world.addClient(id, name, this::receive);
    }

    void start() {
        long pauseNanos = script.pauseNanos();
        seams.timers().after(Duration.ofNanos(pauseNanos), this::call);
    }

    boolean isDone() {
        return done;
    }

    private void call() {
        Call call = script.next();
        if (call == null) {
            done = true;
            return;
        }
        current = call;
        lastId++;
        invokedNanos = world.nowNanos();
        long deadlineNanos = seams.clock().monotonicNanos() + patience.toNanos();
        givingUp = seams.timers().after(patience, this::giveUp);
        seams.network().send(call.coordinator(), call.request(lastId, world.ringEpoch(), deadlineNanos));
    }

    private void giveUp() {
        if (current != null) {
            Failed unknown = new Failed("no answer", Effect.UNKNOWN);
            complete(current, Collections.nCopies(current.targets().size(), unknown));
        }
    }

    private void receive(NodeId from, Message message) {
        if (current == null || message.id() != lastId) {
            return;
        }
        List<ClientReply.Result> results = results(message, current.batched());
        if (results.size() != current.targets().size()) {
            world.violation(
                    new Violation("a reply answers its request", world.names().of(message)));
            return;
        }
        complete(current, results.stream().map(result -> result(result)).toList());
    }

    private static List<ClientReply.Result> results(Message message, boolean batched) {
        if (batched) {
            return message instanceof ClientReply.Many many ? many.results() : List.of();
        }
        return message instanceof ClientReply.One one ? List.of(one.result()) : List.of();
    }

    private static Result result(ClientReply.Result result) {
        return switch (result) {
            case ClientReply.Value value -> new Read(text(value.cell()), value.seen());
            case ClientReply.Written written -> new Written(written.version(), written.standIns());
            case ClientReply.Changed ignored -> throw new IllegalStateException("nobody asks");
            case ClientReply.Failed failed ->
                new Failed(failed.failure().name(), failed.failure().effect());
        };
    }

    private static @Nullable String text(Cell.@Nullable Live cell) {
        return cell == null ? null : new String(cell.value(), StandardCharsets.UTF_8);
    }

    private void complete(Call call, List<Result> results) {
        current = null;
        if (givingUp != null) {
            givingUp.cancel();
        }
        for (int i = 0; i < results.size(); i++) {
            Call.Target target = call.targets().get(i);
            Operation operation = new Operation(
                    name,
                    call.coordinator(),
                    target.key(),
                    call.level(),
                    call.sloppy(),
                    target.action(),
                    invokedNanos,
                    world.nowNanos(),
                    results.get(i));
            history.add(operation);
            count(operation);
        }
        script.ended(call, results);
        start();
    }

    private void count(Operation operation) {
        boolean isRead = operation.action() instanceof Get;
        switch (operation.result()) {
            case Read ignored when isRead -> world.count("reads done");
            case Written ignored
            when !isRead -> {
                world.count("writes done");
                if (operation.standIns() > 0) {
                    world.count("writes done by stand-ins");
                }
            }
            case Failed failed -> world.count((isRead ? "reads failed: " : "writes failed: ") + failed.why());
            case Read ignored -> mismatch(operation);
            case Written ignored -> mismatch(operation);
        }
    }

    private void mismatch(Operation operation) {
        world.violation(
                new Violation("a reply answers its request", world.names().of(operation)));
    }
}
