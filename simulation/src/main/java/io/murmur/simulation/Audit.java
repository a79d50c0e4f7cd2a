package io.murmur.simulation;

import io.murmur.kernel.Level;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.ring.NodeId;
import io.murmur.simulation.Operation.Failed;
import io.murmur.simulation.Operation.Get;
import io.murmur.simulation.Operation.Result;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The end of a run, when all nodes are back: reads every key at QUORUM and at ALL, whatever it was written with. Every write's owners
 * meet those of a read at ALL, so a write that was acknowledged anywhere must be there. That reads fail for ever is a violation too.
 */
final class Audit implements Script {

    private static final List<Level> LEVELS = List.of(Level.QUORUM, Level.ALL);
    private static final int MOST_TRIES = 20;
    private static final long PAUSE_NANOS = 100_000_000;

    private final World world;
    private final List<NodeId> coordinators;
    private final List<Key> keys;
    private final RandomGenerator random;
    private int reads;
    private int tries;

    Audit(World world, List<NodeId> coordinators, List<Key> keys, RandomGenerator random) {
        this.world = world;
        this.coordinators = coordinators;
        this.keys = keys;
        this.random = random;
    }

    @Override
    public @Nullable Call next() {
        if (reads == keys.size() * LEVELS.size()) {
            return null;
        }
        NodeId coordinator = coordinators.get(random.nextInt(coordinators.size()));
        return Call.of(coordinator, LEVELS.get(reads % LEVELS.size()), keys.get(reads / LEVELS.size()), new Get());
    }

    @Override
    public long pauseNanos() {
        return tries == 0 ? 0 : PAUSE_NANOS;
    }

    @Override
    public void ended(Call call, List<Result> results) {
        tries++;
        boolean failed = results.get(0) instanceof Failed;
        if (failed && tries >= MOST_TRIES) {
            world.violation(new Violation(
                    "after faults end, reads succeed",
                    call.targets().get(0).key() + " at " + call.level() + ": " + results));
        }
        if (!failed || tries >= MOST_TRIES) {
            reads++;
            tries = 0;
        }
    }
}
