package io.murmur.node.resp.command;

import static io.murmur.node.resp.command.StringChanges.put;

import io.murmur.kernel.data.Cell;
import io.murmur.node.resp.Reply;
import io.murmur.quorum.Change;
import io.murmur.quorum.Change.Step;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What Redis' commands on expiry make of a key. Pure. */
final class ExpiryChanges {

    private ExpiryChanges() {}

    /** When a new expiry is taken. */
    enum Condition {
        /** There is none yet. */
        NX,
        /** There is one. */
        XX,
        /** It is later; never is latest. */
        GT,
        /** It is earlier. */
        LT;

        private boolean isMetBy(long formerMillis, long nextMillis) {
            return switch (this) {
                case NX -> formerMillis == Cell.NEVER;
                case XX -> formerMillis != Cell.NEVER;
                case GT -> formerMillis != Cell.NEVER && nextMillis > formerMillis;
                case LT -> formerMillis == Cell.NEVER || nextMillis < formerMillis;
            };
        }
    }

    static Change<Reply> expire(Lifetime lifetime, Set<Condition> conditions) {
        return (current, now) -> {
            if (current == null) {
                return new Step.Keep<>(Reply.ZERO);
            }
            long former = current.expiresAtMillis();
            long next = lifetime.expiresAtMillis(current, now);
            return conditions.stream().allMatch(condition -> condition.isMetBy(former, next))
                    ? put(current.value(), next, now, Reply.ONE)
                    : new Step.Keep<>(Reply.ZERO);
        };
    }

    static Change<Reply> persist() {
        return (current, now) -> current == null || current.expiresAtMillis() == Cell.NEVER
                ? new Step.Keep<>(Reply.ZERO)
                : new Step.Put<>(current.value(), Cell.NEVER, Reply.ONE);
    }

    /** What TTL and the like answer. */
    enum Form {
        SECONDS_LEFT,
        MILLIS_LEFT,
        AT_SECOND,
        AT_MILLI;

        Reply of(Cell.@Nullable Live current, long nowMillis) {
            if (current == null) {
                return Reply.number(-2);
            }
            long at = current.expiresAtMillis();
            if (at == Cell.NEVER) {
                return Reply.number(-1);
            }
            long left = Math.max(0, at - nowMillis);
            return Reply.number(
                    switch (this) {
                        case SECONDS_LEFT -> (left + 500) / 1000;
                        case MILLIS_LEFT -> left;
                        case AT_SECOND -> at / 1000 + (at % 1000 + 500) / 1000;
                        case AT_MILLI -> at;
                    });
        }
    }
}
