package io.murmur.simulation;

import io.murmur.kernel.ring.NodeId;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** What clients do in a run, whatever goes wrong meanwhile, and what must hold of it. */
interface Load {

    /** Starts all clients. */
    void start();

    /** Starts one that reads everything in the end, by way of these. */
    void startAudit(List<NodeId> coordinators);

    /** Whether all that were started have done what they were to do. */
    boolean isDone();

    /**
     * When all is done.
     *
     * @param healedNanos true time at which all owners had become equal
     */
    List<Violation> check(long healedNanos);

    /**
     * Where it takes place.
     *
     * @param random what is drawn before the run is drawn from it
     * @param coordinators who may be asked, at any time
     * @param levels draws the levels of plain calls
     * @param quorums what a level guarantees of the owners that took part
     * @param ringRests whether owners are the same all the time
     */
    record Place(
            long seed,
            World world,
            RandomGenerator random,
            Supplier<List<NodeId>> coordinators,
            Supplier<LevelMix> levels,
            Function<Operation, Quorum> quorums,
            boolean ringRests,
            ScenarioSettings settings) {}

    /** Draws one. */
    @FunctionalInterface
    interface Draw {
        Load at(Place place);
    }
}
