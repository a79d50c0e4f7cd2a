package io.murmur.simulation.register;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a client did to a key, and what it knows came of it.
 *
 * @param client who, for people
 * @param invokedNanos before anything was sent, by one clock for all operations of a history
 * @param completedNanos after the result was known, or the client gave up
 */
public record RegisterOperation(
        String client, RegisterAction action, long invokedNanos, long completedNanos, Result result) {

    /** What came of it. */
    public sealed interface Result {}

    /** It took effect once, in between, and answered this. */
    public record Done(@Nullable String answer) implements Result {}

    /** It has had no effect, and never will. */
    public record NotDone(String why) implements Result {}

    /** It may take effect at any time after it was invoked, or never. */
    public record Unknown(String why) implements Result {}

    boolean isDone() {
        return result instanceof Done;
    }

    @Override
    public String toString() {
        String outcome = switch (result) {
            case Done done -> done.answer() == null ? "nothing" : '"' + done.answer() + '"';
            case NotDone not -> "not done: " + not.why();
            case Unknown unknown -> "unknown: " + unknown.why();
        };
        return String.format(
                Locale.ROOT,
                "%s %.3f to %.3f ms: %s -> %s",
                client,
                invokedNanos / 1e6,
                completedNanos / 1e6,
                action,
                outcome);
    }
}
