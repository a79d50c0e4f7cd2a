package io.murmur.simulation;

import io.murmur.kernel.Level;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.message.ClientRequest;
import io.murmur.kernel.ring.NodeId;
import io.murmur.simulation.LevelMix.WriteLevel;
import io.murmur.simulation.Operation.Get;
import io.murmur.simulation.Operation.Put;
import io.murmur.simulation.Operation.Result;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One of many clients that, every few seconds, all read and write one key at once, most of them by way of one node: which then has to
 * answer for many calls of the key while its owners disagree. What it says too early others may see to be so.
 */
final class Crowd implements Script {

    private static final long EVERY_NANOS = 3_000_000_000L;
    private static final int BURSTS = 4;
    private static final int CALLS = 6;
    private static final long LONGEST_PAUSE_NANOS = 3_000_000;
    private static final double WRITES = 0.3;
    /** One call in so many goes by way of any node. */
    private static final int OTHERS = 4;

    private final String client;
    private final Key key;
    private final LevelMix levels;
    private final Supplier<List<NodeId>> coordinators;
    private final LongSupplier nowNanos;
    private final RandomGenerator random;
    private long burst = -1;
    private int bursts;
    private int calls;
    private int values;

    Crowd(
            String client,
            Key key,
            LevelMix levels,
            Supplier<List<NodeId>> coordinators,
            LongSupplier nowNanos,
            RandomGenerator random) {
        this.client = client;
        this.key = key;
        this.levels = levels;
        this.coordinators = coordinators;
        this.nowNanos = nowNanos;
        this.random = random;
    }

    @Override
    public @Nullable Call next() {
        if (bursts > BURSTS) {
            return null;
        }
        List<NodeId> askable = coordinators.get();
        long which = random.nextInt(OTHERS) == 0 ? random.nextInt(askable.size()) : burst;
        NodeId coordinator = askable.get((int) (which % askable.size()));
        if (random.nextDouble() >= WRITES) {
            return Call.of(coordinator, levels.read(random), key, new Get());
        }
        return Call.of(coordinator, strict(), key, new Put(client + "." + ++values, ClientRequest.TTL_NONE));
    }

    private Level strict() {
        WriteLevel level = levels.write(random);
        while (level.isLoose()) {
            level = levels.write(random);
        }
        return level.level();
    }

    @Override
    public long pauseNanos() {
        long now = nowNanos.getAsLong();
        if (bursts > 0 && calls < CALLS && now / EVERY_NANOS <= burst) {
            return random.nextLong(LONGEST_PAUSE_NANOS);
        }
        burst = now / EVERY_NANOS + 1;
        bursts++;
        calls = 0;
        return burst * EVERY_NANOS - now + random.nextLong(LONGEST_PAUSE_NANOS);
    }

    @Override
    public void ended(Call call, List<Result> results) {
        calls++;
    }
}
