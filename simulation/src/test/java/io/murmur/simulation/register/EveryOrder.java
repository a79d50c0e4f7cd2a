package io.murmur.simulation.register;

import io.murmur.simulation.register.RegisterEffect.Life;
import io.murmur.simulation.register.RegisterOperation.Done;
import io.murmur.simulation.register.RegisterOperation.NotDone;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The same question answered without any cleverness, for small histories: all that may happen is one event each, an expiry too, and every
 * order of any of them is tried. Its times to live are in nanoseconds, so that nothing needs to be scaled.
 */
final class EveryOrder {

    /** How often what may take effect several times does. */
    private static final int REPEATS = 2;

    private static final long NEVER = Long.MAX_VALUE / 4;

    private final List<Event> events = new ArrayList<>();

    /** Something that happens at one moment. Told apart by identity. */
    private static final class Event {
        /** Null for an expiry. */
        private final @Nullable RegisterOperation operation;

        private final long from;
        private final long to;
        private final boolean must;
        /** The event whose value this one takes away; null for an operation. */
        private final @Nullable Event expiring;
        /** Of a repetition, the event before which it must come if that happens. */
        private final @Nullable Event last;

        Event(
                @Nullable RegisterOperation operation,
                long from,
                long to,
                boolean must,
                @Nullable Event expiring,
                @Nullable Event last) {
            this.operation = operation;
            this.from = from;
            this.to = to;
            this.must = must;
            this.expiring = expiring;
            this.last = last;
        }
    }

    private record State(@Nullable String value, @Nullable Event lease) {}

    private EveryOrder(List<RegisterOperation> history, long drift) {
        for (RegisterOperation operation : history) {
            if (operation.result() instanceof NotDone) {
                continue;
            }
            boolean isDone = operation.isDone();
            long end = isDone ? operation.completedNanos() : NEVER;
            Event last = new Event(operation, operation.invokedNanos(), end, isDone, null, null);
            List<Event> happening = new ArrayList<>(List.of(last));
            for (int i = 0; operation.action().isRepeatable() && i < REPEATS; i++) {
                happening.add(new Event(operation, operation.invokedNanos(), end, false, null, isDone ? last : null));
            }
            events.addAll(happening);
            RegisterEffect effect = operation.action().apply(null);
            if (effect instanceof RegisterEffect.Put put
                    && put.life() instanceof Life.Anew anew
                    && anew.timeToLiveMillis() > 0) {
                long life = anew.timeToLiveMillis() * 1_000_000;
                for (Event event : happening) {
                    events.add(new Event(
                            null,
                            operation.invokedNanos() + life - drift,
                            isDone ? end + life + drift : NEVER,
                            false,
                            event,
                            null));
                }
            }
        }
    }

    static boolean isLinearizable(List<RegisterOperation> history, long driftNanos) {
        return new EveryOrder(history, driftNanos).isExplained(new ArrayList<>(), 0, new State(null, null));
    }

    private boolean isExplained(List<Event> taken, long time, State state) {
        if (events.stream().noneMatch(event -> event.must && !taken.contains(event))) {
            return true;
        }
        for (Event event : events) {
            if (taken.contains(event) || (event.last != null && taken.contains(event.last))) {
                continue;
            }
            long at = Math.max(time, event.from);
            if (at > event.to || mustHaveExpired(state, at)) {
                continue;
            }
            State next = after(event, state);
            if (next != null && (event.must || !next.equals(state))) {
                taken.add(event);
                if (isExplained(taken, at, next)) {
                    return true;
                }
                taken.remove(taken.size() - 1);
            }
        }
        return false;
    }

    private boolean mustHaveExpired(State state, long at) {
        return state.lease() != null
                && events.stream().anyMatch(event -> event.expiring == state.lease() && at > event.to);
    }

    private static @Nullable State after(Event event, State state) {
        RegisterOperation operation = event.operation;
        if (operation == null) {
            return state.lease() == event.expiring ? new State(null, null) : null;
        }
        RegisterEffect effect = operation.action().apply(state.value());
        if (event.must
                && !(operation.result() instanceof Done done && Objects.equals(done.answer(), effect.answer()))) {
            return null;
        }
        return switch (effect) {
            case RegisterEffect.Keep ignored -> state;
            case RegisterEffect.Remove ignored -> new State(null, null);
            case RegisterEffect.Put put ->
                new State(
                        put.value(),
                        switch (put.life()) {
                            case Life.AsBefore ignored -> state.lease();
                            case Life.Anew anew -> anew.timeToLiveMillis() > 0 ? event : null;
                        });
        };
    }
}
