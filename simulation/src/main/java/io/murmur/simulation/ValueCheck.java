package io.murmur.simulation;

import io.murmur.kernel.data.Version;
import io.murmur.kernel.message.Failure.Effect;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What is read is what was written. Pure. For every read, at any level:
 *
 * <ul>
 *   <li>its value was put into that key by someone who had begun by then, and not by a put that was refused without effect
 *   <li>the value is not past its time to live by more than the clocks may differ
 *   <li>with the version of an acknowledged write comes what that write wrote; a version above that of its own put a value has only
 *       when it was accepted anew, of which {@link OrderCheck} says more
 *   <li>nothing vanishes: a key that was never deleted, and whose values do not expire, is not read as absent once it is seen
 * </ul>
 */
final class ValueCheck {

    private final long driftNanos;
    private final long maxDelayNanos;
    private final Function<Operation, String> words;

    /**
     * @param maxClockDrift how far two wall clocks may differ
     * @param maxDelay how long after its client has given up a request may still arrive
     * @param words how operations are described to people
     */
    ValueCheck(Duration maxClockDrift, Duration maxDelay, Function<Operation, String> words) {
        this.driftNanos = maxClockDrift.toNanos();
        this.maxDelayNanos = maxDelay.toNanos();
        this.words = words;
    }

    List<Violation> check(History history) {
        List<Violation> violations = new ArrayList<>();
        for (List<Operation> operations : history.byKey()) {
            new OneKey(operations, violations).check();
        }
        return violations;
    }

    /** The operations on one key. */
    private final class OneKey {
        private final List<Operation> operations;
        private final List<Violation> violations;
        private final Map<String, Operation> puts = new HashMap<>();
        private final Map<Version, Operation> acknowledged = new HashMap<>();

        OneKey(List<Operation> operations, List<Violation> violations) {
            this.operations = operations;
            this.violations = violations;
            for (Operation operation : operations) {
                String value = operation.valueToPut();
                if (value != null) {
                    puts.put(value, operation);
                }
                if (operation.result() instanceof Operation.Written written) {
                    acknowledged.put(written.version(), operation);
                }
            }
        }

        void check() {
            for (Operation operation : operations) {
                if (operation.result() instanceof Operation.Read read) {
                    if (read.value() != null) {
                        checkValue(operation, read.value(), read.seen());
                    } else if (read.seen() != null) {
                        checkAbsence(operation, read.seen());
                    }
                }
            }
        }

        private void checkValue(Operation read, String value, @Nullable Version seen) {
            Operation put = puts.get(value);
            if (put == null || read.completedNanos() < put.invokedNanos()) {
                violate("no value is invented", read);
                return;
            }
            if (put.result() instanceof Operation.Failed failed && failed.effect() == Effect.NONE) {
                violate("what was refused without effect is never seen", put, read);
            }
            if (mustHaveExpired(put, read)) {
                violate("expired values are not returned (invariant 5)", put, read);
            }
            if (seen == null) {
                violate("a value comes with a version", put, read);
            }
            Operation rightful = acknowledged.get(seen);
            if (rightful != null && !rightful.equals(put) && !mayShareVersion(put, rightful)) {
                violate("the version of an acknowledged write brings what it wrote", rightful, read);
            }
        }

        private boolean mustHaveExpired(Operation put, Operation read) {
            Long lifeNanos = timeToLiveNanos(put);
            return lifeNanos != null
                    && read.invokedNanos() > put.completedNanos() + maxDelayNanos + lifeNanos + driftNanos;
        }

        private void checkAbsence(Operation read, Version seen) {
            Operation rightful = acknowledged.get(seen);
            if (rightful != null && rightful.valueToPut() != null) {
                Long lifeNanos = timeToLiveNanos(rightful);
                boolean mayHaveExpired =
                        lifeNanos != null && read.completedNanos() + driftNanos >= rightful.invokedNanos() + lifeNanos;
                boolean mayBeDeleted = operations.stream()
                        .anyMatch(other ->
                                other.action() instanceof Operation.Delete && mayShareVersion(other, rightful));
                if (!mayHaveExpired && !mayBeDeleted) {
                    violate("the version of an acknowledged write brings what it wrote", rightful, read);
                }
            }
            boolean mayBeAbsent = operations.stream()
                    .anyMatch(other -> other.action() instanceof Operation.Delete || timeToLiveNanos(other) != null);
            if (!mayBeAbsent) {
                violate("nothing vanishes", read);
            }
        }

        /**
         * A node that forgets a stamp in a crash and whose clock is behind may give it again, to another cell; the join knows which is
         * greater. Only a write that is not acknowledged can have been forgotten so.
         */
        private boolean mayShareVersion(Operation forgotten, Operation write) {
            return !forgotten.isDone() && forgotten.coordinator().equals(write.coordinator());
        }

        private void violate(String promise, Operation... evidence) {
            List<String> lines = new ArrayList<>();
            for (Operation operation : evidence) {
                lines.add(words.apply(operation));
            }
            violations.add(new Violation(promise, String.join(", then ", lines)));
        }
    }

    private static @Nullable Long timeToLiveNanos(Operation operation) {
        return operation.action() instanceof Operation.Put put && put.timeToLiveMillis() > 0
                ? Duration.ofMillis(put.timeToLiveMillis()).toNanos()
                : null;
    }
}
