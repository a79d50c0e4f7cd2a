package io.murmur.node.simulation;

import io.murmur.kernel.Level;
import io.murmur.kernel.data.Cell;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.message.ClientReply;
import io.murmur.kernel.message.ClientRequest;
import io.murmur.kernel.message.Failure;
import io.murmur.kernel.message.Failure.Effect;
import io.murmur.quorum.Change;
import io.murmur.quorum.ChangeOutcome;
import io.murmur.quorum.QuorumShard;
import io.murmur.simulation.register.RegisterAction;
import io.murmur.simulation.register.RegisterAction.Delete;
import io.murmur.simulation.register.RegisterAction.Write;
import io.murmur.simulation.register.RegisterEffect;
import io.murmur.simulation.register.RegisterEffect.Life;
import io.murmur.simulation.register.RegisterOperation.Done;
import io.murmur.simulation.register.RegisterOperation.NotDone;
import io.murmur.simulation.register.RegisterOperation.Result;
import io.murmur.simulation.register.RegisterOperation.Unknown;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What the actions of a history are to a shard. */
final class AtomicCalls {

    private final QuorumShard shard;

    AtomicCalls(QuorumShard shard) {
        this.shard = shard;
    }

    void call(Key key, RegisterAction action, long deadlineNanos, Consumer<Result> then) {
        switch (action) {
            case Write write
            when !write.atomic() ->
                shard.coordinate(
                        new ClientRequest.Put(
                                0,
                                0,
                                deadlineNanos,
                                key,
                                bytes(write.value()),
                                write.timeToLiveMillis() > 0 ? write.timeToLiveMillis() : ClientRequest.TTL_NONE,
                                Level.QUORUM),
                        reply -> then.accept(result(reply)));
            case Delete delete
            when !delete.atomic() ->
                shard.coordinate(
                        new ClientRequest.Delete(0, 0, deadlineNanos, key, Level.QUORUM),
                        reply -> then.accept(result(reply)));
            default -> shard.change(key, deadlineNanos, change(action), outcome -> then.accept(result(outcome)));
        }
    }

    private static Change<Optional<String>> change(RegisterAction action) {
        return (current, wallMillis) -> {
            RegisterEffect effect = action.apply(text(current));
            return switch (effect) {
                case RegisterEffect.Keep keep -> new Change.Step.Keep<>(Optional.ofNullable(keep.answer()));
                case RegisterEffect.Remove remove -> new Change.Step.Remove<>(Optional.ofNullable(remove.answer()));
                case RegisterEffect.Put put ->
                    new Change.Step.Put<>(
                            bytes(put.value()),
                            expiresAtMillis(put.life(), current, wallMillis),
                            Optional.ofNullable(put.answer()));
            };
        };
    }

    private static long expiresAtMillis(Life life, Cell.@Nullable Live current, long wallMillis) {
        return switch (life) {
            case Life.AsBefore ignored -> current == null ? Cell.NEVER : current.expiresAtMillis();
            case Life.Anew anew -> anew.timeToLiveMillis() > 0 ? wallMillis + anew.timeToLiveMillis() : Cell.NEVER;
        };
    }

    private static Result result(ChangeOutcome<Optional<String>> outcome) {
        return switch (outcome) {
            case ChangeOutcome.Done<Optional<String>> done ->
                new Done(done.answer().orElse(null));
            case ChangeOutcome.Failed<Optional<String>> failed -> failed(failed.failure());
        };
    }

    private static Result result(ClientReply reply) {
        return switch (((ClientReply.One) reply).result()) {
            case ClientReply.Value value -> new Done(text(value.cell()));
            case ClientReply.Written ignored -> new Done(null);
            case ClientReply.Changed oddly -> throw new IllegalStateException("changed by a read or a write: " + oddly);
            case ClientReply.Failed failed -> failed(failed.failure());
        };
    }

    private static Result failed(Failure failure) {
        return failure.effect() == Effect.NONE ? new NotDone(failure.name()) : new Unknown(failure.name());
    }

    private static @Nullable String text(Cell.@Nullable Live cell) {
        return cell == null ? null : new String(cell.value(), StandardCharsets.UTF_8);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
