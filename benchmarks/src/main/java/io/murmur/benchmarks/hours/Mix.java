package io.murmur.benchmarks.hours;

import io.murmur.benchmarks.driver.Workload;
import io.murmur.benchmarks.driver.Workload.Operation;
import java.util.Arrays;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The calls of the open loop, which a scenario may change while it plays. To be asked by one thread, told by another. */
final class Mix implements Supplier<@Nullable Operation> {

    private static final int MOST_FRESH = 1_000_000_000;

    private final Supplier<@Nullable Operation> usual;
    private final Supplier<@Nullable Operation> freshWrites;
    private final SplittableRandom coin;
    private final Operation.Read hotRead;
    private volatile boolean hasHotKey;
    private volatile boolean writesFreshKeys;

    Mix(Workload workload) {
        // Not those of the trial.
        this.usual = workload.mix(1);
        this.coin = new SplittableRandom(workload.seed());
        this.freshWrites = afterThoseOf(workload);
        // A key that has no other calls than the hot ones.
        this.hotRead = new Operation.Read(key(Objects.requireNonNull(freshWrites.get())));
    }

    /** Writes of keys that the workload does not have. */
    private static Supplier<@Nullable Operation> afterThoseOf(Workload workload) {
        Supplier<@Nullable Operation> all = new Workload(
                        MOST_FRESH,
                        workload.keyBytes(),
                        workload.valueBytes(),
                        0,
                        workload.distribution(),
                        workload.seed())
                .preload();
        for (int key = 0; key < workload.keys(); key++) {
            Objects.requireNonNull(all.get());
        }
        return all;
    }

    /** From now on one key has half of all calls, or no longer. */
    void heat(boolean yes) {
        hasHotKey = yes;
    }

    /** From now on each write has a key of its own. */
    void spread() {
        writesFreshKeys = true;
    }

    boolean isHot(Operation operation) {
        return Arrays.equals(key(operation), hotRead.key());
    }

    private static byte[] key(Operation operation) {
        return switch (operation) {
            case Operation.Read read -> read.key();
            case Operation.Write write -> write.key();
        };
    }

    @Override
    public @Nullable Operation get() {
        Operation operation = usual.get();
        if (hasHotKey && coin.nextBoolean()) {
            return operation instanceof Operation.Write write
                    ? new Operation.Write(hotRead.key(), write.value())
                    : hotRead;
        }
        return writesFreshKeys && operation instanceof Operation.Write ? freshWrites.get() : operation;
    }
}
