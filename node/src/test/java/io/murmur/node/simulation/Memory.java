package io.murmur.node.simulation;

import io.murmur.kernel.Hints;
import io.murmur.simulation.AtomicScenario;
import io.murmur.simulation.ChangeScenario;
import io.murmur.simulation.ClusterScenario;
import io.murmur.simulation.HealingScenario;
import io.murmur.simulation.ScenarioSettings;
import io.murmur.simulation.Seeds;
import java.time.Duration;

/**
 * How long the nodes of a run keep what others miss, and their dead; and by what they become equal. Two things cannot be tried in one run: that much is forgotten, for which
 * the hint window must be short; and that hints count as acknowledgements, which outlast no window.
 */
enum Memory {
    /** Hints are dropped after some seconds, and left to anti-entropy; soon after, the dead are forgotten. */
    BRIEF(Duration.ofSeconds(6), Duration.ofSeconds(8), 0),

    /** Hints are kept for longer than a run takes, and some writes count them. */
    LONG(Duration.ofMinutes(40), Duration.ofMinutes(45), 0.4),

    /** Owners compare nothing by themselves. */
    HINTS_ALONE(LONG.hintWindow, LONG.purgeAfter, 0),

    /** All hints are lost. */
    ROUNDS_ALONE(LONG.hintWindow, LONG.purgeAfter, 0);

    final Duration hintWindow;
    final Duration purgeAfter;
    private final double looseShare;

    Memory(Duration hintWindow, Duration purgeAfter, double looseShare) {
        this.hintWindow = hintWindow;
        this.purgeAfter = purgeAfter;
        this.looseShare = looseShare;
    }

    private ScenarioSettings scenario() {
        return new ScenarioSettings(looseShare, Duration.ofSeconds(3), purgeAfter);
    }

    static Memory of(long seed) {
        return seed % 3 == 0 ? LONG : BRIEF;
    }

    /** What is to keep hints. */
    Hints hints(Hints real) {
        return this == ROUNDS_ALONE ? Hints.NONE : real;
    }

    /** Whether owners compare what they hold. */
    boolean hasRounds() {
        return this != HINTS_ALONE;
    }

    Seeds.Scenario healing(PlantedBug bug) {
        return (seed, transcript) -> HealingScenario.run(seed, MurmurProcess.with(bug, this), transcript);
    }

    static Seeds.Scenario cluster(PlantedBug bug) {
        return (seed, transcript) ->
                ClusterScenario.run(seed, of(seed).scenario(), MurmurProcess.with(bug, of(seed)), transcript);
    }

    /** The ring changes in every fifth seed: those runs take longest. */
    static Seeds.Scenario atomic(PlantedBug bug) {
        return (seed, transcript) -> seed % 5 == 0
                ? atomicChanges(bug).run(seed, transcript)
                : AtomicScenario.run(seed, of(seed).scenario(), MurmurProcess.with(bug, of(seed)), transcript);
    }

    static Seeds.Scenario atomicChanges(PlantedBug bug) {
        return (seed, transcript) ->
                AtomicScenario.run(seed, of(seed).scenario(), MurmurProcess.changing(bug, of(seed)), transcript);
    }

    static Seeds.Scenario changes(PlantedBug bug) {
        return (seed, transcript) ->
                ChangeScenario.run(seed, of(seed).scenario(), MurmurProcess.changing(bug, of(seed)), transcript);
    }
}
