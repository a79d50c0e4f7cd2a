package io.murmur.simulation;

/**
 * One run with an {@link AtomicLoad}: of a {@link ClusterScenario}, or of a {@link ChangeScenario}, where owners change meanwhile.
 */
public final class AtomicScenario {

    private AtomicScenario() {}

    /** Runs a seed once, with a ring that rests. */
    public static Outcome run(long seed, ScenarioSettings settings, ProcessFactory factory, Transcript transcript) {
        return ClusterScenario.run(seed, settings, factory, AtomicLoad::new, transcript);
    }

    /** Runs a seed once, with a ring that changes. */
    public static Outcome run(
            long seed, ScenarioSettings settings, ChangeScenario.ClusterFactory factory, Transcript transcript) {
        return ChangeScenario.run(seed, settings, factory, AtomicLoad::new, transcript);
    }
}
