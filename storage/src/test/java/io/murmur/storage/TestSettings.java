package io.murmur.storage;

import io.murmur.kernel.Fatal;
import java.time.Duration;

/** Settings so small that a few hundred joins flush, merge, and end log segments. */
final class TestSettings {

    /** For tests in which the node must not be stopped. */
    static final Fatal NOT_EXPECTED = (reason, cause) -> {
        throw new AssertionError(reason, cause);
    };

    private TestSettings() {}

    /** All stays in the log. */
    static StoreSettings logOnly() {
        return new StoreSettings(1, slot -> 0, 1 << 20, 4 << 10, 1 << 10, 1000, Duration.ofMillis(100), 1 << 20, 0.05);
    }

    /** For real files, where each flush waits for several syncs and a few hundred joins must not overtake four of them. */
    static StoreSettings small(int shards) {
        return new StoreSettings(
                shards, slot -> slot % shards, 28 << 10, 4 << 10, 16 << 10, 3, Duration.ofMillis(100), 1 << 20, 0.0);
    }

    /** Tiny but for the memory for hot cells. */
    static StoreSettings tinyWithAllHot() {
        return new StoreSettings(1, slot -> 0, 1_800, 1 << 20, 600, 3, Duration.ofMillis(100), 1 << 20, 0.05);
    }

    static StoreSettings tiny(int shards) {
        return new StoreSettings(
                shards, slot -> slot % shards, 1_800, 4 << 10, 600, 3, Duration.ofMillis(100), 1 << 20, 0.05);
    }
}
