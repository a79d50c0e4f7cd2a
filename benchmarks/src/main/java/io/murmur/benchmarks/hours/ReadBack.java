package io.murmur.benchmarks.hours;

import io.murmur.benchmarks.driver.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * What has become of keys with acknowledged writes.
 *
 * @param lost that do not hold what was acknowledged
 * @param unreadable whose read failed again and again
 */
record ReadBack(long keys, long lost, long unreadable) {

    private static final int ROUNDS = 5;

    private enum Outcome {
        HELD,
        LOST,
        FAILED
    }

    /** Reads all; those whose read fails a few times, since a cluster may still have much to do. */
    static ReadBack of(Target target, List<byte[]> keys, int atOnce) {
        long lost = 0;
        List<byte[]> left = keys;
        for (int round = 0; round < ROUNDS && !left.isEmpty(); round++) {
            List<byte[]> failed = new ArrayList<>();
            for (int first = 0; first < left.size(); first += atOnce) {
                List<byte[]> some = left.subList(first, Math.min(left.size(), first + atOnce));
                List<CompletableFuture<Outcome>> reads = some.stream()
                        .map(key -> target.get(key).handle(ReadBack::outcome).toCompletableFuture())
                        .toList();
                for (int i = 0; i < some.size(); i++) {
                    switch (reads.get(i).join()) {
                        case HELD -> {}
                        case LOST -> lost++;
                        case FAILED -> failed.add(some.get(i));
                    }
                }
            }
            left = failed;
        }
        return new ReadBack(keys.size(), lost, left.size());
    }

    private static Outcome outcome(@Nullable Boolean found, @Nullable Throwable failure) {
        if (failure != null) {
            return Outcome.FAILED;
        }
        return Boolean.TRUE.equals(found) ? Outcome.HELD : Outcome.LOST;
    }
}
