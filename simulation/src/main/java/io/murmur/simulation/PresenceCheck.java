package io.murmur.simulation;

import io.murmur.kernel.Level;
import io.murmur.kernel.data.Version;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What was acknowledged is there in the end, whoever acknowledged it. Pure. A write at ANY, or one that stand-ins were counted for, may be
 * missed by every read while an owner is away; but once all is healed and the hints have been handed over, a read of all owners sees it or
 * a later one (invariants 1 and 4).
 */
final class PresenceCheck {

    private final long healedNanos;
    private final Duration purgeAfter;
    private final Function<Operation, String> words;

    /**
     * @param healedNanos true time by which all owners must have it
     * @param purgeAfter how old the dead must be, at least, to be forgotten
     * @param words how operations are described to people
     */
    PresenceCheck(long healedNanos, Duration purgeAfter, Function<Operation, String> words) {
        this.healedNanos = healedNanos;
        this.purgeAfter = purgeAfter;
        this.words = words;
    }

    List<Violation> check(History history) {
        List<Violation> violations = new ArrayList<>();
        for (List<Operation> operations : history.byKey()) {
            Forgetting forgetting = new Forgetting(operations, purgeAfter);
            Operation greatest = null;
            for (Operation write : operations) {
                if (write.isAcknowledgedWrite() && (greatest == null || isBelow(greatest.version(), write.version()))) {
                    greatest = write;
                }
            }
            for (Operation read : operations) {
                if (greatest != null
                        && isOfAllOwners(read)
                        && isBelow(read.version(), greatest.version())
                        && !forgetting.mayExplain(greatest, read)) {
                    violations.add(new Violation(
                            "what was acknowledged is there in the end (invariants 1, 4)",
                            words.apply(greatest) + ", then " + words.apply(read)));
                }
            }
        }
        return violations;
    }

    private boolean isOfAllOwners(Operation read) {
        return read.result() instanceof Operation.Read
                && read.level().equals(Level.ALL)
                && read.invokedNanos() >= healedNanos;
    }

    private static boolean isBelow(@Nullable Version one, @Nullable Version other) {
        return other != null && (one == null || other.isAfter(one));
    }
}
