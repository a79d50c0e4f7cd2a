package io.murmur.simulation;

import io.murmur.kernel.data.Version;
import io.murmur.kernel.message.ClientRequest;
import io.murmur.kernel.message.Failure;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What of one key may have been forgotten: a deletion, or a value that has expired, once it is old enough (invariant 5). A read rests on
 * nothing then. Pure.
 */
final class Forgetting {

    private final List<Operation> forgettable;
    private final long purgeAfterMillis;

    /**
     * @param operations on one key
     * @param purgeAfter how old the dead must be, at least
     */
    Forgetting(List<Operation> operations, Duration purgeAfter) {
        this.forgettable = forgettable(operations);
        // Clocks name the moment of the writing and of the forgetting.
        this.purgeAfterMillis = purgeAfter
                .minus(ClusterScenario.MAX_CLOCK_DRIFT.multipliedBy(2))
                .toMillis();
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
    private static List<Operation> forgettable(List<Operation> operations) {
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
    boolean mayExplain(Operation earlier, Operation later) {
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
}
