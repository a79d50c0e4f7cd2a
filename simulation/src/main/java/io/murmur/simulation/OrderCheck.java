package io.murmur.simulation;

import io.murmur.kernel.data.Version;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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
 *
 * <p>Nor may it return a value at a version above that of its own write if a write in between was acknowledged by owners that every
 * majority meets: a value is accepted anew by majorities alone, and for that it must have been the greatest there.
 */
final class OrderCheck {

    private final Function<Operation, Quorum> quorums;
    private final Function<Operation, String> words;
    private final Duration purgeAfter;

    /**
     * @param quorums what each operation's level guarantees
     * @param purgeAfter how old the dead must be, at least, to be forgotten
     * @param words how operations are described to people
     */
    OrderCheck(Function<Operation, Quorum> quorums, Duration purgeAfter, Function<Operation, String> words) {
        this.quorums = quorums;
        this.purgeAfter = purgeAfter;
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
            checkVersions(done, new Forgetting(operations, purgeAfter), violations);
            checkOverwritten(done, violations);
        }
        return violations;
    }

    private void checkVersions(List<Placed> done, Forgetting forgetting, List<Violation> violations) {
        for (Placed later : done) {
            Placed worst = null;
            for (Placed earlier : done) {
                if (earlier.precedesAndMeets(later)
                        && isBelow(later.operation, earlier.operation)
                        && !forgetting.mayExplain(earlier.operation, later.operation)
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
                if (isBetween(over, written.operation.version(), result.seen())) {
                    violations.add(new Violation(
                            "a value that is accepted anew hides no acknowledged write",
                            words.apply(written.operation) + ", then " + words.apply(over.operation) + ", then "
                                    + words.apply(read.operation)));
                    break;
                }
            }
        }
    }

    private static boolean isBetween(Placed write, @Nullable Version lower, @Nullable Version upper) {
        Version version = write.operation.version();
        return version != null
                && lower != null
                && upper != null
                && version.isAfter(lower)
                && upper.isAfter(version)
                && write.quorum.meetsMajorities();
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
