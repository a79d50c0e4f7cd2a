package io.murmur.simulation;

import io.murmur.kernel.data.Version;
import io.murmur.kernel.message.ClientRequest;
import io.murmur.kernel.message.Failure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Where quorums meet, the order of versions is the order of time. Pure.
 *
 * <p>Take two operations on one key, the first over before the second began, at levels whose quorums have an owner in common. Then the
 * second's version must not be below the first's:
 *
 * <ul>
 *   <li>write, read: or an acknowledged write was not read (invariants 1 and 2)
 *   <li>read, read: or reads went back in time (invariant 3)
 *   <li>write, write and read, write: or the second was acknowledged and is never seen, because its version loses (invariants 2 and 6)
 * </ul>
 *
 * <p>But a deletion, or a value that has expired, is forgotten when it is old enough (invariant 5); then a read rests on nothing.
 *
 * <p>And, whatever the versions say, a read must not return what had been overwritten: a value whose write was acknowledged before
 * another began that was itself acknowledged before the read began, all of them at levels that meet.
 */
final class OrderCheck {

    private final Function<Operation, Quorum> quorums;
    private final Function<Operation, String> words;
    private final long purgeAfterMillis;

    /**
     * @param quorums what each operation's level guarantees
     * @param purgeAfter how old the dead must be, at least, to be forgotten
     * @param words how operations are described to people
     */
    OrderCheck(Function<Operation, Quorum> quorums, Duration purgeAfter, Function<Operation, String> words) {
        this.quorums = quorums;
        // Clocks name the moment of the writing and of the forgetting.
        this.purgeAfterMillis =
                purgeAfter.minus(ClusterScenario.MAX_CLOCK_DRIFT.multipliedBy(2)).toMillis();
        this.words = words;
    }

    /** The operation and what is known of its owners. */
    private record Placed(Operation operation, Quorum quorum) {
        boolean precedesAndMeets(Placed later) {
            return operation.precedes(later.operation) && quorum.meets(later.quorum);
        }
    }

    List<Violation> check(History history) {
        List<Violation> violations = new ArrayList<>();
        for (List<Operation> operations : history.byKey()) {
            List<Placed> done = operations.stream()
                    .filter(Operation::isDone)
                    .map(operation -> new Placed(operation, quorums.apply(operation)))
                    .toList();
            checkVersions(done, forgettable(operations), violations);
            checkOverwritten(done, violations);
        }
        return violations;
    }

    /** The values that are to expire. */
    private static Set<String> expiring(List<Operation> operations) {
        Set<String> values = new HashSet<>();
        for (Operation operation : operations) {
            if (operation.action() instanceof Operation.Put put && put.timeToLiveMillis() != ClientRequest.TTL_NONE) {
                values.add(put.value());
            }
        }
        return values;
    }

    /** What may have been dead, and forgotten as such, by the time a later operation found nothing. */
    private List<Operation> forgettable(List<Operation> operations) {
        Set<String> expiring = expiring(operations);
        return operations.stream()
                .filter(operation -> switch (operation.result()) {
                    case Operation.Read read -> read.value() == null || expiring.contains(read.value());
                    case Operation.Written ignored -> isMortal(operation, expiring);
                    case Operation.Failed failed ->
                        failed.effect() == Failure.Effect.UNKNOWN && isMortal(operation, expiring);
                })
                .toList();
    }

    private static boolean isMortal(Operation operation, Set<String> expiring) {
        return switch (operation.action()) {
            case Operation.Delete ignored -> true;
            case Operation.Put put -> expiring.contains(put.value());
            case Operation.Get ignored -> false;
        };
    }

    /** Whether the later one may have found nothing because what had taken the earlier one's place was dead, and old enough. */
    private boolean isForgotten(Operation earlier, Operation later, List<Operation> forgettable) {
        if (!(later.result() instanceof Operation.Read read) || read.seen() != null) {
            return false;
        }
        long nowMillis = wallMillis(later.completedNanos());
        for (Operation dead : forgettable) {
            Version version = dead.version();
            Version before = earlier.version();
            boolean isAsNew = version == null || before == null || !before.isAfter(version);
            long writtenMillis = version == null ? wallMillis(dead.invokedNanos()) : version.wallMillis();
            if (isAsNew && nowMillis - writtenMillis >= purgeAfterMillis) {
                return true;
            }
        }
        return false;
    }

    private static long wallMillis(long nanos) {
        return SimulatedClock.GENESIS_MILLIS + nanos / 1_000_000;
    }

    private void checkVersions(
            List<Placed> done, List<Operation> forgettable, List<Violation> violations) {
        for (Placed later : done) {
            Placed worst = null;
            for (Placed earlier : done) {
                if (earlier.precedesAndMeets(later)
                        && isBelow(later.operation, earlier.operation)
                        && !isForgotten(earlier.operation, later.operation, forgettable)
                        && (worst == null || isBelow(worst.operation, earlier.operation))) {
                    worst = earlier;
                }
            }
            if (worst != null) {
                violations.add(new Violation(
                        promise(worst.operation, later.operation),
                        words.apply(worst.operation) + ", then " + words.apply(later.operation)));
            }
        }
    }

    private static boolean isBelow(Operation later, Operation earlier) {
        Version before = earlier.version();
        Version after = later.version();
        return before != null && (after == null || before.isAfter(after));
    }

    private static String promise(Operation earlier, Operation later) {
        if (later.isAcknowledgedWrite()) {
            return "an acknowledged write is not lost to an earlier one (invariants 2, 6)";
        }
        return earlier.isAcknowledgedWrite()
                ? "an acknowledged write is read (invariants 1, 2)"
                : "reads never go back in time (invariant 3)";
    }

    private void checkOverwritten(List<Placed> done, List<Violation> violations) {
        List<Placed> writes = done.stream()
                .filter(placed -> placed.operation.isAcknowledgedWrite())
                .toList();
        for (Placed read : done) {
            if (!(read.operation.result() instanceof Operation.Read result) || result.value() == null) {
                continue;
            }
            Placed written = find(writes, result.value());
            if (written == null) {
                continue;
            }
            for (Placed over : writes) {
                if (written.precedesAndMeets(over) && over.precedesAndMeets(read)) {
                    violations.add(new Violation(
                            "what was overwritten or deleted does not come back (invariants 2, 5)",
                            words.apply(written.operation) + ", then " + words.apply(over.operation) + ", then "
                                    + words.apply(read.operation)));
                    break;
                }
            }
        }
    }

    private static @Nullable Placed find(List<Placed> writes, String value) {
        for (Placed write : writes) {
            if (value.equals(write.operation.valueToPut())) {
                return write;
            }
        }
        return null;
    }
}
